package io.keyward.engine.builtin;

import java.util.random.RandomGenerator;

/**
 * Chooses some of a run of things in one pass, each choice of so many with the same chance:
 * selection sampling (Knuth, The Art of Computer Programming, 3.4.2, Algorithm S).
 */
public final class Selection {
  private final RandomGenerator random;
  private int left;
  private int wanted;

  /** Chooses {@code wanted} of {@code total} things, at most all of them. */
  public Selection(RandomGenerator random, int total, int wanted) {
    this.random = random;
    this.left = total;
    this.wanted = wanted;
  }

  /** Whether the next thing is chosen; to be asked once for each. */
  public boolean next() {
    boolean chosen = random.nextInt(left) < wanted;
    left--;
    if (chosen) {
      wanted--;
    }
    return chosen;
  }

  /** How many are still to be chosen. */
  public int wanted() {
    return wanted;
  }
}
