package io.keyward.engine.builtin.memory;

import java.util.Arrays;

/**
 * Segments of {@link Buckets} that no table uses any more, kept for others: what big tables that
 * come and go would leave to the collector makes it move everything sooner or later.
 */
final class SpareSegments {
  private static final int INTS = Buckets.SEGMENT_BUCKETS * Buckets.BUCKET_INTS;
  private static final int[] EMPTY = {};

  private final int most;
  private int[][] spare = {};
  private int count;

  /**
   * None at first.
   *
   * @param most how many are kept at most
   */
  SpareSegments(int most) {
    this.most = most;
  }

  /** A segment of empty buckets. */
  int[] take() {
    if (count == 0) {
      return new int[INTS];
    }
    int[] segment = takeSpare();
    Arrays.fill(segment, 0);
    return segment;
  }

  private int[] takeSpare() {
    int[] segment = spare[--count];
    spare[count] = EMPTY;
    return segment;
  }

  /** A copy of a segment, be it a whole one or not. */
  int[] copyOf(int[] segment) {
    if (segment.length != INTS || count == 0) {
      return segment.clone();
    }
    int[] copy = takeSpare();
    System.arraycopy(segment, 0, copy, 0, INTS);
    return copy;
  }

  /**
   * Keeps an array that nobody uses any more, if it is a whole segment and there is room for it.
   */
  void giveBack(int[] array) {
    if (array.length != INTS || count == most) {
      return;
    }
    if (count == spare.length) {
      try {
        spare = Arrays.copyOf(spare, Math.min(most, Math.max(16, count * 2)));
      } catch (OutOfMemoryError full) {
        return;
      }
    }
    spare[count++] = array;
  }

  /** Bytes of those that are kept. */
  long memory() {
    return (long) count * INTS * Integer.BYTES;
  }

  /** Leaves them to the collector. */
  void drop() {
    spare = new int[0][];
    count = 0;
  }
}
