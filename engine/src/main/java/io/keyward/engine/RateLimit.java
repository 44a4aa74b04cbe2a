package io.keyward.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket that holds what may be used in one second: so much each second, and after a rest a
 * second's worth at once. Any thread may use it.
 *
 * <p>It keeps no level but the moment from which on there is something to spend (the generic cell
 * rate algorithm, ITU-T I.371). What is spent beyond the level is owed: the moment lies in the
 * future.
 */
public final class RateLimit {
  private static final double SECOND_NANOS = 1e9;

  private final AtomicLong due = new AtomicLong(System.nanoTime() - (long) SECOND_NANOS);
  private volatile double nanosPerUnit;
  private volatile long perSecond;

  /** A full bucket of so many units a second. */
  public RateLimit(long perSecond) {
    set(perSecond);
  }

  /** Changes the rate. */
  public void set(long unitsPerSecond) {
    perSecond = unitsPerSecond;
    nanosPerUnit = SECOND_NANOS / unitsPerSecond;
  }

  public long perSecond() {
    return perSecond;
  }

  /**
   * Nanoseconds until there is something to spend; 0 or less if there is now.
   *
   * @param now on the clock of {@link System#nanoTime()}
   */
  public long owed(long now) {
    return due.get() - now;
  }

  /** How many units may be spent now, at least one if nothing is owed. */
  public long available(long now) {
    long unspent = Math.min((long) SECOND_NANOS, now - due.get());
    return unspent < 0 ? 0 : Math.max(1, (long) (unspent / nanosPerUnit));
  }

  /** Spends units, be they there or not. */
  public void spend(long now, long units) {
    long cost = Math.round(units * nanosPerUnit);
    long earliest = now - (long) SECOND_NANOS;
    long before = due.get();
    while (!due.compareAndSet(before, (before - earliest < 0 ? earliest : before) + cost)) {
      before = due.get();
    }
  }
}
