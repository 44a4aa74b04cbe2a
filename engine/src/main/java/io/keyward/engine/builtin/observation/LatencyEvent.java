package io.keyward.engine.builtin.observation;

/**
 * What kind of work held a keyspace up, and when: the worst time in each of the last 160 seconds in
 * which it did, oldest first.
 */
public final class LatencyEvent {
  private static final int MOST_SAMPLES = 160;

  /** Times in seconds since 1970 and durations in milliseconds, from {@code next} on in a ring. */
  private final long[] times = new long[MOST_SAMPLES];

  private final long[] durations = new long[MOST_SAMPLES];
  private int next;
  private int size;
  private long worst;

  /** Adds a sample; of one second the longest is kept. */
  public void add(long seconds, long millis) {
    worst = Math.max(worst, millis);
    int last = Math.floorMod(next - 1, MOST_SAMPLES);
    if (size > 0 && times[last] == seconds) {
      durations[last] = Math.max(durations[last], millis);
      return;
    }
    times[next] = seconds;
    durations[next] = millis;
    next = (next + 1) % MOST_SAMPLES;
    size = Math.min(size + 1, MOST_SAMPLES);
  }

  /** The number of samples. */
  public int size() {
    return size;
  }

  /** Milliseconds: the longest ever, also of samples that are forgotten. */
  public long worst() {
    return worst;
  }

  private int slot(int index) {
    return Math.floorMod(next - size + index, MOST_SAMPLES);
  }

  /** Seconds since 1970 of a sample, 0 being the oldest. */
  public long time(int index) {
    return times[slot(index)];
  }

  /** Milliseconds of a sample, 0 being the oldest. */
  public long duration(int index) {
    return durations[slot(index)];
  }

  /** The longest sample kept, in milliseconds. */
  public long highest() {
    long highest = 0;
    for (int i = 0; i < size; i++) {
      highest = Math.max(highest, duration(i));
    }
    return highest;
  }

  /** The shortest sample kept, in milliseconds. */
  public long lowest() {
    long lowest = Long.MAX_VALUE;
    for (int i = 0; i < size; i++) {
      lowest = Math.min(lowest, duration(i));
    }
    return lowest;
  }

  /** The mean of the samples kept, in whole milliseconds. */
  public long mean() {
    long sum = 0;
    for (int i = 0; i < size; i++) {
      sum += duration(i);
    }
    return sum / size;
  }

  /** How far the samples are from their mean on average, in whole milliseconds. */
  public long meanDeviation() {
    long mean = mean();
    long sum = 0;
    for (int i = 0; i < size; i++) {
      sum += Math.abs(duration(i) - mean);
    }
    return sum / size;
  }
}
