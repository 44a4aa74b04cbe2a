package io.keyward.gateway.admin;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;

/** What the deployments' limits are, and what they have done. */
final class LimitMetrics {
  private static final double NANOS_PER_SECOND = 1e9;

  private LimitMetrics() {}

  static void addTo(MetricSnapshots.Builder all, Map<String, DeploymentFigures> shown) {
    GaugeSnapshot.Builder most =
        GaugeSnapshot.builder()
            .name("keyward_limit")
            .help("Limits of deployments: bytes, numbers, or milliseconds of script-time.");
    CounterSnapshot.Builder refused =
        CounterSnapshot.builder()
            .name("keyward_limit_refusals")
            .help("How often a limit was the reason of a refusal.");
    CounterSnapshot.Builder slowed =
        CounterSnapshot.builder()
            .name("keyward_slowed_seconds")
            .help("Time that all clients together have waited for rates of their deployment.");
    shown.forEach(
        (deployment, figures) -> {
          Labels labels = DeploymentCollector.labels(deployment);
          LimitFigures limits = figures.limits();
          limits
              .most()
              .forEach(
                  (name, value) ->
                      most.dataPoint(
                          GaugeDataPointSnapshot.builder()
                              .labels(labels.add("limit", name))
                              .value((double) value)
                              .build()));
          limits
              .refused()
              .forEach(
                  (name, count) ->
                      refused.dataPoint(counted(labels.add("limit", name), count.doubleValue())));
          slowed.dataPoint(counted(labels, limits.slowedNanos() / NANOS_PER_SECOND));
        });
    all.metricSnapshot(most.build());
    all.metricSnapshot(refused.build());
    all.metricSnapshot(slowed.build());
  }

  private static CounterDataPointSnapshot counted(Labels labels, double value) {
    return CounterDataPointSnapshot.builder().labels(labels).value(value).build();
  }
}
