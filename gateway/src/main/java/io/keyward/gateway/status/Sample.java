package io.keyward.gateway.status;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a gateway's metrics were at one moment, read from Prometheus's text format. */
final class Sample {
  private static final String DEPLOYMENT = "deployment";

  private record Point(Map<String, String> labels, double value) {
    String deployment() {
      return labels.getOrDefault(DEPLOYMENT, "");
    }
  }

  private final Map<String, List<Point>> points = new HashMap<>();
  private final long nanoTime;

  private Sample(long nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Reads the text.
   *
   * @param nanoTime when it was got
   */
  static Sample parse(String text, long nanoTime) {
    Sample sample = new Sample(nanoTime);
    text.lines().filter(line -> !line.startsWith("#") && !line.isBlank()).forEach(sample::read);
    return sample;
  }

  private void read(String line) {
    int brace = line.indexOf('{');
    int blank = line.lastIndexOf(' ');
    Map<String, String> labels = new HashMap<>();
    String name = line.substring(0, brace < 0 ? Math.max(blank, 0) : brace);
    if (brace >= 0) {
      readLabels(line, brace + 1, labels);
    }
    double value = number(line.substring(blank + 1));
    points.computeIfAbsent(name, made -> new ArrayList<>()).add(new Point(labels, value));
  }

  /** Reads {@code name="value",…}}, where a backslash escapes a backslash, a quote or {@code n}. */
  private static void readLabels(String line, int from, Map<String, String> labels) {
    int at = from;
    while (at < line.length() && line.charAt(at) != '}') {
      int equals = line.indexOf('=', at);
      String name = line.substring(at, equals);
      StringBuilder value = new StringBuilder();
      at = equals + 2;
      while (line.charAt(at) != '"') {
        boolean escaped = line.charAt(at) == '\\';
        char next = line.charAt(escaped ? at + 1 : at);
        value.append(escaped && next == 'n' ? '\n' : next);
        at += escaped ? 2 : 1;
      }
      labels.put(name, value.toString());
      at++;
      if (line.charAt(at) == ',') {
        at++;
      }
    }
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /** Seconds from another sample to this one. */
  double secondsSince(Sample before) {
    return (nanoTime - before.nanoTime) / 1e9;
  }

  /** The deployments of which there is anything to tell. */
  SortedSet<String> deployments() {
    SortedSet<String> names = new TreeSet<>();
    points.getOrDefault("keyward_keys", List.of()).forEach(point -> names.add(point.deployment()));
    return names;
  }

  /** The sum of all series of a metric; 0 if there is none. */
  double of(String metric) {
    return points.getOrDefault(metric, List.of()).stream().mapToDouble(Point::value).sum();
  }

  /** The sum of a deployment's series of a metric; 0 if there is none. */
  double of(String metric, String deployment) {
    return points.getOrDefault(metric, List.of()).stream()
        .filter(point -> point.deployment().equals(deployment))
        .mapToDouble(Point::value)
        .sum();
  }

  /** Every value of a metric by one of its labels. */
  Map<String, Double> by(String label, String metric) {
    Map<String, Double> values = new TreeMap<>();
    points
        .getOrDefault(metric, List.of())
        .forEach(
            point ->
                values.merge(point.labels().getOrDefault(label, ""), point.value(), Double::sum));
    return values;
  }

  /** The value of a label of a metric's first series; empty if there is none. */
  String label(String metric, String label) {
    return points.getOrDefault(metric, List.of()).stream()
        .map(point -> point.labels().getOrDefault(label, ""))
        .findFirst()
        .orElse("");
  }

  /** The cumulative counts of a deployment's histogram, summed up over its series, by bound. */
  NavigableMap<Double, Double> buckets(String histogram, String deployment) {
    NavigableMap<Double, Double> counts = new TreeMap<>();
    points.getOrDefault(histogram + "_bucket", List.of()).stream()
        .filter(point -> point.deployment().equals(deployment))
        .forEach(
            point ->
                counts.merge(
                    number(point.labels().getOrDefault("le", "+Inf")), point.value(), Double::sum));
    return counts;
  }
}
