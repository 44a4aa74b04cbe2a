package io.keyward.engine.builtin;

/**
 * Hands over what a home tells a Redis of functions, so that others may tell of theirs; on its
 * loop.
 */
public final class FunctionTelling {
  private final Home home;
  private boolean due;

  FunctionTelling(Home home) {
    this.home = home;
  }

  /** Something is told by what is executed now. */
  public void soon() {
    if (!due) {
      due = true;
      try {
        home.loop().execute(this::whenIdle);
      } catch (OutOfMemoryError full) {
        // The regular work sees to it.
        due = false;
      }
    }
  }

  private void whenIdle() {
    try {
      home.whenIdle(this::handOver);
    } catch (OutOfMemoryError full) {
      due = false;
    }
  }

  private void handOver() {
    due = false;
    try {
      home.effects().handOver();
      home.functionNames().handedOver(home).forEach(Runnable::run);
    } catch (OutOfMemoryError full) {
      // As above.
    }
  }

  /** Does what there was no memory for when it was due; from time to time. */
  void tend() {
    if (!due && home.functionNames().speaks(home)) {
      soon();
    }
  }
}
