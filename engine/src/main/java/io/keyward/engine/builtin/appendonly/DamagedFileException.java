package io.keyward.engine.builtin.appendonly;

import java.io.IOException;

/** A file that cannot be read on from some place. */
final class DamagedFileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long offset;
  private final Kind kind;

  private enum Kind {
    TRUNCATED,
    MALFORMED,
    REFUSED
  }

  private DamagedFileException(String reason, long offset, Kind kind) {
    super(reason);
    this.offset = offset;
    this.kind = kind;
  }

  /** The file ends in the middle of a command or of a transaction that begins at an offset. */
  static DamagedFileException truncated(long offset) {
    return new DamagedFileException("it ends in the middle of a command", offset, Kind.TRUNCATED);
  }

  /** What stands at an offset is not what the format demands. */
  static DamagedFileException malformed(long offset, String reason) {
    return new DamagedFileException(reason, offset, Kind.MALFORMED);
  }

  /** What stands at an offset is a command as to its form, but none that can be executed. */
  static DamagedFileException refused(long offset, String reason) {
    return new DamagedFileException(reason, offset, Kind.REFUSED);
  }

  /** Up to where the file is sound. */
  long offset() {
    return offset;
  }

  /** Whether all that is missing is the end. */
  boolean truncated() {
    return kind == Kind.TRUNCATED;
  }

  /** Whether it has the form of a command. */
  boolean refused() {
    return kind == Kind.REFUSED;
  }
}
