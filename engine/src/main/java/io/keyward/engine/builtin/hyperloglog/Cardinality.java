package io.keyward.engine.builtin.hyperloglog;

/**
 * Estimates how many different elements there have been from how many registers have each rank.
 *
 * <p>Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches",
 * arXiv:1702.01284: needs no tables for small numbers and no correction for large ones. The
 * standard error with 16384 registers is 0.81 %.
 */
final class Cardinality {
  /** One count for each value of six bits. */
  static final int COUNTS = 64;

  private static final int MOST_RANK = 51;

  /** 1 / (2 ln 2). */
  private static final double ALPHA = 0.7213475204444817;

  private Cardinality() {}

  static long estimate(int[] counts) {
    double registers = DenseRegisters.COUNT;
    double z = registers * tau((registers - counts[MOST_RANK]) / registers);
    for (int rank = MOST_RANK - 1; rank >= 1; rank--) {
      z = (z + counts[rank]) * 0.5;
    }
    z += registers * sigma(counts[0] / registers);
    return Math.round(ALPHA * registers * registers / z);
  }

  private static double sigma(double share) {
    if (share == 1) {
      return Double.POSITIVE_INFINITY;
    }
    double x = share;
    double factor = 1;
    double sum = x;
    double before;
    do {
      x *= x;
      before = sum;
      sum += x * factor;
      factor += factor;
    } while (before != sum);
    return sum;
  }

  private static double tau(double share) {
    if (share == 0 || share == 1) {
      return 0;
    }
    double x = share;
    double factor = 1;
    double sum = 1 - x;
    double before;
    do {
      x = Math.sqrt(x);
      before = sum;
      factor *= 0.5;
      sum -= (1 - x) * (1 - x) * factor;
    } while (before != sum);
    return sum / 3;
  }
}
