package io.keyward.engine.builtin.appendonly;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;

/**
 * When the log is rewritten, and how that went.
 *
 * <p>Changed under the lock of the log; read by INFO without it, which must not wait for files.
 * What is going on has a lock of its own, so that whoever looks while one thing follows another
 * sees one of them.
 */
final class RewriteSchedule {
  private static final int FAILURES_BEFORE_DELAY = 3;
  private static final int MOST_DOUBLINGS = 6;
  private static final long MINUTE_NANOS = 60_000_000_000L;
  private static final long MOST_DELAY_NANOS = 60 * MINUTE_NANOS;

  /** The longest pause between two attempts to write a base that is needed. */
  private static final int MOST_PAUSE_SECONDS = 10;

  /**
   * What is going on at one instant.
   *
   * @param underWay whether a rewrite is running that has its turn
   * @param scheduled whether one waits for its turn, or is to begin when the present one has ended
   */
  record Phase(boolean underWay, boolean scheduled) {}

  private boolean running;
  private boolean underWay;
  private boolean waiting;
  private boolean givenUp;
  private volatile long began;
  private volatile long lastSeconds = -1;
  private volatile boolean lastSucceeded = true;
  private volatile long begun;
  private volatile long succeeded;
  private volatile long failuresInARow;
  private volatile boolean delayed;
  private volatile long notBefore;
  private long pausedFrom;

  /** Whether a rewrite is running, or waits for its turn to write a snapshot. */
  synchronized boolean running() {
    return running;
  }

  /** Whether a rewrite is running that has its turn. */
  synchronized boolean underWay() {
    return underWay;
  }

  /** Whether one is to begin when the present one has ended. */
  synchronized boolean waiting() {
    return waiting;
  }

  /** Lets none follow, and the one that is running come to an end without a base. */
  synchronized void giveUp() {
    waiting = false;
    givenUp = running;
  }

  /** Whether one is running that has been given up. */
  synchronized boolean givenUp() {
    return givenUp;
  }

  synchronized Phase phase() {
    return new Phase(underWay, waiting || (running && !underWay));
  }

  synchronized void wait(boolean another) {
    waiting = another;
  }

  synchronized void begins(boolean atOnce) {
    running = true;
    waiting = false;
    if (atOnce) {
      hasTurn();
    }
  }

  synchronized void hasTurn() {
    began = System.nanoTime();
    underWay = true;
    long before = begun;
    begun = before + 1;
  }

  /** Begins to count anew, as after three failures without a delay. */
  synchronized void countAnew() {
    begun = 0;
    failuresInARow = 0;
    delayed = false;
  }

  /** Notes how it went before it says that it is over, so that whoever sees that sees all. */
  synchronized void ends(boolean success) {
    lastSucceeded = success;
    lastSeconds = secondsSince(began);
    if (success) {
      long before = succeeded;
      succeeded = before + 1;
      failuresInARow = 0;
      delayed = false;
    } else {
      long before = failuresInARow;
      failuresInARow = before + 1;
      delay(before + 1);
    }
    underWay = false;
    running = false;
    givenUp = false;
  }

  /** After three failures in a row the next one waits, longer and longer, up to an hour. */
  private void delay(long failures) {
    if (failures >= FAILURES_BEFORE_DELAY) {
      long minutes = 1L << Math.min(MOST_DOUBLINGS, failures - FAILURES_BEFORE_DELAY);
      notBefore = System.nanoTime() + Math.min(MOST_DELAY_NANOS, minutes * MINUTE_NANOS);
      delayed = true;
    }
  }

  /** Says that it has been given up: that tells nothing of how the log fares. */
  synchronized void abandoned() {
    underWay = false;
    running = false;
    givenUp = false;
  }

  /** Says that an attempt has just ended that has to be made again, after a pause. */
  void pauses() {
    pausedFrom = System.nanoTime();
  }

  /** How long that pause lasts: the longer, the more attempts have failed. */
  long pauseMillis() {
    return 1000L * Math.clamp(failuresInARow, 1, MOST_PAUSE_SECONDS);
  }

  /** Whether it is over. */
  boolean hasPaused() {
    return (System.nanoTime() - pausedFrom) / 1_000_000 >= pauseMillis();
  }

  /**
   * Whether a log has grown so much since it had a size that it is to be rewritten of itself now.
   */
  boolean due(LiveSettings settings, long size, long before) {
    long percentage = settings.number(Directive.AUTO_AOF_REWRITE_PERCENTAGE);
    return percentage > 0
        && size >= settings.number(Directive.AUTO_AOF_REWRITE_MIN_SIZE)
        && size * 100 / Math.max(1, before) - 100 >= percentage
        && allowed();
  }

  private boolean allowed() {
    return !running() && !(delayed && System.nanoTime() - notBefore < 0);
  }

  private static long secondsSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1_000_000_000;
  }

  /** Seconds that the last rewrite took, -1 if there was none. */
  long lastSeconds() {
    return lastSeconds;
  }

  /** Seconds that the present one has taken so far, -1 if there is none. */
  long presentSeconds() {
    return underWay() ? secondsSince(began) : -1;
  }

  boolean lastSucceeded() {
    return lastSucceeded;
  }

  /** How many have been begun since the start or the last reset. */
  long begun() {
    return begun;
  }

  /** Bases written since the start. */
  long succeeded() {
    return succeeded;
  }

  long failuresInARow() {
    return failuresInARow;
  }
}
