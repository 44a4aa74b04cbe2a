package io.keyward.loadtest;

import org.HdrHistogram.Histogram;

/**
 * What one run of the generator saw.
 *
 * @param nanos from the first request to the last reply
 * @param requests how many were answered
 * @param latencies nanoseconds of every request, but for those that the host has delayed
 */
record LoadResult(long nanos, long requests, Histogram latencies) {}
