package io.keyward.loadtest;

import static io.keyward.loadtest.Figures.fixed;

import java.util.Collection;
import java.util.List;

/** Warns when other programs took processors while servers were compared. */
final class Disturbance {
  /** Processors; a quiet machine stays below. */
  static final double QUIET = 0.1;

  private Disturbance() {}

  /** One note, or none when the machine was quiet. */
  static List<String> notes(Collection<Measurement> measurements) {
    double worst = measurements.stream().mapToDouble(Measurement::disturbance).max().orElse(0);
    if (worst <= QUIET) {
      return List.of();
    }
    double median = Figures.median(measurements, Measurement::disturbance);
    return List.of(
        "Other programs used up to "
            + fixed(worst, 2)
            + " processors meanwhile, "
            + fixed(median, 2)
            + " in the median: measure again on a quiet machine");
  }
}
