package io.keyward.loadtest;

/**
 * The numbers that fill the key slots of requests: uniformly random below a bound, or 0, 1, 2, …
 * wrapping at the bound.
 */
final class KeyNumbers {
  /** Largest bound: slots are patched in their last eight decimal digits. */
  static final int MAX_BOUND = 100_000_000;

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private final int bound;
  private final boolean random;
  private long state;

  private KeyNumbers(int bound, boolean random, long state) {
    if (bound < 1 || bound > MAX_BOUND) {
      throw new IllegalArgumentException(
          "key space of " + bound + ": it must lie between 1 and " + MAX_BOUND);
    }
    this.bound = bound;
    this.random = random;
    this.state = state;
  }

  static KeyNumbers random(int bound, long seed) {
    return new KeyNumbers(bound, true, seed);
  }

  static KeyNumbers sequential(int bound) {
    return new KeyNumbers(bound, false, 0);
  }

  int next() {
    if (!random) {
      int number = (int) state;
      state = number + 1 == bound ? 0 : number + 1;
      return number;
    }
    // SplitMix64, scaled to the bound by a multiplication instead of a division.
    state += GOLDEN_GAMMA;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return (int) (((z >>> 32) * bound) >>> 32);
  }
}
