package io.keyward.loadtest;

import java.util.List;

/**
 * Whether a target was met.
 *
 * @param target what was asked
 * @param figure what was measured
 */
record Verdict(boolean met, String target, String figure) {
  private static final int MET = 0;
  private static final int MISSED = 1;

  /** Prints the verdicts and returns the exit status they add up to. */
  static int print(List<Verdict> verdicts) {
    verdicts.forEach(System.out::println);
    return verdicts.stream().allMatch(Verdict::met) ? MET : MISSED;
  }

  @Override
  public String toString() {
    return (met ? "pass  " : "FAIL  ") + target + ": " + figure;
  }
}
