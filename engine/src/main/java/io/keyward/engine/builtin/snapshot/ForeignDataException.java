package io.keyward.engine.builtin.snapshot;

/** A snapshot is whole, but what it holds is of no deployment that there is. */
public final class ForeignDataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long position;

  /**
   * @param position where in the file that begins
   */
  ForeignDataException(String what, long position) {
    super(what, null, false, false);
    this.position = position;
  }

  /** Where in the file that begins, in bytes. */
  public long position() {
    return position;
  }
}
