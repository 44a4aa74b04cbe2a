package io.keyward.gateway.admin;

import io.keyward.engine.Loop;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** Measures how long a task waits for its event loop, several times a second. */
final class LoopLag {
  private static final long PERIOD_MILLIS = 200;

  private final Loop loop;
  private final Timer timer;
  private volatile boolean stopped;

  LoopLag(Loop loop, Timer timer) {
    this.loop = loop;
    this.timer = timer;
  }

  void start() {
    long due = System.nanoTime() + Duration.ofMillis(PERIOD_MILLIS).toNanos();
    loop.schedule(
        PERIOD_MILLIS,
        () -> {
          // A timer may come up to a millisecond late even on an idle loop.
          timer.record(Duration.ofNanos(Math.max(0, System.nanoTime() - due)));
          if (!stopped) {
            start();
          }
        });
  }

  void stop() {
    stopped = true;
  }
}
