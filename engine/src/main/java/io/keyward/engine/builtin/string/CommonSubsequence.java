package io.keyward.engine.builtin.string;

import java.util.Arrays;

/**
 * The longest common subsequence of two texts, a row of 64 columns at a time.
 *
 * <p>In the table of lengths a row is at most one larger from one column to the next, so a bit per
 * cell tells it whole: bit j of row i is set where the length for the first i bytes of the one and
 * j bytes of the other exceeds that for j - 1. Rows follow from each other by one addition with
 * carry: Heikki Hyyrö, "Bit-Parallel LCS-length Computation Revisited", AWOCA 2004. The cost is
 * O(rows × columns / 64) in time, and as many words of memory where the steps are kept.
 */
final class CommonSubsequence {
  private final Runnable eachRow;
  private final byte[] rows;
  private final byte[] columns;
  private final int words;
  private final long[] steps;
  private final int length;

  /**
   * Compares two texts.
   *
   * @param keepSteps whether the subsequence itself will be asked for
   * @param eachRow is run before each row
   */
  CommonSubsequence(byte[] rows, byte[] columns, boolean keepSteps, Runnable eachRow) {
    this.eachRow = eachRow;
    this.rows = rows;
    this.columns = columns;
    words = words(columns.length);
    steps = new long[keepSteps ? Math.multiplyExact(rows.length, words) : 0];
    length = compare(keepSteps);
  }

  private static int words(int bits) {
    return (bits + Long.SIZE - 1) / Long.SIZE;
  }

  /** The number of words that steps between texts of these lengths take. */
  static long stepWords(int rows, int columns) {
    return (long) rows * words(columns);
  }

  /** For each byte that occurs in the rows, the columns that hold it. */
  private long[][] places() {
    long[][] places = new long[256][];
    for (byte value : rows) {
      if (places[value & 0xFF] == null) {
        places[value & 0xFF] = new long[words];
      }
    }
    for (int column = 0; column < columns.length; column++) {
      long[] of = places[columns[column] & 0xFF];
      if (of != null) {
        of[column >>> 6] |= 1L << column;
      }
    }
    return places;
  }

  private int compare(boolean keepSteps) {
    long[][] places = places();
    // The row, turned: a zero is where the length grows.
    long[] flat = new long[words];
    Arrays.fill(flat, -1);
    for (int row = 0; row < rows.length; row++) {
      eachRow.run();
      next(flat, places[rows[row] & 0xFF]);
      if (keepSteps) {
        for (int i = 0, to = row * words; i < words; i++) {
          steps[to + i] = ~flat[i];
        }
      }
    }
    int grown = 0;
    for (long word : flat) {
      grown += Long.bitCount(~word);
    }
    return grown;
  }

  private static void next(long[] flat, long[] matches) {
    long carry = 0;
    for (int i = 0; i < flat.length; i++) {
      long word = flat[i];
      long matching = word & matches[i];
      long sum = word + matching;
      long carried = Long.compareUnsigned(sum, word) < 0 ? 1 : 0;
      sum += carry;
      carry = carried | (carry & (sum == 0 ? 1 : 0));
      flat[i] = sum | (word & ~matches[i]);
    }
  }

  /** The length of the subsequence. */
  int length() {
    return length;
  }

  private boolean grows(int row, int column) {
    return (steps[row * words + (column >>> 6)] >>> column & 1) != 0;
  }

  /** Receives a run that both texts share, found at these places. */
  interface RunVisitor {
    void visit(int row, int column, int runLength);
  }

  /**
   * Visits the runs of bytes that the subsequence is made of, the last first.
   *
   * <p>Of several subsequences this is the one that Redis finds: where both ways back are as long,
   * it leaves out the column.
   */
  void forEachRun(RunVisitor visitor) {
    int row = rows.length;
    int column = columns.length;
    int run = 0;
    while (row > 0 && column > 0) {
      if (rows[row - 1] == columns[column - 1]) {
        row--;
        column--;
        run++;
        continue;
      }
      if (run > 0) {
        visitor.visit(row, column, run);
        run = 0;
      }
      if (grows(row - 1, column - 1)) {
        row--;
      } else {
        column--;
      }
    }
    if (run > 0) {
      visitor.visit(row, column, run);
    }
  }

  /** The subsequence itself. */
  byte[] text() {
    byte[] text = new byte[length];
    int[] free = {length};
    forEachRun(
        (row, column, runLength) -> {
          free[0] -= runLength;
          System.arraycopy(rows, row, text, free[0], runLength);
        });
    return text;
  }
}
