package io.keyward.engine.builtin.appendonly;

import io.keyward.engine.builtin.Home;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A point in what homes have done: all of it that was done when the mark was made. */
public final class LogMark {
  private static final long LEFT_OUT = Long.MIN_VALUE;

  private final ForcedPositions forced;
  private final long[] positions;
  private final AtomicInteger missing;

  private LogMark(ForcedPositions forced, int homes, int missing) {
    this.forced = forced;
    positions = new long[homes];
    this.missing = new AtomicInteger(missing);
  }

  /** A mark in what one home has done; on its loop. */
  public static LogMark of(ForcedPositions forced, List<Home> homes, Home home) {
    LogMark mark = new LogMark(forced, homes.size(), 0);
    for (int i = 0; i < mark.positions.length; i++) {
      mark.positions[i] = homes.get(i) == home ? home.effects().position() : LEFT_OUT;
    }
    return mark;
  }

  /**
   * A mark in what all homes have done, each of which notes it when its loop comes to that.
   *
   * @param noted is run, on any loop, when all have
   */
  public static LogMark ofAll(ForcedPositions forced, List<Home> homes, Runnable noted) {
    LogMark mark = new LogMark(forced, homes.size(), homes.size());
    for (int i = 0; i < mark.positions.length; i++) {
      int number = i;
      Home home = homes.get(i);
      home.loop()
          .execute(
              () -> {
                mark.positions[number] = home.effects().position();
                if (mark.missing.decrementAndGet() == 0) {
                  noted.run();
                }
              });
    }
    return mark;
  }

  /** Whether the disk has been forced to keep all of it; any thread may ask. */
  public boolean kept() {
    if (missing.get() > 0) {
      return false;
    }
    for (int i = 0; i < positions.length; i++) {
      if (!forced.holds(i, positions[i])) {
        return false;
      }
    }
    return true;
  }
}
