package io.keyward.engine.builtin.sortedset;

/** What becomes of the scores of a member that several inputs hold. */
enum Aggregate {
  SUM {
    @Override
    double of(double one, double other) {
      double sum = one + other;
      // Infinities of both signs add up to nothing.
      return Double.isNaN(sum) ? 0 : sum;
    }
  },
  MIN {
    @Override
    double of(double one, double other) {
      return other < one ? other : one;
    }
  },
  MAX {
    @Override
    double of(double one, double other) {
      return other > one ? other : one;
    }
  };

  abstract double of(double one, double other);
}
