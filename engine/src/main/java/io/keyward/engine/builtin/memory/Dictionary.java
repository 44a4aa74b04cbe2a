package io.keyward.engine.builtin.memory;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/**
 * A hash table from keys to the references of the entries that hold them.
 *
 * <p>Buckets of one cache line, twelve entries each, in linear hashing (W. Litwin, VLDB 1980): with
 * every eight insertions one bucket is split in two, with deletions one is merged back, so there is
 * no rehashing of the whole, no second table, and the memory per key does not jump.
 *
 * <pre>
 *  bucket, 16 ints:
 *  +-----+-----+-----+-------+------+------+-----+------+
 *  | 4 tags | 4 tags | 4 tags | next | ref 0 | ref 1 | ... | ref 11 |
 *  +-----+-----+-----+-------+------+------+-----+------+
 *  tag: 0 free, else 7 bits of the hash; bit 7 is the entry's mark (for keys: it expires)
 *  next: 0, or the number of an overflow bucket plus 1
 * </pre>
 *
 * With {@code 2^level + split} buckets, a hash belongs to bucket {@code h mod 2^level}, or, if that
 * lies below {@code split}, to {@code h mod 2^(level+1)}. A {@link #scan} cursor counts in reversed
 * bits over the smaller of the two, as in Redis's {@code dictScan}, so it survives growth and
 * shrinking, never misses an entry that was there throughout, and stays below 2^31.
 *
 * <p>Find, insert and remove cost O(1); no operation touches more than a few dozen entries. Hash
 * values are never stored: a split hashes the keys of one bucket anew.
 */
public final class Dictionary {
  /** An entry is not there. */
  public static final int ABSENT = 0;

  static final int SLOTS = 12;
  private static final int BUCKET_INTS = 16;
  private static final int NEXT = 3;
  private static final int REFERENCES = 4;
  private static final int SEGMENT_BITS = 10;
  private static final int SEGMENT_BUCKETS = 1 << SEGMENT_BITS;
  private static final int SEGMENT_MASK = SEGMENT_BUCKETS - 1;
  private static final int SPLIT_LOAD = 8;
  private static final int MERGE_LOAD = 3;
  private static final int LOW_BITS = 0x7F7F7F7F;
  private static final int HIGH_BITS = 0x80808080;
  private static final int ONES = 0x01010101;
  private static final int[] NO_SEGMENT = {};

  private final PagePool pool;
  private final MemoryAccount account;
  private int[][] segments;
  private int[][] overflow = {};
  private int overflowCount;
  private int freeOverflow;
  private int level;
  private int split;
  private int count;
  private int marked;
  private int longestChain = 1;
  private int longestChainBefore = 1;
  private int holds;

  public Dictionary(PagePool pool, MemoryAccount account) {
    this.pool = pool;
    this.account = account;
    segments = new int[][] {new int[BUCKET_INTS]};
    account.add(BUCKET_INTS * Integer.BYTES);
  }

  public int size() {
    return count;
  }

  /** How many entries bear the mark. */
  public int marked() {
    return marked;
  }

  /** The number of buckets, overflow left out. */
  public int buckets() {
    return (1 << level) + split;
  }

  private static int tag(long hash) {
    int tag = (int) (hash >>> 57);
    return tag == 0 ? 1 : tag;
  }

  private int bucket(long hash) {
    int bucket = (int) hash & ((1 << level) - 1);
    return bucket < split ? (int) hash & ((2 << level) - 1) : bucket;
  }

  /* A bucket is named by an int: its number, or minus its overflow number minus 1. */

  private int[] array(int bucket) {
    return bucket >= 0 ? segments[bucket >>> SEGMENT_BITS] : overflow[~bucket >>> SEGMENT_BITS];
  }

  private static int base(int bucket) {
    return ((bucket >= 0 ? bucket : ~bucket) & SEGMENT_MASK) * BUCKET_INTS;
  }

  private static int next(int[] array, int base) {
    return -array[base + NEXT];
  }

  /** In each byte of the result the high bit is set where the tag is the one looked for. */
  private static int matches(int tags, int pattern) {
    int difference = (tags & LOW_BITS) ^ pattern;
    return ~(difference + LOW_BITS) & HIGH_BITS;
  }

  /** The reference of the entry with this key, or {@link #ABSENT}. */
  public int find(long hash, byte[] key, int offset, int length) {
    int pattern = tag(hash) * ONES;
    int bucket = bucket(hash);
    do {
      int[] array = array(bucket);
      int base = base(bucket);
      for (int word = 0; word < 3; word++) {
        int found = matches(array[base + word], pattern);
        while (found != 0) {
          int slot = (word << 2) + (Integer.numberOfTrailingZeros(found) >>> 3);
          int reference = array[base + REFERENCES + slot];
          if (EntryLayout.keyEquals(
              pool.page(reference), PagePool.offset(reference), key, offset, length)) {
            return reference;
          }
          found &= found - 1;
        }
      }
      bucket = next(array, base);
    } while (bucket != 0);
    return ABSENT;
  }

  /** Adds an entry whose key is not there yet. */
  public void insert(long hash, int reference, boolean mark) {
    place(bucket(hash), tag(hash) | (mark ? 0x80 : 0), reference);
    count++;
    if (mark) {
      marked++;
    }
    if (count > buckets() * SPLIT_LOAD && holds == 0) {
      splitOne();
    }
  }

  private void place(int bucket, int tag, int reference) {
    int chain = 1;
    while (true) {
      int[] array = array(bucket);
      int base = base(bucket);
      for (int word = 0; word < 3; word++) {
        int free = matches(array[base + word], 0);
        if (free != 0) {
          int shift = Integer.numberOfTrailingZeros(free) & ~7;
          array[base + word] |= tag << shift;
          array[base + REFERENCES + (word << 2) + (shift >>> 3)] = reference;
          longestChain = Math.max(longestChain, chain);
          return;
        }
      }
      int next = next(array, base);
      if (next == 0) {
        int number = takeOverflow();
        // Taking one may have moved the overflow buckets to a larger array.
        array(bucket)[base + NEXT] = number + 1;
        next = ~number;
      }
      bucket = next;
      chain++;
    }
  }

  /** Lets the dictionary name an entry by another reference; the entry keeps key and mark. */
  public void replace(long hash, int oldReference, int newReference) {
    long at = locate(hash, oldReference);
    array((int) (at >> 4))[base((int) (at >> 4)) + REFERENCES + (int) (at & 15)] = newReference;
  }

  /** Sets or clears the mark of an entry. */
  public void mark(long hash, int reference, boolean mark) {
    long at = locate(hash, reference);
    int[] array = array((int) (at >> 4));
    int slot = (int) (at & 15);
    int word = base((int) (at >> 4)) + (slot >>> 2);
    int bit = 0x80 << ((slot & 3) << 3);
    boolean was = (array[word] & bit) != 0;
    if (was != mark) {
      array[word] ^= bit;
      marked += mark ? 1 : -1;
    }
  }

  /** Takes an entry out; its slot stays the caller's. */
  public void remove(long hash, int reference) {
    int home = bucket(hash);
    long at = locate(hash, reference);
    int bucket = (int) (at >> 4);
    int slot = (int) (at & 15);
    int[] array = array(bucket);
    int base = base(bucket);
    int word = base + (slot >>> 2);
    int shift = (slot & 3) << 3;
    if ((array[word] >>> shift & 0x80) != 0) {
      marked--;
    }
    array[word] &= ~(0xFF << shift);
    array[base + REFERENCES + slot] = 0;
    count--;
    if (bucket < 0 && (array[base] | array[base + 1] | array[base + 2]) == 0) {
      unlinkOverflow(home, bucket);
    }
    if (holds == 0) {
      shrink();
    }
  }

  private void shrink() {
    if (count < (long) buckets() * MERGE_LOAD && buckets() > 1) {
      mergeOne();
    }
  }

  /** The bucket, shifted by four, and the slot of an entry that is there. */
  private long locate(long hash, int reference) {
    int pattern = tag(hash) * ONES;
    int bucket = bucket(hash);
    do {
      int[] array = array(bucket);
      int base = base(bucket);
      for (int word = 0; word < 3; word++) {
        int found = matches(array[base + word], pattern);
        while (found != 0) {
          int slot = (word << 2) + (Integer.numberOfTrailingZeros(found) >>> 3);
          if (array[base + REFERENCES + slot] == reference) {
            return (long) bucket << 4 | slot;
          }
          found &= found - 1;
        }
      }
      bucket = next(array, base);
    } while (bucket != 0);
    throw new IllegalStateException("the entry is not in this dictionary");
  }

  /** No bucket is split or merged until {@link #release()}, so that a walk may remove entries. */
  public void hold() {
    holds++;
  }

  /** Ends a {@link #hold()} and makes up for the splits or merges that were put off. */
  public void release() {
    if (--holds == 0) {
      while (count > buckets() * SPLIT_LOAD) {
        splitOne();
      }
      while (count < (long) buckets() * MERGE_LOAD && buckets() > 1) {
        mergeOne();
      }
    }
  }

  private void splitOne() {
    int from = split;
    int to = (1 << level) + split;
    addBucket(to);
    split++;
    if (split == 1 << level) {
      level++;
      split = 0;
      // Every bucket has been laid anew since the last round began, so chains of before are gone.
      longestChainBefore = longestChain;
      longestChain = 1;
    }
    scatter(from);
  }

  private void mergeOne() {
    if (split == 0) {
      level--;
      split = 1 << level;
      longestChain = longestChain();
    }
    split--;
    int last = (1 << level) + split;
    scatter(last);
    removeBucket(last);
  }

  /** No chain is longer: the longest made in this round of splits and in the one before. */
  private int longestChain() {
    return Math.max(longestChain, longestChainBefore);
  }

  /** Takes every entry of a bucket out and puts it where it belongs now. */
  private void scatter(int home) {
    int bucket = home;
    int[] tags = new int[SLOTS * 2];
    int[] references = new int[SLOTS * 2];
    int taken = 0;
    do {
      int[] array = array(bucket);
      int base = base(bucket);
      if (taken + SLOTS > references.length) {
        tags = Arrays.copyOf(tags, tags.length * 2);
        references = Arrays.copyOf(references, references.length * 2);
      }
      for (int slot = 0; slot < SLOTS; slot++) {
        int tag = array[base + (slot >>> 2)] >>> ((slot & 3) << 3) & 0xFF;
        if (tag != 0) {
          tags[taken] = tag;
          references[taken++] = array[base + REFERENCES + slot];
        }
      }
      int next = next(array, base);
      Arrays.fill(array, base, base + BUCKET_INTS, 0);
      if (bucket < 0) {
        giveBackOverflow(~bucket);
      }
      bucket = next;
    } while (bucket != 0);
    for (int i = 0; i < taken; i++) {
      int reference = references[i];
      long hash = EntryLayout.keyHash(pool.page(reference), PagePool.offset(reference));
      place(bucket(hash), tags[i], reference);
    }
  }

  private void addBucket(int bucket) {
    int segment = bucket >>> SEGMENT_BITS;
    if (segment == 0) {
      int[] first = segments[0];
      if ((bucket + 1) * BUCKET_INTS > first.length) {
        segments[0] = Arrays.copyOf(first, first.length * 2);
        account.add((long) first.length * Integer.BYTES);
      }
      return;
    }
    if (segment == segments.length) {
      segments = Arrays.copyOf(segments, segment * 2);
      Arrays.fill(segments, segment, segment * 2, NO_SEGMENT);
    }
    if (segments[segment].length == 0) {
      segments[segment] = new int[SEGMENT_BUCKETS * BUCKET_INTS];
      account.add(SEGMENT_BUCKETS * BUCKET_INTS * Integer.BYTES);
    }
  }

  private void removeBucket(int bucket) {
    int segment = bucket >>> SEGMENT_BITS;
    if (segment > 0 && (bucket & SEGMENT_MASK) == 0) {
      segments[segment] = NO_SEGMENT;
      account.add(-SEGMENT_BUCKETS * BUCKET_INTS * Integer.BYTES);
    } else if (segment == 0 && bucket * BUCKET_INTS * 4 == segments[0].length) {
      account.add(-(long) segments[0].length / 2 * Integer.BYTES);
      segments[0] = Arrays.copyOf(segments[0], segments[0].length / 2);
    }
  }

  private int takeOverflow() {
    if (freeOverflow != 0) {
      int number = freeOverflow - 1;
      freeOverflow = overflow[number >>> SEGMENT_BITS][base(number) + NEXT];
      overflow[number >>> SEGMENT_BITS][base(number) + NEXT] = 0;
      return number;
    }
    int number = overflowCount;
    int segment = number >>> SEGMENT_BITS;
    int ints = 4 * BUCKET_INTS;
    if (segment == overflow.length) {
      overflow = Arrays.copyOf(overflow, segment + 1);
      overflow[segment] = new int[ints];
      account.add((long) ints * Integer.BYTES);
    } else if (base(number) == overflow[segment].length) {
      account.add((long) overflow[segment].length * Integer.BYTES);
      overflow[segment] = Arrays.copyOf(overflow[segment], overflow[segment].length * 2);
    }
    overflowCount++;
    return number;
  }

  private void giveBackOverflow(int number) {
    overflow[number >>> SEGMENT_BITS][base(number) + NEXT] = freeOverflow;
    freeOverflow = number + 1;
  }

  private void unlinkOverflow(int home, int empty) {
    int bucket = home;
    while (true) {
      int[] array = array(bucket);
      int base = base(bucket);
      int next = next(array, base);
      if (next == empty) {
        array[base + NEXT] = array(empty)[base(empty) + NEXT];
        giveBackOverflow(~empty);
        return;
      }
      bucket = next;
    }
  }

  /**
   * Visits the entries of the next few buckets of a scan.
   *
   * @param cursor 0 to begin, else what the last call returned
   * @return the next cursor, 0 when every entry has been visited
   */
  public long scan(long cursor, IntConsumer visitor) {
    int mask = (1 << level) - 1;
    int bucket = (int) cursor & mask;
    hold();
    visit(bucket, visitor);
    if (bucket < split) {
      visit(bucket + mask + 1, visitor);
    }
    release();
    int reversed = Integer.reverse((int) cursor | ~mask) + 1;
    return Integer.toUnsignedLong(Integer.reverse(reversed));
  }

  private void visit(int bucket, IntConsumer visitor) {
    int at = bucket;
    do {
      int[] array = array(at);
      int base = base(at);
      int next = next(array, base);
      for (int slot = 0; slot < SLOTS; slot++) {
        int reference = array[base + REFERENCES + slot];
        if (reference != 0) {
          visitor.accept(reference);
        }
      }
      at = next;
    } while (at != 0);
  }

  /**
   * Visits the marked entries of buckets from {@code bucket} on, until {@code most} of them have
   * been visited or {@code mostBuckets} buckets looked at.
   *
   * @return the bucket to go on with, 0 after the last
   */
  public int visitMarked(int bucket, int mostBuckets, int most, IntConsumer visitor) {
    int at = bucket < buckets() ? bucket : 0;
    int visited = 0;
    hold();
    for (int looked = 0; looked < mostBuckets && visited < most; looked++) {
      visited += visitMarked(at, visitor);
      at++;
      if (at >= buckets()) {
        at = 0;
        break;
      }
    }
    release();
    return at;
  }

  private int visitMarked(int bucket, IntConsumer visitor) {
    int visited = 0;
    int at = bucket;
    do {
      int[] array = array(at);
      int base = base(at);
      int next = next(array, base);
      for (int word = 0; word < 3; word++) {
        int found = array[base + word] & HIGH_BITS;
        while (found != 0) {
          int slot = (word << 2) + (Integer.numberOfTrailingZeros(found) >>> 3);
          visitor.accept(array[base + REFERENCES + slot]);
          visited++;
          found &= found - 1;
        }
      }
      at = next;
    } while (at != 0);
    return visited;
  }

  /** Visits every entry; the visitor may remove the one it is given. */
  public void forEach(IntConsumer visitor) {
    hold();
    for (int bucket = 0, end = buckets(); bucket < end; bucket++) {
      visit(bucket, visitor);
    }
    release();
  }

  /** Visits entries in the order of the buckets until the visitor says no; nothing may change. */
  public void visitWhile(IntPredicate visitor) {
    for (int bucket = 0, end = buckets(); bucket < end; bucket++) {
      int at = bucket;
      do {
        int[] array = array(at);
        int base = base(at);
        for (int slot = 0; slot < SLOTS; slot++) {
          int reference = array[base + REFERENCES + slot];
          if (reference != 0 && !visitor.test(reference)) {
            return;
          }
        }
        at = next(array, base);
      } while (at != 0);
    }
  }

  /** An entry, each with the same chance; {@link #ABSENT} if there is none. */
  public int random(RandomGenerator random) {
    if (count == 0) {
      return ABSENT;
    }
    int buckets = buckets();
    while (true) {
      int draw = random.nextInt(longestChain() * SLOTS);
      int bucket = random.nextInt(buckets);
      for (int chain = draw / SLOTS; chain > 0 && bucket != Integer.MIN_VALUE; chain--) {
        int next = next(array(bucket), base(bucket));
        bucket = next == 0 ? Integer.MIN_VALUE : next;
      }
      if (bucket != Integer.MIN_VALUE) {
        int reference = array(bucket)[base(bucket) + REFERENCES + draw % SLOTS];
        if (reference != 0) {
          return reference;
        }
      }
    }
  }

  /**
   * Empties a few buckets, giving each entry to the visitor, who frees its slot.
   *
   * @return whether nothing is left and the dictionary has given its own memory back
   */
  public boolean drain(int mostBuckets, IntConsumer visitor) {
    hold();
    int looked = 0;
    while (count > 0 && looked++ < mostBuckets) {
      drainLast(visitor);
    }
    holds--;
    if (count == 0) {
      account.add(-memory());
      segments = new int[][] {NO_SEGMENT};
      overflow = new int[0][];
    }
    return count == 0;
  }

  private void drainLast(IntConsumer visitor) {
    int bucket = (1 << level) + split - 1;
    int at = bucket;
    do {
      int[] array = array(at);
      int base = base(at);
      for (int slot = 0; slot < SLOTS; slot++) {
        int reference = array[base + REFERENCES + slot];
        if (reference != 0) {
          visitor.accept(reference);
          count--;
        }
      }
      int next = next(array, base);
      Arrays.fill(array, base, base + BUCKET_INTS, 0);
      at = next;
    } while (at != 0);
    if (bucket > 0) {
      if (split == 0) {
        level--;
        split = 1 << level;
      }
      split--;
    }
  }

  /** Bytes of buckets and overflow, the entries left out. */
  public long memory() {
    long ints = 0;
    for (int[] segment : segments) {
      ints += segment.length;
    }
    for (int[] segment : overflow) {
      ints += segment.length;
    }
    return ints * Integer.BYTES;
  }

  /** Checks that every entry is where its key's hash says, and every count; for tests. */
  public void validate() {
    int[] seen = new int[3];
    for (int bucket = 0; bucket < buckets(); bucket++) {
      int at = bucket;
      int chain = 0;
      do {
        int[] array = array(at);
        int base = base(at);
        for (int slot = 0; slot < SLOTS; slot++) {
          int tag = array[base + (slot >>> 2)] >>> ((slot & 3) << 3) & 0xFF;
          int reference = array[base + REFERENCES + slot];
          if ((tag == 0) != (reference == 0)) {
            throw new IllegalStateException("tag without entry or entry without tag");
          }
          if (reference != 0) {
            long hash = EntryLayout.keyHash(pool.page(reference), PagePool.offset(reference));
            if (bucket(hash) != bucket || tag(hash) != (tag & 0x7F)) {
              throw new IllegalStateException("entry in the wrong bucket or under the wrong tag");
            }
            seen[0]++;
            seen[1] += tag >>> 7;
          }
        }
        seen[2] = Math.max(seen[2], ++chain);
        at = next(array, base);
      } while (at != 0);
    }
    if (seen[0] != count || seen[1] != marked || seen[2] > longestChain()) {
      throw new IllegalStateException(
          "counted %d entries, %d marked, chain %d; recorded %d, %d, %d"
              .formatted(seen[0], seen[1], seen[2], count, marked, longestChain()));
    }
  }
}
