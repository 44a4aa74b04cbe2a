package io.keyward.engine.builtin.bitmap;

import io.keyward.engine.builtin.Slices;
import io.keyward.engine.bytes.Pieces;

/**
 * {@link Bits} of a long string: its pieces one after the other, with check points between them.
 */
final class LongBits {
  /** An integer of 64 bits at any bit touches so many bytes. */
  private static final int WINDOW = Long.BYTES + 1;

  private LongBits() {}

  /** The number of ones among the bits from {@code first} to {@code last}, both included. */
  static long count(Pieces row, long first, long last, Slices slices) {
    long ones = 0;
    for (long bit = first; bit <= last; ) {
      slices.longStep();
      int piece = pieceOf(bit);
      long before = firstBitOf(piece);
      long end = Math.min(last, before + bitsOf(row, piece) - 1);
      ones += Bits.count(row.array(piece), 0, bit - before, end - before);
      bit = end + 1;
    }
    return ones;
  }

  /** The first bit of this value from {@code first} to {@code last}, both included, or -1. */
  static long find(Pieces row, long first, long last, boolean one, Slices slices) {
    for (long bit = first; bit <= last; ) {
      slices.longStep();
      int piece = pieceOf(bit);
      long before = firstBitOf(piece);
      long end = Math.min(last, before + bitsOf(row, piece) - 1);
      long found = Bits.find(row.array(piece), 0, bit - before, end - before, one);
      if (found >= 0) {
        return before + found;
      }
      bit = end + 1;
    }
    return -1;
  }

  private static int pieceOf(long bit) {
    return (int) (bit / (8L * Pieces.SIZE));
  }

  private static long firstBitOf(int piece) {
    return piece * 8L * Pieces.SIZE;
  }

  private static long bitsOf(Pieces row, int piece) {
    return 8L * row.used(piece);
  }

  /** The integer at a bit; what lies behind the end of the row is zero. */
  static long get(Pieces row, IntegerField field, long bit) {
    byte[] window = new byte[WINDOW];
    int at = (int) Math.min(bit >>> 3, row.length());
    row.copy(at, window, 0, Math.min(WINDOW, row.length() - at));
    return field.get(window, 0, WINDOW, bit & 7);
  }

  /** Writes the low {@code width} bits of a value at a bit; they lie within the row. */
  static void put(Pieces row, long bit, int width, long value) {
    byte[] window = new byte[WINDOW];
    int at = (int) (bit >>> 3);
    int size = Math.min(WINDOW, row.length() - at);
    row.copy(at, window, 0, size);
    Bits.put(window, 0, bit & 7, width, value);
    row.write(at, window, 0, size);
  }
}
