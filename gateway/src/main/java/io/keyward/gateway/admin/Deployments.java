package io.keyward.gateway.admin;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The figures of all deployments as last copied, and which of them are shown by themselves: those
 * that have been busiest lately. The others are summed up, so that the number of series is bounded
 * however many deployments there are.
 */
final class Deployments {
  /** The label of a deployment without a prefix. No prefix holds a blank. */
  static final String WITHOUT_PREFIX = "no prefix";

  /** The label of all deployments that are not shown by themselves. */
  static final String OTHERS = "all others";

  private static final double HALF_LIFE_NANOS = 600e9;

  /** How much busier another one has to be to take the place of one that is shown. */
  private static final double STAY = 1.2;

  private final int most;
  private final Map<String, Double> busy = new HashMap<>();
  private final DeploymentFigures others = new DeploymentFigures();
  private Map<String, DeploymentFigures> all = Map.of();
  private Set<String> shown = Set.of();
  private long takenAt;
  private boolean summed;

  /** None yet; {@code most} may be shown by themselves. */
  Deployments(int most) {
    this.most = most;
  }

  /**
   * Takes over the figures of every deployment there is.
   *
   * @param nanoTime when they were copied
   */
  synchronized void take(Map<String, DeploymentFigures> copied, long nanoTime) {
    weigh(copied, nanoTime);
    choose(copied);
    others.beginSum();
    copied.forEach(
        (prefix, now) -> {
          if (!shown.contains(prefix)) {
            summed = true;
            others.add(now, all.get(prefix));
          }
        });
    all = copied;
  }

  private void weigh(Map<String, DeploymentFigures> copied, long nanoTime) {
    double fade = Math.pow(0.5, (nanoTime - takenAt) / HALF_LIFE_NANOS);
    takenAt = nanoTime;
    busy.keySet().retainAll(copied.keySet());
    copied.forEach(
        (prefix, now) -> {
          DeploymentFigures before = all.get(prefix);
          long spent = DeploymentFigures.increase(now.nanos(), before == null ? 0 : before.nanos());
          busy.merge(prefix, (double) spent, (former, added) -> former * fade + added);
        });
  }

  private void choose(Map<String, DeploymentFigures> copied) {
    if (copied.size() <= most) {
      shown = Set.copyOf(copied.keySet());
      return;
    }
    Comparator<String> busiest = Comparator.comparingDouble(this::weight);
    List<String> chosen =
        copied.keySet().stream()
            .sorted(busiest.reversed().thenComparing(Comparator.naturalOrder()))
            .limit(most)
            .toList();
    shown = new HashSet<>(chosen);
  }

  private double weight(String prefix) {
    double weight = busy.getOrDefault(prefix, 0.0);
    return shown.contains(prefix) ? weight * STAY + 1 : weight;
  }

  /** Every deployment by its prefix. */
  synchronized Map<String, DeploymentFigures> all() {
    return new TreeMap<>(all);
  }

  /** How many deployments there are. */
  synchronized int count() {
    return all.size();
  }

  /** Each deployment that is shown by itself, and the sum of the others, by label. */
  synchronized Map<String, DeploymentFigures> byLabel() {
    Map<String, DeploymentFigures> labelled = new TreeMap<>();
    for (String prefix : shown) {
      DeploymentFigures figures = all.get(prefix);
      if (figures != null) {
        labelled.put(label(prefix), figures);
      }
    }
    if (summed) {
      labelled.put(OTHERS, sumOfOthers());
    }
    return labelled;
  }

  /** A copy, since the sum itself changes. */
  private DeploymentFigures sumOfOthers() {
    DeploymentFigures copy = new DeploymentFigures();
    copy.add(others, null);
    return copy;
  }

  static String label(String prefix) {
    return prefix.isEmpty() ? WITHOUT_PREFIX : prefix;
  }
}
