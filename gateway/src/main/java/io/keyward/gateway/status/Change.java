package io.keyward.gateway.status;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What happened between two samples. A counter that has fallen has begun anew. */
record Change(Sample before, Sample now) {
  private double perSecond(double later, double earlier) {
    double seconds = now.secondsSince(before);
    return seconds <= 0 ? 0 : (later < earlier ? later : later - earlier) / seconds;
  }

  /** How much all series of a counter grow in a second. */
  double rate(String counter) {
    return perSecond(now.of(counter), before.of(counter));
  }

  /** How much a deployment's series of a counter grow in a second. */
  double rate(String counter, String deployment) {
    return perSecond(now.of(counter, deployment), before.of(counter, deployment));
  }

  /** How much each value of a counter grows in a second, by one of its labels. */
  Map<String, Double> rateBy(String label, String counter) {
    Map<String, Double> rates = new TreeMap<>();
    Map<String, Double> earlier = before.by(label, counter);
    now.by(label, counter)
        .forEach(
            (name, value) -> rates.put(name, perSecond(value, earlier.getOrDefault(name, 0.0))));
    return rates;
  }

  /**
   * The value below which a share of a deployment's observations of a histogram lie, between the
   * bounds of its bucket as if they were spread evenly; NaN if there are none.
   */
  double quantile(double share, String histogram, String deployment) {
    NavigableMap<Double, Double> earlier = before.buckets(histogram, deployment);
    NavigableMap<Double, Double> counts = now.buckets(histogram, deployment);
    counts.replaceAll((bound, count) -> Math.max(0, count - earlier.getOrDefault(bound, 0.0)));
    double all = counts.isEmpty() ? 0 : counts.lastEntry().getValue();
    double wanted = share * all;
    double lower = 0;
    double passed = 0;
    for (Map.Entry<Double, Double> bucket : counts.entrySet()) {
      double inBucket = bucket.getValue() - passed;
      if (bucket.getValue() >= wanted && inBucket > 0) {
        double upper = bucket.getKey();
        return Double.isInfinite(upper)
            ? lower
            : lower + (upper - lower) * (wanted - passed) / inBucket;
      }
      lower = bucket.getKey();
      passed = bucket.getValue();
    }
    return Double.NaN;
  }
}
