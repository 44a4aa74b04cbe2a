package io.keyward.engine.builtin.hyperloglog;

/**
 * Registers as a row of runs with the same rank.
 *
 * <pre>
 *  00llllll            ZERO   l + 1 registers, at most 64, of rank 0
 *  01llllll llllllll   XZERO  l + 1 registers, at most 16384, of rank 0
 *  1rrrrrll            VAL    l + 1 registers, at most 4, of rank r + 1, at most 32
 * </pre>
 *
 * <p>Together the runs are {@link DenseRegisters#COUNT} registers long. Clients can write what they
 * like into the string, so whoever walks it bears runs that are cut off, too many or too few.
 */
final class SparseRegisters {
  /** The highest rank that a run can have. */
  static final int MOST_RANK = 32;

  /** The bytes by which raising one register may lengthen the row. */
  static final int GROWTH = 3;

  /** What {@link #raise} answers instead of the new end. */
  static final int FULL = -1;

  private static final int EXTENDED = 0x40;
  private static final int VALUED = 0x80;
  private static final int MOST_ZEROS = 64;
  private static final int MOST_VALUED = 4;

  /** How many runs may have become mergeable by raising one register. */
  private static final int MERGE_RUNS = 5;

  private SparseRegisters() {}

  private static int size(byte[] bytes, int at) {
    return (bytes[at] & 0xC0) == EXTENDED ? 2 : 1;
  }

  /** The number of registers in a run. */
  static int span(byte[] bytes, int at) {
    int code = bytes[at] & 0xFF;
    if (code >= VALUED) {
      return (code & 3) + 1;
    }
    return code < EXTENDED ? code + 1 : (((code & 0x3F) << 8) | (bytes[at + 1] & 0xFF)) + 1;
  }

  /** The rank of the registers in a run. */
  static int rank(byte[] bytes, int at) {
    int code = bytes[at] & 0xFF;
    return code >= VALUED ? (code >>> 2 & 31) + 1 : 0;
  }

  static boolean isExtended(byte[] bytes, int at) {
    return size(bytes, at) == 2;
  }

  /** Where the run behind this one begins. */
  static int next(byte[] bytes, int at) {
    return at + size(bytes, at);
  }

  private static int runBytes(int rank, int span) {
    if (span == 0) {
      return 0;
    }
    return rank > 0 || span <= MOST_ZEROS ? 1 : 2;
  }

  /** Writes a run that one code can hold, or nothing for no register; returns where it ends. */
  private static int put(byte[] bytes, int at, int rank, int span) {
    int size = runBytes(rank, span);
    if (size == 2) {
      bytes[at] = (byte) (EXTENDED | ((span - 1) >>> 8));
      bytes[at + 1] = (byte) (span - 1);
    } else if (size == 1) {
      bytes[at] = (byte) (rank > 0 ? VALUED | ((rank - 1) << 2) | (span - 1) : span - 1);
    }
    return at + size;
  }

  /** Whether the runs are whole and as many registers as there are. */
  static boolean sound(byte[] bytes, int start, int end) {
    int registers = 0;
    int at = start;
    while (at < end && next(bytes, at) <= end) {
      registers += span(bytes, at);
      at = next(bytes, at);
      if (registers > DenseRegisters.COUNT) {
        return false;
      }
    }
    return at == end && registers == DenseRegisters.COUNT;
  }

  /** The rank of a register, or -1 if the runs do not reach it. */
  static int get(byte[] bytes, int start, int end, int register) {
    int behind = 0;
    for (int at = start; at < end && next(bytes, at) <= end; at = next(bytes, at)) {
      behind += span(bytes, at);
      if (register < behind) {
        return rank(bytes, at);
      }
    }
    return -1;
  }

  /**
   * Gives a register, which the runs reach, a higher rank up to {@link #MOST_RANK}; behind the end
   * there is room for {@link #GROWTH} more bytes.
   *
   * @param limit the end that must not be exceeded
   * @return the new end, or {@link #FULL} if nothing has been changed because of the limit
   */
  static int raise(byte[] bytes, int start, int end, int register, int rank, int limit) {
    int before = start;
    int at = start;
    int first = 0;
    int span = span(bytes, at);
    while (register >= first + span) {
      before = at;
      at = next(bytes, at);
      first += span;
      span = span(bytes, at);
    }
    int old = rank(bytes, at);
    int head = register - first;
    int tail = first + span - 1 - register;
    int behind = next(bytes, at);
    int changed = at + runBytes(old, head) + 1 + runBytes(old, tail);
    int newEnd = end + changed - behind;
    if (newEnd > end && newEnd > limit) {
      return FULL;
    }
    System.arraycopy(bytes, behind, bytes, changed, end - behind);
    int middle = put(bytes, at, old, head);
    put(bytes, put(bytes, middle, rank, 1), old, tail);
    return merge(bytes, before, newEnd);
  }

  /** Makes neighbours of the same rank one run, among the next few; returns the new end. */
  private static int merge(byte[] bytes, int start, int oldEnd) {
    int end = oldEnd;
    int at = start;
    for (int left = MERGE_RUNS; left > 0 && at < end; left--) {
      int next = next(bytes, at);
      int rank = rank(bytes, at);
      if (rank > 0 && next < end && rank == rank(bytes, next)) {
        int together = span(bytes, at) + span(bytes, next);
        if (together <= MOST_VALUED) {
          put(bytes, at, rank, together);
          System.arraycopy(bytes, next + 1, bytes, next, end - next - 1);
          end--;
          continue;
        }
      }
      at = next;
    }
    return end;
  }

  /** Raises registers of one byte each to these, which are sound. */
  static void merge(byte[] bytes, int start, int end, byte[] into) {
    int register = 0;
    for (int at = start; at < end; at = next(bytes, at)) {
      int rank = rank(bytes, at);
      int behind = register + span(bytes, at);
      if (rank == 0) {
        register = behind;
      }
      for (; register < behind; register++) {
        if (rank > into[register]) {
          into[register] = (byte) rank;
        }
      }
    }
  }

  /** Counts for each rank the registers that have it; the runs are sound. */
  static void tally(byte[] bytes, int start, int end, int[] counts) {
    for (int at = start; at < end; at = next(bytes, at)) {
      counts[rank(bytes, at)] += span(bytes, at);
    }
  }

  /**
   * Writes registers of one byte each as runs.
   *
   * @return where they end, or {@link #FULL} if they exceed the array or a rank is too high
   */
  static int write(byte[] registers, byte[] bytes, int start) {
    int at = start;
    for (int first = 0; first < registers.length; ) {
      int rank = registers[first];
      int most = rank == 0 ? registers.length : MOST_VALUED;
      int span = 1;
      while (span < most && first + span < registers.length && registers[first + span] == rank) {
        span++;
      }
      if (rank > MOST_RANK || at + runBytes(rank, span) > bytes.length) {
        return FULL;
      }
      at = put(bytes, at, rank, span);
      first += span;
    }
    return at;
  }
}
