package io.keyward.engine.builtin;

import io.keyward.config.directive.Directive;
import io.keyward.engine.Turns;

/**
 * Evicts keys until something is within its limit: at once for as long as {@code
 * maxmemory-eviction-tenacity} says, the rest in slices between other work of the loop. As in
 * Redis, what needs room goes on meanwhile.
 */
final class RoomMaking {
  private static final int KEYS_BETWEEN_LOOKS = 16;

  /** What became of the wish that something go. */
  enum Outcome {
    /** Something has gone. */
    GONE,
    /** None has been found yet, and it is worth looking on. */
    SOUGHT,
    /** Somebody else has been asked for it, and this can be borne until then. */
    ASKED,
    /** Nothing may go. */
    NOTHING
  }

  /** Something that has a limit. */
  interface Limited {
    /** Whether there is more of it than may be. */
    boolean exceeded();

    /** Whether there is so much more that everything else has to wait. */
    boolean urgent();

    /** Has a key go, or has something freed that counts. */
    Outcome giveUp();

    /** A slice of the work has ended. */
    default void sliceEnded() {}
  }

  private final Home home;
  private final Limited limited;
  private boolean waiting;

  RoomMaking(Home home, Limited limited) {
    this.home = home;
    this.limited = limited;
  }

  /**
   * Evicts as long as it may at once.
   *
   * @return false if there is too much, and nothing may go
   */
  boolean now() {
    return !limited.exceeded()
        || evict(nanos(home.settings().number(Directive.MAXMEMORY_EVICTION_TENACITY)));
  }

  /** Evicts in slices. */
  void soon() {
    if (!waiting) {
      home.loop().turns().add(this, this::slice);
      waiting = true;
    }
  }

  private void slice() {
    waiting = false;
    if (limited.exceeded()) {
      evict(Turns.SLICE_NANOS);
    }
    limited.sliceEnded();
  }

  private boolean evict(long nanos) {
    long start = System.nanoTime();
    for (int turn = 1; true; turn++) {
      Outcome outcome = limited.giveUp();
      if (!limited.exceeded()) {
        return true;
      }
      if (outcome == Outcome.ASKED || outcome == Outcome.NOTHING) {
        return outcome == Outcome.ASKED;
      }
      boolean looks = outcome == Outcome.SOUGHT || turn % KEYS_BETWEEN_LOOKS == 0;
      if (looks && System.nanoTime() - start >= nanos && !limited.urgent()) {
        soon();
        return true;
      }
    }
  }

  /**
   * How long keys may be evicted at once: half a millisecond at 10, up to that in proportion, then
   * 15 percent more with each step, and 100 is for ever.
   */
  static long nanos(long tenacity) {
    if (tenacity <= 10) {
      return tenacity * 50_000;
    }
    return tenacity < 100
        ? (long) (500_000 * Math.pow(1.15, (double) (tenacity - 10)))
        : Long.MAX_VALUE;
  }
}
