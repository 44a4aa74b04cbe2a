package io.keyward.loadtest;

import org.HdrHistogram.Histogram;

/**
 * What one server did while answers were streamed through it.
 *
 * @param tokens tokens written
 * @param nanos time it took
 * @param cpu processor time used in it
 * @param latencies nanoseconds from each token's due instant to its arrival at a reader
 */
record ChatResult(long tokens, long nanos, CpuTimes cpu, Histogram latencies) {
  double tokensPerSecond() {
    return tokens * 1e9 / nanos;
  }

  /** Server CPU of one token with all that is sent around it. */
  double serverMicrosPerToken() {
    return cpu.server() / 1e3 / tokens;
  }

  /** Tokens that one processor of the server could carry in a second. */
  double tokensPerCoreSecond() {
    return tokens * 1e9 / cpu.server();
  }

  double microsAt(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1e3;
  }

  /** Processors that programs without a part in the comparison kept busy. */
  double disturbance() {
    return (double) cpu.others() / nanos;
  }
}
