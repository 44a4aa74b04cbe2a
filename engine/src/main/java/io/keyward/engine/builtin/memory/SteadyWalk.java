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
 * <p>A dictionary whose entries others may hold, which have generations of their own, is walked
 * over in an image ({@link Dictionary#share}): what changes is copied by who changes it, and the
 * walk frees what nobody else holds any more when it has shown it.
 *
 * <p>If the memory for showing an entry cannot be had, that entry is left out and the walk is
 * broken: it goes on, and whoever changes something does not notice.
 *
 * <p>A change costs O(1) more, the whole walk O(n).
 */
public final class SteadyWalk {
  private final Dictionary entries;
  private final PagePool pool;
  private final @Nullable Dictionary image;
  private final IntConsumer left;
  private IntConsumer visitor;
  private long cursor;
  private boolean over;
  private boolean broken;
  private @Nullable Runnable afterwards;

  SteadyWalk(Dictionary entries, PagePool pool, IntConsumer visitor) {
    this(entries, pool, null, visitor, reference -> {});
  }

  private SteadyWalk(
      Dictionary entries,
      PagePool pool,
      @Nullable Dictionary image,
      IntConsumer visitor,
      IntConsumer left) {
    this.entries = entries;
    this.pool = pool;
    this.image = image;
    this.visitor = visitor;
    this.left = left;
  }

  static SteadyWalk ofImage(
      Dictionary entries, PagePool pool, IntConsumer visitor, IntConsumer left) {
    return new SteadyWalk(entries, pool, entries.image(), visitor, left);
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
    if (!advance()) {
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

  private boolean advance() {
    Dictionary same = image;
    if (same == null) {
      EntryVisits.fetchNext(entries, cursor);
      cursor = EntryVisits.scan(entries, cursor, this::show);
      return cursor == 0;
    }
    boolean last = same.pass(this::showShared, left);
    if (last) {
      same.discard();
      entries.kinship().walkIsOver();
    }
    return last;
  }

  /** Shows an entry that is about to be changed or removed, unless that has been done. */
  public void beforeChange(int reference) {
    if (image == null) {
      show(reference);
    }
  }

  private void show(int reference) {
    byte[] page = pool.page(reference);
    int at = PagePool.offset(reference);
    if (EntryLayout.generation(page, at) != entries.generation()) {
      // First the bit: showing an entry may change it in ways that would show it again.
      EntryLayout.generation(page, at, entries.generation());
      visit(reference);
    }
  }

  private void visit(int reference) {
    try {
      visitor.accept(reference);
    } catch (OutOfMemoryError full) {
      broken = true;
    }
  }

  /** Whether entries have been left out for want of memory. */
  public boolean broken() {
    return broken;
  }

  private void showShared(int reference) {
    EntryLayout.birth(pool.page(reference), PagePool.offset(reference), 0);
    visit(reference);
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
