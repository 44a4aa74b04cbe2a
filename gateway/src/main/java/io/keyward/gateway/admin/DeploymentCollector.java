package io.keyward.gateway.admin;

import io.keyward.engine.builtin.observation.TimeHistogram;
import io.keyward.gateway.admin.DeploymentFigures.Family;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.ToDoubleFunction;

/**
 * Makes the metrics of the deployments anew for each scrape from the figures last copied, so that
 * one that is gone leaves nothing behind.
 */
final class DeploymentCollector implements MultiCollector {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double[] BOUNDS = bounds();

  private final Deployments deployments;

  DeploymentCollector(Deployments deployments) {
    this.deployments = deployments;
  }

  /** The ends of the doublings in seconds, as {@link TimeHistogram#addDoublings} has them. */
  private static double[] bounds() {
    double[] bounds = new double[TimeHistogram.DOUBLINGS];
    for (int i = 0; i < bounds.length - 1; i++) {
      bounds[i] = (1024L << i) / NANOS_PER_SECOND;
    }
    bounds[bounds.length - 1] = Double.POSITIVE_INFINITY;
    return bounds;
  }

  @Override
  public MetricSnapshots collect() {
    Map<String, DeploymentFigures> shown = deployments.byLabel();
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    for (DeploymentFigure figure : DeploymentFigure.values()) {
      if (figure.counter()) {
        all.metricSnapshot(counter(shown, figure));
      } else {
        all.metricSnapshot(gauge(shown, figure));
      }
    }
    all.metricSnapshot(
        ofFamilies(
            shown, "keyward_commands", "Commands executed.", family -> (double) family.calls()));
    all.metricSnapshot(
        ofFamilies(
            shown,
            "keyward_command_seconds",
            "Time spent in commands; those of scripts and transactions count in their own family"
                + " alone.",
            family -> family.nanos() / NANOS_PER_SECOND));
    all.metricSnapshot(scriptSeconds(shown));
    all.metricSnapshot(durations(shown));
    all.metricSnapshot(errors(shown));
    CensusMetrics.addTo(all, shown);
    LimitMetrics.addTo(all, shown);
    return all.build();
  }

  static Labels labels(String deployment) {
    return Labels.of("deployment", deployment);
  }

  private static CounterSnapshot counter(
      Map<String, DeploymentFigures> shown, DeploymentFigure figure) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder().name(figure.metric()).help(figure.help());
    shown.forEach(
        (deployment, figures) ->
            counter.dataPoint(point(labels(deployment), (double) figures.of(figure))));
    return counter.build();
  }

  private static CounterDataPointSnapshot point(Labels labels, double value) {
    return CounterDataPointSnapshot.builder().labels(labels).value(value).build();
  }

  private static GaugeSnapshot gauge(
      Map<String, DeploymentFigures> shown, DeploymentFigure figure) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(figure.metric()).help(figure.help());
    shown.forEach(
        (deployment, figures) ->
            gauge.dataPoint(
                GaugeDataPointSnapshot.builder()
                    .labels(labels(deployment))
                    .value((double) figures.of(figure))
                    .build()));
    return gauge.build();
  }

  private static CounterSnapshot ofFamilies(
      Map<String, DeploymentFigures> shown,
      String name,
      String help,
      ToDoubleFunction<Family> value) {
    CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
    eachFamily(
        shown, (labels, family) -> counter.dataPoint(point(labels, value.applyAsDouble(family))));
    return counter.build();
  }

  private static CounterSnapshot scriptSeconds(Map<String, DeploymentFigures> shown) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder()
            .name("keyward_script_seconds")
            .help("Time spent in scripts and functions with the commands that they call.");
    shown.forEach(
        (deployment, figures) ->
            counter.dataPoint(point(labels(deployment), figures.scriptNanos() / NANOS_PER_SECOND)));
    return counter.build();
  }

  private static void eachFamily(
      Map<String, DeploymentFigures> shown, BiConsumer<Labels, Family> task) {
    shown.forEach(
        (deployment, figures) ->
            figures
                .families()
                .forEach(
                    (group, family) ->
                        task.accept(labels(deployment).add("family", group.wireName()), family)));
  }

  private static HistogramSnapshot durations(Map<String, DeploymentFigures> shown) {
    HistogramSnapshot.Builder histogram =
        HistogramSnapshot.builder()
            .name("keyward_command_duration_seconds")
            .help(
                "Commands by the time they took; counts while latency-tracking is on. Sums are in"
                    + " keyward_command_seconds_total.");
    eachFamily(
        shown,
        (labels, family) ->
            histogram.dataPoint(
                HistogramDataPointSnapshot.builder()
                    .labels(labels)
                    .classicHistogramBuckets(ClassicHistogramBuckets.of(BOUNDS, family.times()))
                    .build()));
    return histogram.build();
  }

  private static CounterSnapshot errors(Map<String, DeploymentFigures> shown) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder()
            .name("keyward_errors")
            .help("Error replies by their first word, invented ones as \"other\".");
    shown.forEach(
        (deployment, figures) ->
            figures
                .errors()
                .forEach(
                    (kind, count) ->
                        counter.dataPoint(
                            point(labels(deployment).add("kind", kind), count.doubleValue()))));
    return counter.build();
  }
}
