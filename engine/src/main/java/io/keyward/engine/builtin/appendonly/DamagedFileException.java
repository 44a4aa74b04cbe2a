package io.keyward.engine.builtin.appendonly;

import java.io.IOException;

/** A file that cannot be read on from some place. */
final class DamagedFileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long offset;
  private final boolean truncated;

  private DamagedFileException(String reason, long offset, boolean truncated) {
    super(reason);
    this.offset = offset;
    this.truncated = truncated;
  }

  /** The file ends in the middle of a command or of a transaction that begins at an offset. */
  static DamagedFileException truncated(long offset) {
    return new DamagedFileException("it ends in the middle of a command", offset, true);
  }

  /** What stands at an offset is not what the format demands. */
  static DamagedFileException malformed(long offset, String reason) {
    return new DamagedFileException(reason, offset, false);
  }

  /** Up to where the file is sound. */
  long offset() {
    return offset;
  }

  /** Whether all that is missing is the end. */
  boolean truncated() {
    return truncated;
  }
}
