package io.keyward.loadtest;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The keys that an application asks a cache for, one after the other; the same for everybody who
 * asks with the same seed.
 */
enum Trace {
  /** A few keys are asked for often and many seldom: Zipf's law with exponent 0.9. */
  ZIPF,
  /** The same, with every third request part of a walk over keys that are asked for just once. */
  ZIPF_WITH_SCANS,
  /** The same, whose favourites move on by a twentieth of the keys a few times. */
  SHIFTING;

  private static final double EXPONENT = 0.9;
  private static final int WALK = 20_000;
  private static final int SHIFTS = 10;

  /** Gives the numbers of the keys in turn. */
  interface Keys {
    int next();
  }

  /**
   * Begins the trace.
   *
   * @param keys how many there are, walks left out
   * @param requests how many will be asked for
   */
  Keys begin(int keys, int requests, long seed) {
    Keys zipf = zipf(keys, seed);
    return switch (this) {
      case ZIPF -> zipf;
      case ZIPF_WITH_SCANS -> withScans(zipf, keys);
      case SHIFTING -> shifting(zipf, keys, requests);
    };
  }

  private static Keys zipf(int keys, long seed) {
    double[] sums = new double[keys];
    double sum = 0;
    for (int i = 0; i < keys; i++) {
      sum += 1 / Math.pow(i + 1, EXPONENT);
      sums[i] = sum;
    }
    double whole = sum;
    SplittableRandom random = new SplittableRandom(seed);
    return () -> {
      int found = Arrays.binarySearch(sums, random.nextDouble() * whole);
      return Math.min(keys - 1, found < 0 ? -found - 1 : found);
    };
  }

  private static Keys withScans(Keys zipf, int keys) {
    return new Keys() {
      private int turn;
      private int walked;

      @Override
      public int next() {
        boolean walking = turn++ / WALK % 3 == 2;
        return walking ? keys + walked++ : zipf.next();
      }
    };
  }

  private static Keys shifting(Keys zipf, int keys, int requests) {
    return new Keys() {
      private int turn;

      @Override
      public int next() {
        int shift = (int) ((long) turn++ * SHIFTS / requests);
        return (zipf.next() + shift * (keys / 20)) % keys;
      }
    };
  }
}
