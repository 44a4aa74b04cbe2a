package io.keyward.engine;

import java.util.concurrent.locks.LockSupport;

/**
 * Waits until there may be memory again for what must not be forgotten because there was none at
 * one moment: a task that is to be done, or somebody's turn.
 */
public final class MissingMemory {
  private static final int MOST_ATTEMPTS = 50;
  private static final long PAUSE_NANOS = 2_000_000;

  private MissingMemory() {}

  /**
   * Waits for a moment before the next attempt.
   *
   * @param attempt counts those that have failed
   * @throws OutOfMemoryError the one given, when it has been tried for long
   */
  public static void await(OutOfMemoryError full, int attempt) {
    if (attempt == MOST_ATTEMPTS) {
      throw full;
    }
    LockSupport.parkNanos(PAUSE_NANOS);
  }
}
