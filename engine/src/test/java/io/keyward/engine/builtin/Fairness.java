package io.keyward.engine.builtin;

import java.util.HashMap;
import java.util.Map;

/** Counts how often each outcome has come, to tell whether all have the same chance. */
public final class Fairness {
  private final Map<String, Integer> counts = new HashMap<>();
  private int total;

  public void count(String outcome) {
    counts.merge(outcome, 1, Integer::sum);
    total++;
  }

  /** The outcomes that have come. */
  public int outcomes() {
    return counts.size();
  }

  /**
   * Pearson's chi-square in standard deviations from what fair draws give on average; beyond 8 is
   * less likely than one in a million.
   */
  public double deviation() {
    double expected = (double) total / counts.size();
    double sum = 0;
    for (int count : counts.values()) {
      sum += (count - expected) * (count - expected) / expected;
    }
    int freedom = counts.size() - 1;
    return (sum - freedom) / Math.sqrt(2.0 * freedom);
  }
}
