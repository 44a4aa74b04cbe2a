package io.keyward.gateway.admin;

import io.keyward.engine.builtin.CensusFigures;
import io.keyward.engine.builtin.Type;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.ToDoubleFunction;

/**
 * What the deployments' data is made of. Before it has been counted for the first time there is
 * nothing to tell of a deployment.
 */
final class CensusMetrics {
  private static final double MILLIS_PER_SECOND = 1000;
  private static final String COUNTED = " Counted every few seconds while metrics are read.";

  private CensusMetrics() {}

  static void addTo(MetricSnapshots.Builder all, Map<String, DeploymentFigures> shown) {
    all.metricSnapshot(
        ofTypes(shown, "keyward_type_keys", "Keys by the type of their values.", Figures::keys));
    all.metricSnapshot(
        ofTypes(
            shown,
            "keyward_type_bytes",
            "Bytes that keys take with their values, by type.",
            Figures::bytes));
    all.metricSnapshot(
        gauge(
            shown,
            "keyward_live_streams",
            "Streams to which something was added within a minute.",
            CensusFigures::liveStreams));
    all.metricSnapshot(
        gauge(
            shown,
            "keyward_oldest_stream_entry_age_seconds",
            "Age of the oldest entry of all streams, as far as ids are times.",
            figures -> figures.oldestMillis() / MILLIS_PER_SECOND));
    all.metricSnapshot(
        gauge(
            shown,
            "keyward_longest_stream_entries",
            "Entries of the longest stream.",
            CensusFigures::longestStream));
  }

  /** A figure of one type. */
  private interface Figures {
    double of(CensusFigures figures, Type type);

    static double keys(CensusFigures figures, Type type) {
      return figures.keys(type);
    }

    static double bytes(CensusFigures figures, Type type) {
      return figures.bytes(type);
    }
  }

  private static GaugeSnapshot ofTypes(
      Map<String, DeploymentFigures> shown, String name, String help, Figures figure) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help + COUNTED);
    each(
        shown,
        (labels, figures) -> {
          for (Type type : Type.values()) {
            gauge.dataPoint(point(labels.add("type", type.wireName()), figure.of(figures, type)));
          }
        });
    return gauge.build();
  }

  private static GaugeSnapshot gauge(
      Map<String, DeploymentFigures> shown,
      String name,
      String help,
      ToDoubleFunction<CensusFigures> value) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help + COUNTED);
    each(shown, (labels, figures) -> gauge.dataPoint(point(labels, value.applyAsDouble(figures))));
    return gauge.build();
  }

  private static void each(
      Map<String, DeploymentFigures> shown, BiConsumer<Labels, CensusFigures> task) {
    shown.forEach(
        (deployment, figures) -> {
          CensusFigures census = figures.census();
          if (census != null) {
            task.accept(DeploymentCollector.labels(deployment), census);
          }
        });
  }

  private static GaugeDataPointSnapshot point(Labels labels, double value) {
    return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }
}
