package io.keyward.engine.builtin;

import io.keyward.config.directive.Directive;
import io.keyward.engine.Turns;

/**
 * What the keyspaces of a home have to do from time to time: a tick runs {@code hz} times a second
 * and takes a millisecond at most, in slices between which other tasks of the loop have their turn.
 */
final class RegularWork {
  /** How long the work of one tick may take, in slices. */
  private static final long TICK_NANOS = 1_000_000;

  private final Home home;
  private int nextKeyspace;
  private boolean working;
  private boolean resting;
  private boolean stopped;

  RegularWork(Home home) {
    this.home = home;
  }

  void start() {
    home.loop().schedule(tickMillis(), this::tick);
  }

  void stop() {
    stopped = true;
  }

  /** Lets the keyspaces rest or go on. */
  void goesOn(boolean on) {
    resting = !on;
  }

  private long tickMillis() {
    return Math.max(2, 1000 / Math.max(1, home.settings().number(Directive.HZ)));
  }

  private void tick() {
    if (stopped) {
      return;
    }
    try {
      long now = System.currentTimeMillis();
      home.ticks(now);
      home.effects().tend();
      home.functionTelling().tend();
      home.freeing().tend();
      home.loop().turns().tend();
      if (!resting && !home.loading() && !working) {
        working = true;
        work(now, home.keyspaces().size(), TICK_NANOS);
      }
    } finally {
      home.loop().schedule(tickMillis(), this::tick);
    }
  }

  /**
   * Gives each keyspace its turn, in slices until so many nanoseconds are used up; the next tick
   * goes on with the rest. A keyspace that has more to do than a slice holds has the next one too.
   */
  private void work(long now, int turns, long nanosLeft) {
    long start = System.nanoTime();
    boolean goesOn = false;
    try {
      int left = slice(now, turns, start + Turns.SLICE_NANOS);
      long rest = nanosLeft - (System.nanoTime() - start);
      if (left > 0 && rest > 0 && !stopped) {
        home.loop().turns().add(this, () -> work(now, left, rest));
        goesOn = true;
      } else {
        nextKeyspace += left > 0 ? 1 : 0;
      }
    } finally {
      working = goesOn;
    }
  }

  /** Returns how many keyspaces have not had their turn to its end when the slice is over. */
  private int slice(long now, int turns, long deadline) {
    var keyspaces = home.keyspaces();
    for (int left = turns; left > 0 && !keyspaces.isEmpty(); left--) {
      if (nextKeyspace >= keyspaces.size()) {
        nextKeyspace = 0;
      }
      BuiltinKeyspace keyspace = keyspaces.get(nextKeyspace);
      boolean stays = keyspace.tick(now, deadline);
      if (System.nanoTime() - deadline >= 0) {
        return left;
      }
      if (stays) {
        nextKeyspace++;
      }
    }
    return 0;
  }
}
