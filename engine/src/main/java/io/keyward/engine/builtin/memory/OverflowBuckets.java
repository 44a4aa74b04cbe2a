package io.keyward.engine.builtin.memory;

import java.util.Arrays;

/**
 * The buckets that continue full ones, in segments of their own.
 *
 * <p>The lowest segment with room serves first, so that they move together as the dictionary is
 * split and merged, and a segment without a bucket in use is given back.
 */
final class OverflowBuckets {
  private static final int FIRST_INTS = 4 * Buckets.BUCKET_INTS;
  private static final int[] NO_SEGMENT = {};
  private static final int[][] NOTHING = {};

  private final SpareSegments spare;
  private MemoryAccount account;
  private CommonArrays common;
  private int[][] segments = NOTHING;

  /** For each segment: how many buckets are in use, how many ever were, the first free one + 1. */
  private int[] used = {};

  private int[] cut = {};
  private int[] free = {};

  /** No segment below has room. */
  private int firstWithRoom;

  OverflowBuckets(SpareSegments spare, MemoryAccount account) {
    this.spare = spare;
    this.account = account;
    common = new CommonArrays(spare);
  }

  /** As {@link Buckets#share}; nothing is counted before {@link #share}. */
  OverflowBuckets image(MemoryAccount counted) {
    OverflowBuckets other = new OverflowBuckets(spare, counted);
    other.common = common.image(segments);
    other.segments = segments.clone();
    other.used = used.clone();
    other.cut = cut.clone();
    other.free = free.clone();
    other.firstWithRoom = firstWithRoom;
    return other;
  }

  /** Counts this one, an image, among those who have the segments; takes no memory. */
  void share() {
    common.share(segments);
  }

  boolean mayBeCommon() {
    return common.any();
  }

  void account(MemoryAccount counted) {
    account = counted;
  }

  int[] segment(int number) {
    return segments[number >>> Buckets.SEGMENT_BITS];
  }

  /** A segment that is no other table's, for writing. */
  int[] ownSegment(int number) {
    return common.own(segments, number >>> Buckets.SEGMENT_BITS, account);
  }

  /**
   * Takes a bucket, empty and without a next one, in an array that is no other table's; returns its
   * number.
   *
   * @throws OutOfMemoryError if there is no memory for one; then all is as before
   */
  int take() {
    int segment = firstWithRoom;
    while (segment < segments.length
        && free[segment] == 0
        && cut[segment] == Buckets.SEGMENT_BUCKETS) {
      segment++;
    }
    firstWithRoom = segment;
    if (segment == segments.length) {
      addSegment();
    }
    boolean again = free[segment] != 0;
    int number = again ? free[segment] - 1 : segment << Buckets.SEGMENT_BITS | cut[segment];
    int[] present = segments[segment];
    if (Buckets.base(number) == present.length) {
      segments[segment] = grown(present);
      common.replace(segment, present, segments[segment], account);
    }
    int[] array = ownSegment(number);
    if (again) {
      int next = Buckets.base(number) + Buckets.NEXT;
      free[segment] = array[next];
      array[next] = 0;
    } else {
      cut[segment]++;
    }
    used[segment]++;
    return number;
  }

  private int[] grown(int[] array) {
    int ints = Math.max(FIRST_INTS, array.length * 2);
    if (ints < Buckets.SEGMENT_BUCKETS * Buckets.BUCKET_INTS) {
      return Arrays.copyOf(array, ints);
    }
    int[] whole = spare.take();
    System.arraycopy(array, 0, whole, 0, array.length);
    return whole;
  }

  private void addSegment() {
    int count = segments.length + 1;
    int[][] more = Arrays.copyOf(segments, count);
    more[count - 1] = NO_SEGMENT;
    used = Arrays.copyOf(used, count);
    cut = Arrays.copyOf(cut, count);
    free = Arrays.copyOf(free, count);
    // The last one, since its length is asked for.
    segments = more;
  }

  /** Gives an empty bucket back. */
  void giveBack(int number) {
    int segment = number >>> Buckets.SEGMENT_BITS;
    int[] array = segments[segment];
    firstWithRoom = Math.min(firstWithRoom, segment);
    // The smallest array stays, as the first bucket of a small dictionary may come and go.
    if (--used[segment] == 0 && array.length > FIRST_INTS) {
      segments[segment] = NO_SEGMENT;
      cut[segment] = 0;
      free[segment] = 0;
      if (common.giveUp(segment, array, account)) {
        spare.giveBack(array);
      }
    } else {
      ownSegment(number)[Buckets.base(number) + Buckets.NEXT] = free[segment];
      free[segment] = number + 1;
    }
  }

  /** Gives everything back, of a table that nobody uses any more. */
  void free() {
    for (int i = 0; i < segments.length; i++) {
      if (common.giveUp(i, segments[i], account)) {
        spare.giveBack(segments[i]);
      }
    }
    segments = NOTHING;
  }

  long ints() {
    long ints = 0;
    for (int[] segment : segments) {
      ints += segment.length;
    }
    return ints;
  }
}
