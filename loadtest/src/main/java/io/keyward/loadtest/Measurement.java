package io.keyward.loadtest;

import org.HdrHistogram.Histogram;

/**
 * What one server did in one run.
 *
 * @param nanos time it took
 * @param serverNanos processor time of the server in it
 * @param clientNanos processor time of this program in it
 * @param latencies nanoseconds of every request
 */
record Measurement(long nanos, long serverNanos, long clientNanos, Histogram latencies) {

  double serverMicrosPerRequest() {
    return serverNanos / 1e3 / latencies.getTotalCount();
  }

  double clientMicrosPerRequest() {
    return clientNanos / 1e3 / latencies.getTotalCount();
  }

  /** The share of the time in which the server's processor worked: 1 when it set the pace. */
  double serverBusy() {
    return (double) serverNanos / nanos;
  }

  double requestsPerSecond() {
    return latencies.getTotalCount() * 1e9 / nanos;
  }

  double microsAt(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1e3;
  }

  double maxMicros() {
    return latencies.getMaxValue() / 1e3;
  }
}
