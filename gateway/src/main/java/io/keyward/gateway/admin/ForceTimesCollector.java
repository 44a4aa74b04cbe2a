package io.keyward.gateway.admin;

import io.keyward.engine.builtin.appendonly.ForceTimes;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

/** The histogram of how long the disk takes to keep the append-only file. */
final class ForceTimesCollector implements Collector {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double[] BOUNDS = bounds();

  private final ForceTimes times;

  ForceTimesCollector(ForceTimes times) {
    this.times = times;
  }

  private static double[] bounds() {
    double[] bounds = new double[ForceTimes.STEPS];
    for (int step = 0; step < bounds.length - 1; step++) {
      bounds[step] = ForceTimes.end(step) / NANOS_PER_SECOND;
    }
    bounds[bounds.length - 1] = Double.POSITIVE_INFINITY;
    return bounds;
  }

  @Override
  public MetricSnapshot collect() {
    return HistogramSnapshot.builder()
        .name("keyward_aof_fsync_seconds")
        .help("Time that the disk took to keep the append-only file (fsync).")
        .dataPoint(
            HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(BOUNDS, times.counts()))
                .sum(times.seconds())
                .build())
        .build();
  }
}
