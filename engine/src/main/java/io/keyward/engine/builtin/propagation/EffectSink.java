package io.keyward.engine.builtin.propagation;

/** Takes the stream of effects of one home, piece by piece, on that home's loop. */
public interface EffectSink {
  /**
   * Takes the next bytes of the stream, or nothing of them if it throws an OutOfMemoryError.
   *
   * @param bytes belongs to the sink from now on; it may be given back to {@link Buffers}
   * @param length how many of them count; they end with a whole unit or with a whole command
   * @param among very long arguments that belong among the bytes; the sink releases them, on the
   *     loop, unless there are none
   * @param position where the stream ends with these bytes, counted from its beginning
   */
  void take(byte[] bytes, int length, LongArguments among, long position);

  /**
   * Something has been done that the stream does not tell, since there was no memory for it; called
   * when there is none.
   */
  default void missing() {}
}
