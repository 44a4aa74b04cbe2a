package io.keyward.engine.builtin.appendonly;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Up to where the disk has been forced to keep what each home has done.
 *
 * <p>Bytes that the disk has been forced to keep are worth nothing as long as something before them
 * is not there: until the log has its first base, and after an fsync that has failed, since what
 * that has lost a later one does not bring back. A base that was begun afterwards makes all whole.
 *
 * <p>Any thread may ask.
 */
public final class ForcedPositions {
  private final AtomicLongArray positions;
  private volatile boolean on;
  private volatile boolean whole;
  private volatile Runnable listener = () -> {};
  private int doubts;

  /** Whether the listener may not have been told of the last advance, for want of memory. */
  private volatile boolean untold;

  ForcedPositions(int homes) {
    positions = new AtomicLongArray(homes);
  }

  /** Has somebody told, on any thread, whenever more may be safe, or the log has gone on or off. */
  public void onChange(Runnable told) {
    listener = told;
  }

  /** Whether the log is switched on. */
  public boolean on() {
    return on;
  }

  /** Whether a restart after a power failure would find what a home has done up to a position. */
  public boolean holds(int home, long position) {
    return on && whole && positions.get(home) >= position;
  }

  /** The log is switched on or off. */
  void on(boolean switchedOn) {
    on = switchedOn;
    listener.run();
  }

  /** What a home has done up to a position is in the files already, or will be in the next base. */
  void startsAt(int home, long position) {
    positions.accumulateAndGet(home, position, Math::max);
  }

  /** The disk has been forced to keep what each home has done up to its position. */
  void advance(long[] upTo) {
    boolean further = untold;
    for (int home = 0; home < upTo.length; home++) {
      if (upTo[home] > positions.get(home)) {
        startsAt(home, upTo[home]);
        further = true;
      }
    }
    if (further) {
      untold = true;
      listener.run();
      untold = false;
    }
  }

  /** Something that was done is not in the files; returns how often that was so by now. */
  synchronized int doubt() {
    whole = false;
    return ++doubts;
  }

  /** How often there was doubt: a base that is begun now settles no later one. */
  synchronized int doubts() {
    return doubts;
  }

  /** Whether something that was done may not be in the files. */
  boolean doubtful() {
    return !whole;
  }

  /** A base holds what was doubtful, unless there has been doubt since so many times. */
  void settle(int before) {
    synchronized (this) {
      whole = doubts == before;
    }
    listener.run();
  }
}
