package io.keyward.engine.builtin.propagation;

/** Sees the stream of effects of one home beside its sink, on that home's loop. */
public interface EffectFollower {
  /**
   * Sees the next bytes of the stream.
   *
   * @param bytes does not belong to the follower, which has to copy what it keeps
   * @param length how many of them count
   * @param whole whether they end with a whole unit; else with a whole command of a unit that goes
   *     on with the next bytes
   * @param database that is selected at their end
   * @param noted whether there may be notes among the commands: lines that begin with {@code #}
   */
  void see(byte[] bytes, int length, boolean whole, int database, boolean noted);

  /**
   * Something has been done that the stream does not tell or that could not be seen, since there
   * was no memory for it; called when there is none.
   */
  default void missing() {}
}
