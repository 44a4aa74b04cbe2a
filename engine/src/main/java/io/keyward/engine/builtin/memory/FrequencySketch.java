package io.keyward.engine.builtin.memory;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Remembers about how often keys were asked for that are gone, in two to four bytes for each key
 * that is there: 4-bit counters as in the sketch of TinyLFU (Einziger, Friedman, Manes).
 *
 * <pre>
 * segment   up to 1024 blocks
 * block     eight longs, one cache line; the four counters of a key lie in one block
 * long      sixteen counters; counter i of a key is in long 2i or 2i+1 of its block
 * </pre>
 *
 * <p>Ageing halves the counters, one long with each {@link #age()}, so that nobody waits for it.
 * When the keys outgrow the table it doubles: at first the new half shares its segments with the
 * old one, so that what was counted is kept, and ageing parts them as it comes by. Estimates only
 * ever err upwards.
 */
public final class FrequencySketch {
  /** The greatest estimate. */
  public static final int MOST = 15;

  private static final int BLOCK = 8;
  private static final int BLOCKS_OF_A_SEGMENT_BITS = 10;
  private static final int BLOCKS_OF_A_SEGMENT = 1 << BLOCKS_OF_A_SEGMENT_BITS;
  private static final int KEYS_OF_A_BLOCK = 32;
  private static final int LEAST_BLOCKS = 2;
  private static final int MOST_BLOCKS = 1 << 26;
  private static final long HALVED = 0x7777_7777_7777_7777L;

  private final MemoryAccount account;
  private long[][] segments = {new long[LEAST_BLOCKS * BLOCK]};
  private final BitSet shared = new BitSet();
  private int blockMask = LEAST_BLOCKS - 1;
  private int ageingSegment;
  private int ageingLong;

  /**
   * Nothing remembered yet.
   *
   * @param account is charged with the table
   */
  public FrequencySketch(MemoryAccount account) {
    this.account = account;
    account.add(memory());
  }

  /** Remembers that the key of this hash was asked for so many times, {@link #MOST} at most. */
  public void remember(long hash, int times) {
    int number = (int) hash & blockMask;
    long[] segment = segments[number >>> BLOCKS_OF_A_SEGMENT_BITS];
    int block = (number & (BLOCKS_OF_A_SEGMENT - 1)) * BLOCK;
    long wanted = Math.min(MOST, times);
    int counters = spread(hash);
    for (int i = 0; i < 4; i++) {
      int bits = counters >>> (i << 3);
      int at = block + (i << 1) + (bits & 1);
      int shift = ((bits >>> 1) & 15) << 2;
      long word = segment[at];
      if (((word >>> shift) & MOST) < wanted) {
        segment[at] = (word & ~((long) MOST << shift)) | (wanted << shift);
      }
    }
  }

  /** How often a key was asked for, 0 to {@link #MOST}. */
  public int estimate(long hash) {
    int number = (int) hash & blockMask;
    long[] segment = segments[number >>> BLOCKS_OF_A_SEGMENT_BITS];
    int block = (number & (BLOCKS_OF_A_SEGMENT - 1)) * BLOCK;
    int counters = spread(hash);
    int least = MOST;
    for (int i = 0; i < 4; i++) {
      int bits = counters >>> (i << 3);
      long word = segment[block + (i << 1) + (bits & 1)];
      least = Math.min(least, (int) (word >>> (((bits >>> 1) & 15) << 2)) & MOST);
    }
    return least;
  }

  /** Bits for the choice of the counters that have nothing to do with those for the block. */
  private static int spread(long hash) {
    return (int) (((hash >>> 32) * 0x9E37_79B9_7F4A_7C15L) >>> 32);
  }

  /** How many calls of {@link #age()} halve every counter once. */
  public long longs() {
    return (blockMask + 1L) * BLOCK;
  }

  /** Halves the counters of the next long. */
  public void age() {
    long[] segment = segments[ageingSegment];
    segment[ageingLong] = (segment[ageingLong] >>> 1) & HALVED;
    if (++ageingLong == segment.length) {
      ageingLong = 0;
      ageingSegment = ageingSegment + 1 == segments.length ? 0 : ageingSegment + 1;
      part(ageingSegment);
    }
  }

  /** Gives a segment of the new half counters of its own, if it still shares those of the old. */
  private void part(int number) {
    if (shared.get(number)) {
      segments[number] = segments[number].clone();
      shared.clear(number);
    }
  }

  /** Sees to it that the table suits so many keys. */
  public void fit(long keys) {
    while (keys > (blockMask + 1L) * KEYS_OF_A_BLOCK && blockMask + 1 < MOST_BLOCKS) {
      long before = memory();
      int count = segments.length;
      if (segments[0].length < BLOCKS_OF_A_SEGMENT * BLOCK) {
        long[] small = segments[0];
        segments[0] = Arrays.copyOf(small, small.length * 2);
        System.arraycopy(small, 0, segments[0], small.length, small.length);
      } else {
        segments = Arrays.copyOf(segments, count * 2);
        System.arraycopy(segments, 0, segments, count, count);
        shared.set(count, count * 2);
      }
      blockMask = (blockMask << 1) | 1;
      account.add(memory() - before);
    }
  }

  /** Takes the table off the account; the sketch is not used after this. */
  public void discard() {
    account.add(-memory());
  }

  /** Bytes of the table when no segments are shared. */
  public long memory() {
    return longs() * Long.BYTES;
  }
}
