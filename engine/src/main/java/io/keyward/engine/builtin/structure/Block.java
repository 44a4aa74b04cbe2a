package io.keyward.engine.builtin.structure;

/** A run of bytes within an array that can be grown. */
public interface Block {

  /** The array in which the run lies. */
  byte[] bytes();

  /** Index of the first byte of the run in {@link #bytes()}. */
  int start();

  /** Number of bytes that the run has room for. */
  int capacity();

  /**
   * Makes room for at least {@code capacity} bytes and keeps the content; afterwards {@link
   * #bytes()} and {@link #start()} may be others.
   */
  void reserve(int capacity);

  /**
   * Lets the run begin that many bytes earlier, if there is room before it; what it holds stays
   * where it is, or moves as a whole, so that it begins so many bytes after {@link #start()}.
   *
   * @return whether there was room
   */
  default boolean reserveBefore(int bytes) {
    return false;
  }
}
