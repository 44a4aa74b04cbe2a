package io.keyward.loadtest;

import org.HdrHistogram.Histogram;

/**
 * What one run of the generator saw.
 *
 * @param nanos from the first request to the last reply
 * @param latencies nanoseconds of every request
 */
record LoadResult(long nanos, Histogram latencies) {
  long requests() {
    return latencies.getTotalCount();
  }
}
