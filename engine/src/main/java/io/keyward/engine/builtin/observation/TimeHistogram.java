package io.keyward.engine.builtin.observation;

import java.util.Arrays;

/**
 * How often a command took how long, in steps that grow with the time.
 *
 * <pre>
 * slot 0          below 128 ns
 * slot 1 .. 16    128 to 255 ns, 8 ns each
 * slot 17 .. 32   256 to 511 ns, 16 ns each
 * ...             sixteen steps to each doubling, so a time is known to 1/16 of itself
 * slot 368        the last one, also for all beyond 1.07 s
 * </pre>
 *
 * <p>The array reaches to the longest time seen, rounded up to a doubling: some 1 kB for a command
 * that stays below 20 µs, 3 kB at most.
 */
public final class TimeHistogram {
  private static final int STEP_BITS = 4;
  private static final int STEPS = 1 << STEP_BITS;
  private static final int LOWEST_BIT = 7;
  private static final int HIGHEST_BIT = 29;
  private static final long LONGEST = (1L << (HIGHEST_BIT + 1)) - 1;

  /** How many doublings {@link #addDoublings} tells apart: the last begins at about a second. */
  public static final int DOUBLINGS = 22;

  private static final int FIRST_DOUBLING_BIT = 10;

  private long[] counts = new long[1 + 5 * STEPS];
  private long total;

  /** Adds one call; allocates only when it took longer than all before it. */
  void record(long nanos) {
    int slot = slot(nanos);
    if (slot >= counts.length) {
      counts = Arrays.copyOf(counts, 1 + (slot + STEPS - 1) / STEPS * STEPS);
    }
    counts[slot]++;
    total++;
  }

  private static int slot(long nanos) {
    long time = Math.min(nanos, LONGEST);
    int bit = Long.SIZE - 1 - Long.numberOfLeadingZeros(time | 1);
    if (bit < LOWEST_BIT || time < 0) {
      return 0;
    }
    int doublings = (bit - LOWEST_BIT) << STEP_BITS;
    return 1 + doublings + (int) (time >>> (bit - STEP_BITS)) - STEPS;
  }

  /** The longest time that falls into a slot. */
  private static long end(int slot) {
    if (slot == 0) {
      return (1L << LOWEST_BIT) - 1;
    }
    int bit = LOWEST_BIT + (slot - 1) / STEPS;
    int step = STEPS + (slot - 1) % STEPS;
    return ((step + 1L) << (bit - STEP_BITS)) - 1;
  }

  /** The number of calls. */
  public long total() {
    return total;
  }

  /** The time in nanoseconds within which {@code percentile} of 100 calls ended. */
  long atPercentile(double percentile) {
    long wanted = Math.max(1, Math.min(total, Math.round(percentile / 100 * total)));
    long passed = 0;
    for (int slot = 0; slot < counts.length; slot++) {
      passed += counts[slot];
      if (passed >= wanted) {
        return end(slot);
      }
    }
    return 0;
  }

  /** Receives a time and the number of calls that took no longer. */
  @FunctionalInterface
  public interface Step {
    /** Takes one step of the sums. */
    void at(long nanos, long calls);
  }

  /**
   * Adds the calls by the time they took: at index {@code i} those below {@code 1024 << i}
   * nanoseconds that are not counted before it, at the last index those of a second and more.
   *
   * @param sums {@link #DOUBLINGS} numbers
   */
  public void addDoublings(long[] sums) {
    for (int slot = 0; slot < counts.length; slot++) {
      int bit = slot == 0 ? LOWEST_BIT : LOWEST_BIT + 1 + (slot - 1) / STEPS;
      boolean last = slot == 1 + (HIGHEST_BIT - LOWEST_BIT + 1) * STEPS - 1;
      sums[last ? DOUBLINGS - 1 : Math.max(0, bit - FIRST_DOUBLING_BIT)] += counts[slot];
    }
  }

  /** Tells the calls up to each doubling of a microsecond, where there are more than before. */
  public void cumulative(Step step) {
    long passed = 0;
    long told = 0;
    for (int slot = 0; slot < counts.length; slot++) {
      passed += counts[slot];
      boolean lastOfDoubling = slot % STEPS == 0;
      if (lastOfDoubling && end(slot) > 1000 && passed > told) {
        step.at(end(slot), passed);
        told = passed;
      }
    }
  }
}
