package io.keyward.loadtest;

/**
 * The numbers that fill the key slots of requests: uniformly random below a bound, each once or two
 * times in a row, or 0, 1, 2, … wrapping at the bound.
 */
final class KeyNumbers {
  /** Largest bound: slots are patched in their last eight decimal digits. */
  static final int MAX_BOUND = 100_000_000;

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private final int bound;
  private final boolean random;
  private final boolean pairs;
  private boolean again;
  private int last;
  private long state;

  private KeyNumbers(int bound, boolean random, boolean pairs, long state) {
    if (bound < 1 || bound > MAX_BOUND) {
      throw new IllegalArgumentException(
          "key space of " + bound + ": it must lie between 1 and " + MAX_BOUND);
    }
    this.bound = bound;
    this.random = random;
    this.pairs = pairs;
    this.state = state;
  }

  static KeyNumbers random(int bound, long seed) {
    return new KeyNumbers(bound, true, false, seed);
  }

  /** Each number twice, for requests that name two keys of one thing. */
  static KeyNumbers randomPairs(int bound, long seed) {
    return new KeyNumbers(bound, true, true, seed);
  }

  static KeyNumbers sequential(int bound) {
    return new KeyNumbers(bound, false, false, 0);
  }

  int next() {
    if (!random) {
      int number = (int) state;
      state = number + 1 == bound ? 0 : number + 1;
      return number;
    }
    if (again) {
      again = false;
      return last;
    }
    again = pairs;
    // SplitMix64, scaled to the bound by a multiplication instead of a division.
    state += GOLDEN_GAMMA;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    last = (int) (((z >>> 32) * bound) >>> 32);
    return last;
  }
}
