package io.keyward.engine.builtin.hyperloglog;

/**
 * Registers of six bits each, side by side, the lowest bits of a byte first.
 *
 * <pre>
 *  byte 0    byte 1    byte 2
 * +--------+--------+--------+-----
 * |11000000|22221111|33333322| ...
 * +--------+--------+--------+-----
 * </pre>
 */
final class DenseRegisters {
  static final int COUNT = 1 << 14;
  static final int BYTES = COUNT * 6 / 8;

  private DenseRegisters() {}

  static int get(byte[] bytes, int start, int register) {
    int bit = register * 6;
    int at = start + (bit >>> 3);
    int shift = bit & 7;
    int low = (bytes[at] & 0xFF) >>> shift;
    return (shift > 2 ? low | (bytes[at + 1] << (8 - shift)) : low) & 63;
  }

  static void put(byte[] bytes, int start, int register, int rank) {
    int bit = register * 6;
    int at = start + (bit >>> 3);
    int shift = bit & 7;
    bytes[at] = (byte) ((bytes[at] & ~(63 << shift)) | (rank << shift));
    if (shift > 2) {
      bytes[at + 1] = (byte) ((bytes[at + 1] & ~(63 >>> (8 - shift))) | (rank >>> (8 - shift)));
    }
  }

  /** Sets a register to a rank that is higher than its own, and says whether it was. */
  static boolean raise(byte[] bytes, int start, int register, int rank) {
    if (rank <= get(bytes, start, register)) {
      return false;
    }
    put(bytes, start, register, rank);
    return true;
  }

  /** The three bytes that hold four registers, the first in the lowest bits. */
  private static int four(byte[] bytes, int at) {
    return (bytes[at] & 0xFF) | ((bytes[at + 1] & 0xFF) << 8) | ((bytes[at + 2] & 0xFF) << 16);
  }

  /** Raises registers of one byte each to these. */
  static void merge(byte[] bytes, int start, byte[] into) {
    for (int register = 0, at = start; register < COUNT; register += 4, at += 3) {
      int four = four(bytes, at);
      for (int i = 0; i < 4; i++) {
        int rank = four >>> (6 * i) & 63;
        if (rank > into[register + i]) {
          into[register + i] = (byte) rank;
        }
      }
    }
  }

  /** Counts for each rank the registers that have it. */
  static void tally(byte[] bytes, int start, int[] counts) {
    for (int at = start; at < start + BYTES; at += 3) {
      int four = four(bytes, at);
      counts[four & 63]++;
      counts[four >>> 6 & 63]++;
      counts[four >>> 12 & 63]++;
      counts[four >>> 18]++;
    }
  }
}
