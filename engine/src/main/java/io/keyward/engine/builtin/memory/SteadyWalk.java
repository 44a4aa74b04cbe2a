package io.keyward.engine.builtin.memory;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A walk over a dictionary in pieces that shows each entry once, and as it was when the walk began,
 * while others go on changing them.
 *
 * <p>Every entry bears one bit, the generation of its dictionary ({@link EntryLayout#ODD}). A walk
 * begins by turning the dictionary's generation over: whatever bears the former one is still to be
 * shown, and what is laid from then on is not. Whoever is about to change or remove an entry says
 * so to {@link #beforeChange}, which shows it first. So nothing is copied but what changes before
 * the walk has come to it, and at the end every entry bears the new generation.
 *
 * <p>A change costs O(1) more, the whole walk O(n).
 */
public final class SteadyWalk {
  private final Dictionary entries;
  private final PagePool pool;
  private IntConsumer visitor;
  private long cursor;
  private boolean over;
  private @Nullable Runnable afterwards;

  SteadyWalk(Dictionary entries, PagePool pool, IntConsumer visitor) {
    this.entries = entries;
    this.pool = pool;
    this.visitor = visitor;
  }

  /**
   * Shows what is left to be shown in the next few buckets.
   *
   * @return whether the walk is over
   */
  public boolean step() {
    if (over) {
      return true;
    }
    cursor = entries.scan(cursor, this::show);
    if (cursor != 0) {
      return false;
    }
    over = true;
    entries.walkIsOver();
    Runnable task = afterwards;
    if (task != null) {
      task.run();
    }
    return true;
  }

  /** Shows an entry that is about to be changed or removed, unless that has been done. */
  public void beforeChange(int reference) {
    show(reference);
  }

  /** Whether an entry is still to be shown. */
  public boolean awaits(int reference) {
    return EntryLayout.generation(pool.page(reference), PagePool.offset(reference))
        != entries.generation();
  }

  private void show(int reference) {
    if (awaits(reference)) {
      byte[] page = pool.page(reference);
      int at = PagePool.offset(reference);
      // First the bit: showing an entry may change it in ways that would show it again.
      EntryLayout.generation(page, at, entries.generation());
      visitor.accept(reference);
    }
  }

  /** Shows nothing more; the walk still has to be brought to its end. */
  public void silence() {
    visitor = reference -> {};
  }

  /** Has a task done at the end: to free what was walked over. */
  public void afterwards(Runnable task) {
    afterwards = task;
  }
}
