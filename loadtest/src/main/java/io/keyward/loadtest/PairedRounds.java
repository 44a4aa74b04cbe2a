package io.keyward.loadtest;

import static io.keyward.loadtest.Figures.fixed;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What a server and the reference did in turns: as many rounds of each, one beside the other.
 *
 * <p>Servers of the same speed differ too, now one way and now the other. So a server is called
 * slower only if it was slower in more of the rounds than chance explains (the sign test).
 *
 * @param reference figures of the reference, round by round
 * @param own figures of the server, round by round
 */
record PairedRounds(List<Double> reference, List<Double> own) {
  /** So many rounds that are higher count if chance makes as many less often than this. */
  private static final double SELDOM = 0.05;

  PairedRounds {
    if (reference.size() != own.size() || own.isEmpty()) {
      throw new IllegalArgumentException(reference.size() + " rounds against " + own.size());
    }
  }

  static <T> PairedRounds of(List<T> reference, List<T> own, ToDoubleFunction<T> figure) {
    return new PairedRounds(
        reference.stream().map(figure::applyAsDouble).toList(),
        own.stream().map(figure::applyAsDouble).toList());
  }

  /** The ratio of the medians. */
  double ratio() {
    return median(own) / median(reference);
  }

  private static double median(List<Double> figures) {
    return Figures.median(figures, Double::doubleValue);
  }

  /** In how many rounds the server's figure was the higher one. */
  int higher() {
    int higher = 0;
    for (int i = 0; i < own.size(); i++) {
      if (own.get(i) > reference.get(i)) {
        higher++;
      }
    }
    return higher;
  }

  /**
   * Whether the server's figure is the higher one: its median is, and so are more of its rounds
   * than chance explains. Of fewer than five rounds chance explains all, so that their medians
   * decide.
   */
  boolean areHigher() {
    return ratio() > 1 && (chance(own.size(), own.size()) >= SELDOM || beyondChance());
  }

  private boolean beyondChance() {
    return chance(higher(), own.size()) < SELDOM;
  }

  /** How often at least so many of all tossed coins show heads. */
  private static double chance(int atLeast, int all) {
    double ways = 1;
    double sum = 0;
    for (int heads = all; heads >= atLeast; heads--) {
      sum += ways;
      ways = ways * heads / (all - heads + 1);
    }
    return sum / Math.pow(2, all);
  }

  /** The ratio, and in how many rounds it was above 1. */
  String describe() {
    return fixed(ratio(), 3) + " (" + higher() + " of " + own.size() + " rounds)";
  }
}
