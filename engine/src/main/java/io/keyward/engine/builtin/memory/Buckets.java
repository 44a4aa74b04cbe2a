package io.keyward.engine.builtin.memory;

import java.util.Arrays;

/**
 * The buckets of a {@link Dictionary}: one cache line each, twelve entries, continued by overflow
 * buckets where that is not enough.
 *
 * <pre>
 *  bucket, 16 ints:
 *  +--------+--------+--------+------+-------+-------+-----+--------+
 *  | 4 tags | 4 tags | 4 tags | next | ref 0 | ref 1 | ... | ref 11 |
 *  +--------+--------+--------+------+-------+-------+-----+--------+
 *  tag: 0 free, else 7 bits of the hash; bit 7 is the entry's mark (for keys: it expires)
 *  next: 0, or the number of an overflow bucket plus 1
 * </pre>
 *
 * <p>A bucket is named by an int: its number, or for overflow minus its number there minus 1. They
 * lie in segments of 64 KiB, of which the first ones grow by doubling.
 */
final class Buckets {
  /** What no bucket and slot make. */
  static final long NOWHERE = Long.MIN_VALUE;

  static final int SLOTS = 12;
  static final int BUCKET_INTS = 16;
  static final int NEXT = 3;
  static final int REFERENCES = 4;
  static final int SEGMENT_BITS = 11;
  static final int SEGMENT_BUCKETS = 1 << SEGMENT_BITS;

  private static final int SEGMENT_MASK = SEGMENT_BUCKETS - 1;
  private static final int SEGMENT_INTS = SEGMENT_BUCKETS * BUCKET_INTS;
  private static final int LOW_BITS = 0x7F7F7F7F;
  private static final int HIGH_BITS = 0x80808080;
  private static final int ONES = 0x01010101;
  private static final int[] NO_SEGMENT = {};

  private final SpareSegments spare;
  private MemoryAccount account;
  private OverflowBuckets overflow;
  private CommonArrays common;
  private int[][] segments;

  Buckets(SpareSegments spare, MemoryAccount account) {
    this.spare = spare;
    this.account = account;
    overflow = new OverflowBuckets(spare, account);
    common = new CommonArrays(spare);
    segments = new int[][] {new int[BUCKET_INTS]};
    // When nothing can be missing any more.
    account.add(BUCKET_INTS * Integer.BYTES);
  }

  private Buckets(Buckets other, MemoryAccount account) {
    spare = other.spare;
    this.account = account;
    segments = other.segments.clone();
    overflow = other.overflow.image(account);
    common = other.common.image(segments);
    overflow.share();
    common.share(segments);
    account.addCommon(memory());
  }

  /**
   * Other buckets with the same entries, which change by themselves: a segment is copied when one
   * of the two first writes to it. O(segments).
   */
  Buckets share(MemoryAccount counted) {
    return new Buckets(this, counted);
  }

  MemoryAccount account() {
    return account;
  }

  /** Counts there what is taken and given back from now on. */
  void account(MemoryAccount counted) {
    account = counted;
    overflow.account(counted);
  }

  /** The array that a bucket lies in, from {@link #base} on, for reading. */
  int[] array(int bucket) {
    return bucket >= 0 ? segments[bucket >>> SEGMENT_BITS] : overflow.segment(~bucket);
  }

  /** The array that a bucket lies in, which is no other table's, for writing. */
  int[] ownArray(int bucket) {
    return bucket >= 0
        ? common.own(segments, bucket >>> SEGMENT_BITS, account)
        : overflow.ownSegment(~bucket);
  }

  /** Whether an array may be another table's as well. */
  boolean mayBeCommon() {
    return common.any() || overflow.mayBeCommon();
  }

  static int base(int bucket) {
    return ((bucket >= 0 ? bucket : ~bucket) & SEGMENT_MASK) * BUCKET_INTS;
  }

  /** The bucket that continues this one, 0 for none. */
  static int next(int[] array, int base) {
    return -array[base + NEXT];
  }

  /** A word of four times this tag, to look for it. */
  static int pattern(int tag) {
    return tag * ONES;
  }

  /** In each byte of the result the high bit is set where the tag is the one looked for. */
  static int matches(int tags, int pattern) {
    int difference = (tags & LOW_BITS) ^ pattern;
    return ~(difference + LOW_BITS) & HIGH_BITS;
  }

  /** In each byte of the result the high bit is set where a tag bears the mark. */
  static int marks(int tags) {
    return tags & HIGH_BITS;
  }

  /** The slot, of four from the word's first on, that the lowest match stands for. */
  static int slot(int word, int matches) {
    return (word << 2) + (Integer.numberOfTrailingZeros(matches) >>> 3);
  }

  static int tag(int[] array, int base, int slot) {
    return array[base + (slot >>> 2)] >>> ((slot & 3) << 3) & 0xFF;
  }

  /**
   * Puts an entry into the first free slot of a chain.
   *
   * @return how many buckets of the chain it took to find one
   */
  int place(int home, int tag, int reference) {
    int bucket = home;
    int chain = 1;
    while (true) {
      int[] array = array(bucket);
      int base = base(bucket);
      for (int word = 0; word < 3; word++) {
        int free = matches(array[base + word], 0);
        if (free != 0) {
          int shift = Integer.numberOfTrailingZeros(free) & ~7;
          int[] own = ownArray(bucket);
          own[base + word] |= tag << shift;
          own[base + REFERENCES + (word << 2) + (shift >>> 3)] = reference;
          return chain;
        }
      }
      int next = next(array, base);
      bucket = next == 0 ? append(bucket) : next;
      chain++;
    }
  }

  /** Adds a bucket behind the last one of a chain. */
  private int append(int last) {
    // First what may find no memory.
    int[] _ = ownArray(last);
    int number = overflow.take();
    // Taking one may have moved the overflow buckets to a larger array.
    ownArray(last)[base(last) + NEXT] = number + 1;
    return ~number;
  }

  /** The bucket, shifted by four, and the slot of an entry, or {@link #NOWHERE}. */
  long search(int home, int tag, int reference) {
    int pattern = pattern(tag);
    int bucket = home;
    do {
      int[] array = array(bucket);
      int base = base(bucket);
      for (int word = 0; word < 3; word++) {
        int found = matches(array[base + word], pattern);
        while (found != 0) {
          int slot = slot(word, found);
          if (array[base + REFERENCES + slot] == reference) {
            return (long) bucket << 4 | slot;
          }
          found &= found - 1;
        }
      }
      bucket = next(array, base);
    } while (bucket != 0);
    return NOWHERE;
  }

  /**
   * Clears a slot, and frees its bucket if that continues another and is empty now.
   *
   * @return whether the entry bore the mark
   */
  boolean remove(int home, int bucket, int slot) {
    int[] array = ownArray(bucket);
    int base = base(bucket);
    boolean marked = tag(array, base, slot) >= 0x80;
    array[base + (slot >>> 2)] &= ~(0xFF << ((slot & 3) << 3));
    array[base + REFERENCES + slot] = 0;
    if (bucket < 0 && isEmpty(array, base)) {
      unlink(home, bucket);
    }
    return marked;
  }

  private static boolean isEmpty(int[] array, int base) {
    return (array[base] | array[base + 1] | array[base + 2]) == 0;
  }

  private void unlink(int home, int empty) {
    int bucket = home;
    while (true) {
      int[] array = array(bucket);
      int base = base(bucket);
      int next = next(array, base);
      if (next == empty) {
        try {
          array = ownArray(bucket);
        } catch (OutOfMemoryError full) {
          // It stays in the chain, where an entry that comes finds it.
          return;
        }
        array[base + NEXT] = array(empty)[base(empty) + NEXT];
        overflow.giveBack(~empty);
        return;
      }
      bucket = next;
    }
  }

  /** Adds the entries of a chain, all of whose arrays are the table's alone afterwards. */
  void gather(int home, ChainEntries gathered) {
    int bucket = home;
    do {
      int[] array = ownArray(bucket);
      int base = base(bucket);
      for (int slot = 0; slot < SLOTS; slot++) {
        int tag = tag(array, base, slot);
        if (tag != 0) {
          gathered.add(tag, array[base + REFERENCES + slot]);
        }
      }
      bucket = next(array, base);
    } while (bucket != 0);
  }

  /** Takes every entry out of a chain whose arrays are the table's alone; its buckets stay. */
  void clear(int home) {
    int bucket = home;
    do {
      int[] array = array(bucket);
      int base = base(bucket);
      Arrays.fill(array, base, base + NEXT, 0);
      Arrays.fill(array, base + REFERENCES, base + BUCKET_INTS, 0);
      bucket = next(array, base);
    } while (bucket != 0);
  }

  /**
   * Sees to it that so many more entries can be put into a chain without any more memory.
   *
   * @throws OutOfMemoryError if there is none; then there are no more buckets than before
   */
  void makeRoom(int home, int entries) {
    try {
      int free = 0;
      int bucket = home;
      do {
        int[] array = ownArray(bucket);
        int base = base(bucket);
        for (int word = 0; word < 3; word++) {
          free += Integer.bitCount(matches(array[base + word], 0));
        }
        int next = next(array, base);
        bucket = next == 0 && free < entries ? append(bucket) : next;
      } while (bucket != 0);
    } catch (OutOfMemoryError full) {
      shorten(home);
      throw full;
    }
  }

  /** Gives back the buckets at the end of a chain that hold nothing; takes no memory. */
  void shorten(int home) {
    int last = home;
    int bucket = home;
    do {
      last = isEmpty(array(bucket), base(bucket)) ? last : bucket;
      bucket = next(array(bucket), base(bucket));
    } while (bucket != 0);
    int rest = next(array(last), base(last));
    if (rest != 0) {
      ownArray(last)[base(last) + NEXT] = 0;
    }
    while (rest != 0) {
      int next = next(array(rest), base(rest));
      overflow.giveBack(~rest);
      rest = next;
    }
  }

  /** Makes room for the bucket of the next number, which is empty. */
  void add(int bucket) {
    int segment = bucket >>> SEGMENT_BITS;
    if (segment == 0) {
      int[] first = segments[0];
      if ((bucket + 1) * BUCKET_INTS > first.length) {
        segments[0] = Arrays.copyOf(first, first.length * 2);
        common.replace(0, first, segments[0], account);
      }
      return;
    }
    if (segment == segments.length) {
      int[][] more = Arrays.copyOf(segments, segment * 2);
      Arrays.fill(more, segment, segment * 2, NO_SEGMENT);
      segments = more;
    }
    if (segments[segment].length == 0) {
      segments[segment] = spare.take();
      account.add(SEGMENT_INTS * Integer.BYTES);
    }
  }

  /**
   * Gives back the room of the last bucket, whose entries are gone or do not matter any more. Where
   * that takes memory which is not there, it is made up for with a later one.
   */
  void removeLast(int bucket) {
    int segment = bucket >>> SEGMENT_BITS;
    int[] array = segments[segment];
    if (segment > 0 && (bucket & SEGMENT_MASK) == 0) {
      segments[segment] = NO_SEGMENT;
      if (common.giveUp(segment, array, account)) {
        spare.giveBack(array);
      }
    } else if (segment == 0 && bucket * BUCKET_INTS * 4 <= array.length) {
      halve(array);
    }
  }

  private void halve(int[] first) {
    try {
      segments[0] = Arrays.copyOf(first, first.length / 2);
      common.replace(0, first, segments[0], account);
    } catch (OutOfMemoryError full) {
      // Half of it stays empty.
    }
  }

  /** Gives everything back, of a table that nobody uses any more. */
  void free() {
    overflow.free();
    for (int i = 0; i < segments.length; i++) {
      if (common.giveUp(i, segments[i], account)) {
        spare.giveBack(segments[i]);
      }
      segments[i] = NO_SEGMENT;
    }
  }

  /** Bytes of all segments. */
  long memory() {
    long ints = overflow.ints();
    for (int[] segment : segments) {
      ints += segment.length;
    }
    return ints * Integer.BYTES;
  }
}
