package io.keyward.engine;

/**
 * The time for everything that lasts: idle clients, pauses, silent replicas. Nobody can set it, so
 * a jump of the wall clock ends nothing too early and keeps nothing alive too long.
 */
public final class SteadyTime {
  private static final long BEGIN_MILLIS = System.currentTimeMillis();
  private static final long BEGIN_NANOS = System.nanoTime();

  private SteadyTime() {}

  /**
   * Milliseconds since 1970 by the wall clock as it was when the process began, counted on since
   * then whatever has become of that clock.
   */
  public static long millis() {
    return BEGIN_MILLIS + (System.nanoTime() - BEGIN_NANOS) / 1_000_000;
  }
}
