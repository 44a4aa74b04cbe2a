package io.keyward.engine.builtin;

import io.keyward.engine.Loop;
import io.keyward.engine.Turns;
import java.util.ArrayDeque;

/** What the keyspaces of one loop have deleted and is still to be freed, in slices. */
public final class Freeing {
  private static final int FREE_AT_ONCE = 64;
  private static final int FREED_BETWEEN_LOOKS = 64;

  private final Loop loop;
  private final ArrayDeque<Held> waiting = new ArrayDeque<>();
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
    waiting.add(value);
    if (!scheduled) {
      scheduled = true;
      loop.turns().add(this, this::slice);
    }
  }

  /** Whether a value is freed without further ado, unless it is still being written. */
  static boolean atOnce(Held value) {
    return value.freeEffort() <= FREE_AT_ONCE;
  }

  private void slice() {
    long until = System.nanoTime() + Turns.SLICE_NANOS;
    while (some(FREED_BETWEEN_LOOKS)) {
      if (System.nanoTime() - until >= 0) {
        loop.turns().add(this, this::slice);
        return;
      }
    }
    scheduled = false;
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
      waiting.remove();
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
