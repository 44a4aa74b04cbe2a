package io.keyward.gateway.command;

import io.keyward.engine.Loop;
import io.keyward.engine.builtin.Statistics;
import io.keyward.gateway.server.Traffic;

/**
 * Operations and bytes per second over the last 1.6 seconds, and the peak of memory.
 *
 * <p>Sampled ten times a second on the home loop, from the first INFO on, so that a server that
 * nobody watches does nothing for it.
 */
final class Rates {
  private static final int SAMPLES = 16;
  private static final long EVERY_MILLIS = 100;

  private final long[] nanos = new long[SAMPLES];
  private final long[] commands = new long[SAMPLES];
  private final long[] received = new long[SAMPLES];
  private final long[] sent = new long[SAMPLES];
  private int taken;
  private boolean running;

  /** Begins to sample, unless it has begun. */
  void start(Loop loop, Statistics statistics, Traffic traffic) {
    if (!running) {
      running = true;
      sample(loop, statistics, traffic);
    }
  }

  private void sample(Loop loop, Statistics statistics, Traffic traffic) {
    int at = taken % SAMPLES;
    nanos[at] = System.nanoTime();
    commands[at] = statistics.commands();
    received[at] = traffic.bytesReceived();
    sent[at] = traffic.bytesSent();
    taken++;
    loop.schedule(EVERY_MILLIS, () -> sample(loop, statistics, traffic));
  }

  double commandsPerSecond() {
    return perSecond(commands);
  }

  double receivedPerSecond() {
    return perSecond(received);
  }

  double sentPerSecond() {
    return perSecond(sent);
  }

  private double perSecond(long[] counted) {
    if (taken < 2) {
      return 0;
    }
    int newest = (taken - 1) % SAMPLES;
    int oldest = taken <= SAMPLES ? 0 : taken % SAMPLES;
    double seconds = (nanos[newest] - nanos[oldest]) / 1e9;
    // A reset of the statistics makes the newest count the smaller one.
    return Math.max(0, counted[newest] - counted[oldest]) / seconds;
  }
}
