package io.keyward.engine.builtin.observation;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.Loop;
import java.util.EnumSet;
import java.util.concurrent.TimeUnit;

/**
 * The directives that say what is noted, as one event loop's keyspaces read them for each command:
 * plain fields, written on that loop when a directive changes.
 */
public final class ObservationSettings {
  static final long NEVER = Long.MAX_VALUE;

  private final LiveSettings live;
  private final Loop loop;
  private long slowNanos;
  private long latencyNanos;
  private long notableNanos;
  private boolean tracksTimes;

  public ObservationSettings(LiveSettings live, Loop loop) {
    this.live = live;
    this.loop = loop;
    read();
    live.onChange(
        EnumSet.of(
            Directive.SLOWLOG_LOG_SLOWER_THAN,
            Directive.LATENCY_MONITOR_THRESHOLD,
            Directive.LATENCY_TRACKING),
        this::refresh);
  }

  private void refresh() {
    if (loop.isCurrent()) {
      read();
    } else {
      loop.execute(this::read);
    }
  }

  private void read() {
    long slowMicros = live.number(Directive.SLOWLOG_LOG_SLOWER_THAN);
    long latencyMillis = live.number(Directive.LATENCY_MONITOR_THRESHOLD);
    slowNanos = slowMicros < 0 ? NEVER : TimeUnit.MICROSECONDS.toNanos(slowMicros);
    latencyNanos = latencyMillis == 0 ? NEVER : TimeUnit.MILLISECONDS.toNanos(latencyMillis);
    tracksTimes = live.flag(Directive.LATENCY_TRACKING);
    notableNanos = Math.min(slowNanos, latencyNanos);
  }

  /** Nanoseconds from which a command is looked at more closely. */
  long notableNanos() {
    return notableNanos;
  }

  /** Nanoseconds from which a command goes into the slow log. */
  long slowNanos() {
    return slowNanos;
  }

  /** Nanoseconds from which an event is one of latency. */
  long latencyNanos() {
    return latencyNanos;
  }

  /** Whether a histogram is kept for each command. */
  boolean tracksTimes() {
    return tracksTimes;
  }

  /** The number of slow commands kept. */
  long slowLogLength() {
    return live.number(Directive.SLOWLOG_MAX_LEN);
  }
}
