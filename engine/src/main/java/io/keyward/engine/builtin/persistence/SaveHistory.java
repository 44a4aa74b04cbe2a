package io.keyward.engine.builtin.persistence;

import java.util.concurrent.atomic.AtomicLong;

/**
 * When snapshots were begun and written, and what became of the last one. Told by the thread that
 * writes; any thread may ask.
 */
public final class SaveHistory {
  private static final long SECOND = 1_000_000_000;

  private volatile long lastSave = System.currentTimeMillis() / 1000;
  private volatile long lastSaveNanos = System.nanoTime();
  private volatile long lastTryNanos = System.nanoTime();
  private volatile long lastSeconds = -1;
  private volatile boolean lastFailed;
  private final AtomicLong begun = new AtomicLong();
  private final AtomicLong saves = new AtomicLong();

  SaveHistory() {}

  void begins(Occasion occasion) {
    lastTryNanos = System.nanoTime();
    if (occasion != Occasion.STEP) {
      begun.incrementAndGet();
    }
  }

  void couldNotBegin(Occasion occasion) {
    if (occasion == Occasion.BACKGROUND) {
      lastFailed = true;
    }
  }

  void written() {
    lastSave = System.currentTimeMillis() / 1000;
    lastSaveNanos = System.nanoTime();
    saves.incrementAndGet();
  }

  void ends(Occasion occasion, boolean failed) {
    if (occasion == Occasion.BACKGROUND) {
      lastFailed = failed;
      lastSeconds = secondsSinceLastTry();
    } else if (!failed) {
      lastFailed = false;
    }
  }

  /** When the last snapshot was written, or the server started, in seconds since 1970. */
  public long lastSave() {
    return lastSave;
  }

  /** How many nanoseconds ago that was, whatever has become of the clock since. */
  long nanosSinceLastSave() {
    return System.nanoTime() - lastSaveNanos;
  }

  /** How many nanoseconds ago a snapshot was last begun, or the server started. */
  long nanosSinceLastTry() {
    return System.nanoTime() - lastTryNanos;
  }

  /** The same in whole seconds. */
  long secondsSinceLastTry() {
    return nanosSinceLastTry() / SECOND;
  }

  /** Whether the last attempt in the background failed, and none has succeeded since. */
  public boolean lastFailed() {
    return lastFailed;
  }

  /** How many seconds the last attempt in the background took, or -1. */
  public long lastSeconds() {
    return lastSeconds;
  }

  /** How many have been begun since the start or the last reset, but those of another's steps. */
  public long begun() {
    return begun.get();
  }

  /** Counts anew what was begun. */
  public void reset() {
    begun.set(0);
  }

  /** How many snapshots have been written since the start. */
  public long saves() {
    return saves.get();
  }
}
