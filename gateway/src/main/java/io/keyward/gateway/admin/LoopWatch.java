package io.keyward.gateway.admin;

import io.keyward.engine.Loop;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Measures how long a task waits for its event loop, several times a second, and how busy the loop
 * is.
 */
final class LoopWatch {
  private static final long PERIOD_MILLIS = 200;
  private static final double NANOS_PER_SECOND = 1e9;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final Loop loop;
  private final Timer lag;
  private volatile long thread = -1;
  private volatile long due = System.nanoTime();
  private volatile boolean stopped;

  LoopWatch(Loop loop, int number, MeterRegistry registry) {
    this.loop = loop;
    String label = Integer.toString(number);
    lag =
        Timer.builder("keyward.event.loop.lag")
            .description("Time that a due task waits for its event loop")
            .tag("loop", label)
            .register(registry);
    TimeGauge.builder("keyward.event.loop.stalled", this, TimeUnit.NANOSECONDS, LoopWatch::late)
        .description("Time that the task which is due has been waiting")
        .tag("loop", label)
        .register(registry);
    FunctionCounter.builder("keyward.event.loop.cpu.seconds", this, LoopWatch::cpuSeconds)
        .description("Processor time of the event loop; its rate is the busy share of the loop")
        .tag("loop", label)
        .register(registry);
  }

  void start() {
    loop.execute(
        () -> {
          thread = Thread.currentThread().threadId();
          next();
        });
  }

  private void next() {
    due = System.nanoTime() + Duration.ofMillis(PERIOD_MILLIS).toNanos();
    loop.schedule(
        PERIOD_MILLIS,
        () -> {
          // A timer may come up to a millisecond late even on an idle loop.
          lag.record(Duration.ofNanos(late()));
          if (!stopped) {
            next();
          }
        });
  }

  private long late() {
    return Math.max(0, System.nanoTime() - due);
  }

  private double cpuSeconds() {
    long known = thread;
    return known < 0 ? 0 : Math.max(0, threads.getThreadCpuTime(known)) / NANOS_PER_SECOND;
  }

  void stop() {
    stopped = true;
  }
}
