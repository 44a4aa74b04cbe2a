package io.keyward.engine.builtin.appendonly;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long the disk took to keep what was written, in steps that double; the writing threads
 * record, any thread may read.
 */
public final class ForceTimes {
  /** How many steps there are: the first ends at 64 µs, the one before the last at a second. */
  public static final int STEPS = 16;

  private static final long FIRST_END = 1L << 16;

  private final AtomicLongArray counts = new AtomicLongArray(STEPS);
  private final AtomicLong nanos = new AtomicLong();

  /** Counts one force. */
  void record(long took) {
    nanos.addAndGet(took);
    int step = Long.SIZE - Long.numberOfLeadingZeros(Math.max(0, took) / FIRST_END);
    counts.incrementAndGet(Math.min(STEPS - 1, step));
  }

  /** The end of a step in nanoseconds, which is no longer part of it; the last one has none. */
  public static long end(int step) {
    return FIRST_END << step;
  }

  /** How many forces fell into each step. */
  public long[] counts() {
    long[] copy = new long[STEPS];
    for (int step = 0; step < STEPS; step++) {
      copy[step] = counts.get(step);
    }
    return copy;
  }

  /** The time of all of them. */
  public double seconds() {
    return (double) nanos.get() / TimeUnit.SECONDS.toNanos(1);
  }
}
