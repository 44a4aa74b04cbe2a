package io.keyward.loadtest;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Medians, geometric means, and how figures are written. */
final class Figures {
  private Figures() {}

  /** The middle value, or the mean of the two in the middle. */
  static double median(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("the median of nothing");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  static <T> double median(Collection<T> items, ToDoubleFunction<T> figure) {
    return median(items.stream().mapToDouble(figure).toArray());
  }

  /** The mean for ratios: twice as slow and twice as fast make 1. */
  static double geometricMean(Collection<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("the mean of nothing");
    }
    double logarithms = 0;
    for (double value : values) {
      if (!(value > 0)) {
        throw new IllegalArgumentException("the geometric mean of " + value);
      }
      logarithms += Math.log(value);
    }
    return Math.exp(logarithms / values.size());
  }

  static <T> double geometricMean(Collection<T> items, ToDoubleFunction<T> figure) {
    return geometricMean(items.stream().map(figure::applyAsDouble).toList());
  }

  /** The number with so many decimals and a decimal point, whatever the locale. */
  static String fixed(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
