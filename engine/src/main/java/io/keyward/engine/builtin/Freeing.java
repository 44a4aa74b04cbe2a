package io.keyward.engine.builtin;

import io.keyward.engine.Line;
import io.keyward.engine.Loop;
import io.keyward.engine.Turns;

/** What the keyspaces of one loop have deleted and is still to be freed, in slices. */
public final class Freeing {
  private static final int FREE_AT_ONCE = 64;
  private static final int FREED_BETWEEN_LOOKS = 64;

  private final Loop loop;
  private final Line<Held> waiting = new Line<>();
  private boolean scheduled;
  private long freed;

  Freeing(Loop loop) {
    this.loop = loop;
  }

  /** Frees a held value: at once if that is little work, else in slices between other tasks. */
  public void later(Held value) {
    if (value.outlives(() -> later(value))) {
      return;
    }
    if (atOnce(value)) {
      value.free(Integer.MAX_VALUE);
      return;
    }
    try {
      waiting.add(value);
    } catch (OutOfMemoryError full) {
      // For whoever has deleted it, it is gone in any case.
      value.free(Integer.MAX_VALUE);
      return;
    }
    tend();
  }

  /** Lets what waits be freed, should there have been no memory for a slice; from time to time. */
  void tend() {
    if (scheduled || waiting.isEmpty()) {
      return;
    }
    try {
      loop.turns().add(this, this::slice);
      scheduled = true;
    } catch (OutOfMemoryError full) {
      // The regular work comes to it.
    }
  }

  /** Whether a value is freed without further ado, unless it is still being written. */
  static boolean atOnce(Held value) {
    return value.freeEffort() <= FREE_AT_ONCE;
  }

  private void slice() {
    scheduled = false;
    long until = System.nanoTime() + Turns.SLICE_NANOS;
    boolean more = true;
    while (more && System.nanoTime() - until < 0) {
      more = some(FREED_BETWEEN_LOOKS);
    }
    tend();
  }

  /**
   * Frees a piece of what waits to be freed.
   *
   * @return whether there was anything
   */
  boolean some() {
    return some(512);
  }

  private boolean some(int pieces) {
    Held value = waiting.peek();
    if (value == null) {
      return false;
    }
    if (value.free(pieces)) {
      waiting.poll();
      freed++;
    }
    return true;
  }

  /** Values that wait to be freed. */
  public int pending() {
    return waiting.size();
  }

  /** Values that have been freed in slices since the start, or since they are counted anew. */
  public long freed() {
    return freed;
  }

  /** Counts anew what is freed in slices. */
  public void countAnew() {
    freed = 0;
  }
}
