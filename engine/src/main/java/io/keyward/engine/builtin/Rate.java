package io.keyward.engine.builtin;

/**
 * How fast a counter rises, over the last whole second or somewhat more.
 *
 * <p>Sampled by the regular work, several times a second, by one thread; any thread may read it.
 */
public final class Rate {
  private static final long SPAN_MILLIS = 1000;

  /** Two readings of the counter, and when they were taken in milliseconds. */
  private record Readings(long firstAt, long first, long secondAt, long second) {
    double perSecond() {
      // A reset of the statistics makes the second count the smaller one.
      return secondAt == firstAt ? 0 : Math.max(0, second - first) * 1000.0 / (secondAt - firstAt);
    }
  }

  private volatile Readings readings = new Readings(0, 0, 0, 0);

  /** Tells where the counter is; {@code now} in milliseconds. */
  public void sample(long now, long count) {
    Readings before = readings;
    if (before.secondAt == 0 || now < before.secondAt) {
      readings = new Readings(now, count, now, count);
    } else if (now - before.secondAt >= SPAN_MILLIS) {
      readings = new Readings(before.secondAt, before.second, now, count);
    }
  }

  public double perSecond() {
    return readings.perSecond();
  }
}
