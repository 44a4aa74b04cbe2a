package io.keyward.engine.builtin.snapshot;

/** Takes the bytes of a snapshot, on the loop that writes them. */
public interface SnapshotSink {
  /**
   * Takes the next bytes.
   *
   * @param bytes belongs to the sink from now on
   * @param length how many of them count
   */
  void take(byte[] bytes, int length);

  /** An array of so many bytes to write into: one that has been taken before, or a new one. */
  default byte[] array(int length) {
    return new byte[length];
  }

  /**
   * Whether it would rather have more now than later. A snapshot waits while it would not, but what
   * clients change in that time has to be taken all the same.
   */
  boolean ready();

  /** Says that it cannot become whole, whatever is taken; any thread may ask {@link #lost} then. */
  void giveUp();

  /** Whether nothing that is taken from now on is of any use. */
  boolean lost();
}
