package io.keyward.engine.builtin.rdb;

/**
 * Bytes that are not what they claim to be.
 *
 * <p>It carries no stack trace: what is wrong lies in the bytes. The message says what, without any
 * of the data.
 */
public final class MalformedRdbException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long position;

  /**
   * @param position where in the source the reader had come to
   */
  public MalformedRdbException(String what, long position) {
    super(what, null, false, false);
    this.position = position;
  }

  /** Where in the source the reader had come to, in bytes from its beginning. */
  public long position() {
    return position;
  }
}
