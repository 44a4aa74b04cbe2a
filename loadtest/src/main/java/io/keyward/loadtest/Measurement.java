package io.keyward.loadtest;

import org.HdrHistogram.Histogram;

/**
 * What one server did in one run.
 *
 * @param nanos time it took
 * @param cpu processor time used in it
 * @param requests how many were answered
 * @param latencies nanoseconds of every request, but for those that the host has delayed
 */
record Measurement(long nanos, CpuTimes cpu, long requests, Histogram latencies) {

  double serverMicrosPerRequest() {
    return cpu.server() / 1e3 / requests;
  }

  double clientMicrosPerRequest() {
    return cpu.client() / 1e3 / requests;
  }

  /** The share of the time in which the server's processor worked: 1 when it set the pace. */
  double serverBusy() {
    return (double) cpu.server() / nanos;
  }

  /** Processors that programs without a part in the comparison kept busy: 0 on a quiet machine. */
  double disturbance() {
    return (double) cpu.others() / nanos;
  }

  double requestsPerSecond() {
    return requests * 1e9 / nanos;
  }

  double microsAt(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1e3;
  }

  double maxMicros() {
    return latencies.getMaxValue() / 1e3;
  }
}
