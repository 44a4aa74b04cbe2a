package io.keyward.engine.builtin.script.lua;

/** Counts the steps in which a text is read and compiled, and has a look at others now and then. */
final class Pace {
  /** So many that they take some ten microseconds. */
  private static final int STEPS = 256;

  private final Runnable look;
  private int left = STEPS;

  Pace(Runnable look) {
    this.look = look;
  }

  /** Counts a step of less than a microsecond. */
  void step() {
    if (--left < 0) {
      left = STEPS;
      look.run();
    }
  }
}
