package io.keyward.engine.builtin.bitmap;

import io.keyward.engine.builtin.memory.Bytes;

/**
 * Rows of bits in byte arrays: counting, searching, and integers of any width at any place.
 *
 * <p>Bit 0 is the highest of the first byte, so a row reads like one large big-endian number.
 */
final class Bits {
  private Bits() {}

  /** The number of ones in some bytes. */
  static long count(byte[] bytes, int offset, int length) {
    int at = offset;
    int end = offset + length;
    long ones = 0;
    for (; end - at >= Long.BYTES; at += Long.BYTES) {
      ones += Long.bitCount(Bytes.getLong(bytes, at));
    }
    for (; at < end; at++) {
      ones += Integer.bitCount(bytes[at] & 0xFF);
    }
    return ones;
  }

  /** The number of ones among the bits from {@code first} to {@code last}, both included. */
  static long count(byte[] bytes, int offset, long first, long last) {
    int from = (int) (first >>> 3);
    int to = (int) (last >>> 3);
    int outside = (bytes[offset + from] & headMask(first)) & 0xFF;
    int behind = (bytes[offset + to] & tailMask(last)) & 0xFF;
    return count(bytes, offset + from, to - from + 1)
        - Integer.bitCount(outside)
        - Integer.bitCount(behind);
  }

  /** The bits of a byte before this one. */
  private static int headMask(long bit) {
    return 0xFF00 >>> (bit & 7) & 0xFF;
  }

  /** The bits of a byte after this one. */
  private static int tailMask(long bit) {
    return 0x7F >>> (bit & 7);
  }

  /** The first bit of this value from {@code first} to {@code last}, both included, or -1. */
  static long find(byte[] bytes, int offset, long first, long last, boolean one) {
    int from = (int) (first >>> 3);
    int to = (int) (last >>> 3);
    // Turned so that a one is sought in any case.
    int turn = one ? 0 : 0xFF;
    int head = (bytes[offset + from] ^ turn) & 0xFF & ~headMask(first);
    int at = from;
    if (head == 0) {
      at++;
      long empty = one ? 0 : -1;
      while (at + Long.BYTES <= to && Bytes.getLong(bytes, offset + at) == empty) {
        at += Long.BYTES;
      }
      while (at <= to && (bytes[offset + at] & 0xFF) == turn) {
        at++;
      }
      if (at > to) {
        return -1;
      }
      head = (bytes[offset + at] ^ turn) & 0xFF;
    }
    long found = ((long) at << 3) + Integer.numberOfLeadingZeros(head) - 24;
    return found > last ? -1 : found;
  }

  /**
   * The unsigned integer of {@code width} bits, 1 to 64, at a bit; what lies behind the end of the
   * row is zero.
   */
  static long get(byte[] bytes, int offset, int length, long bit, int width) {
    long first = bit >>> 3;
    int skipped = (int) (bit & 7);
    long word = word(bytes, offset, length, first) << skipped;
    int missing = width - (Long.SIZE - skipped);
    if (missing > 0 && first + Long.BYTES < length) {
      word |= (bytes[offset + (int) first + Long.BYTES] & 0xFF) >>> (8 - skipped);
    }
    return word >>> (Long.SIZE - width);
  }

  /** Eight bytes of the row as a big-endian number. */
  private static long word(byte[] bytes, int offset, int length, long first) {
    if (first + Long.BYTES <= length) {
      return Long.reverseBytes(Bytes.getLong(bytes, offset + (int) first));
    }
    long word = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      long at = first + i;
      word = word << 8 | (at < length ? bytes[offset + (int) at] & 0xFF : 0);
    }
    return word;
  }

  /** Writes the low {@code width} bits of a value at a bit; they lie within the row. */
  static void put(byte[] bytes, int offset, long bit, int width, long value) {
    long end = bit + width;
    long rest = value;
    for (int left = width; left > 0; ) {
      int at = (int) ((end - 1) >>> 3);
      int used = (int) (end - ((long) at << 3));
      int taken = Math.min(used, left);
      int shift = 8 - used;
      int mask = ((1 << taken) - 1) << shift;
      bytes[offset + at] = (byte) ((bytes[offset + at] & ~mask) | ((int) rest << shift & mask));
      rest >>>= taken;
      end -= taken;
      left -= taken;
    }
  }
}
