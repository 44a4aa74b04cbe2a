package io.keyward.loadtest;

import java.util.concurrent.locks.LockSupport;

/**
 * The clock of an open loop: request n is due at start + n / rate, whatever became of the requests
 * before it. Latency counted from that instant includes the time a late request spent waiting for
 * its turn, which a loop that sends only after the last reply leaves out (coordinated omission).
 */
final class Pacer {
  private final long start;
  private final double nanosBetween;
  private final long total;
  private long taken;

  /**
   * @param start instant of the first request, on the clock of {@link System#nanoTime}
   * @param perSecond rate of arrival
   * @param nanos for how long requests arrive
   */
  Pacer(long start, double perSecond, long nanos) {
    if (!(perSecond > 0)) {
      throw new IllegalArgumentException("a rate of " + perSecond + " requests/s");
    }
    this.start = start;
    this.nanosBetween = 1e9 / perSecond;
    this.total = Math.max(1, (long) (nanos / nanosBetween));
  }

  /** Number of requests that arrive in all. */
  long total() {
    return total;
  }

  boolean exhausted() {
    return taken == total;
  }

  /** Whether a request that was not taken yet has arrived by now. */
  boolean due(long now) {
    return taken < total && now - nextArrival() >= 0;
  }

  /** Sleeps until the next request arrives. */
  void await() {
    long left = nextArrival() - System.nanoTime();
    while (left > 0) {
      LockSupport.parkNanos(left);
      left = nextArrival() - System.nanoTime();
    }
  }

  /** Takes the next request and tells the instant it was meant to be sent. */
  long take() {
    if (exhausted()) {
      throw new IllegalStateException("all " + total + " requests are taken");
    }
    long arrival = nextArrival();
    taken++;
    return arrival;
  }

  private long nextArrival() {
    return start + (long) (taken * nanosBetween);
  }
}
