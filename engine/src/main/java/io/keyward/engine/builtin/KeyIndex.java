package io.keyward.engine.builtin;

import io.keyward.config.Namespaces;
import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.PagePool;
import org.jspecify.annotations.Nullable;

/**
 * Where the keys of a database are found: the dictionary of all of them, the table of those that
 * are pinned, and the count of those that others see as their own.
 *
 * <p>The three agree at all times, also where memory runs out. What is in an entry, and its slot,
 * is the caller's.
 */
final class KeyIndex {
  private final Database database;
  private final Home home;
  private final PagePool pool;
  private final @Nullable LentKeys lent;

  KeyIndex(Database database) {
    this.database = database;
    home = database.keyspace().home();
    pool = database.pool();
    Namespaces lends = database.keyspace().lends();
    lent = lends == null ? null : new LentKeys(lends);
  }

  /** How many keys are in the namespaces that others see as their own; null if these see none. */
  @Nullable LentKeys lent() {
    return lent;
  }

  /**
   * Lets a key be found.
   *
   * @throws OutOfMemoryError if there is no memory for that; then all is as before
   */
  void enter(long hash, int reference, boolean expires) {
    if (home.clock().tinyLfu()) {
      EntryLayout.clock(
          pool.page(reference), PagePool.offset(reference), database.frequencies().fresh(hash));
    }
    database.keys().insert(hash, reference, expires);
    if (isPinned(reference)) {
      enterAmongPinned(hash, reference);
    }
    countLent(reference, 1);
  }

  private void enterAmongPinned(long hash, int reference) {
    try {
      database.pinned().added(hash, reference);
    } catch (OutOfMemoryError full) {
      database.keys().remove(hash, reference);
      throw full;
    }
  }

  /**
   * Lets a key no longer be found; its slot stays.
   *
   * @throws OutOfMemoryError if there is no memory for that; then all is as before
   */
  void leave(long hash, int reference) {
    prepareToLeave(hash, reference);
    if (isPinned(reference)) {
      database.pinned().removed(hash, reference);
    }
    database.keys().remove(hash, reference);
    countLent(reference, -1);
  }

  /** Finds the memory that {@link #leave} takes, before anything is changed. */
  void prepareToLeave(long hash, int reference) {
    database.keys().own(hash, reference);
    if (isPinned(reference)) {
      database.pinned().prepare(hash, reference);
    }
  }

  /**
   * Lets a key be found at another place, where it expires or does not; the former slot stays.
   *
   * @throws OutOfMemoryError if there is no memory for that; then all is as before, and the new
   *     slot is given back
   */
  void exchange(long hash, int former, int reference, boolean expires) {
    try {
      prepareToLeave(hash, former);
    } catch (OutOfMemoryError full) {
      pool.free(reference, database.account());
      throw full;
    }
    if (EntryLayout.expires(pool.page(former), PagePool.offset(former)) != expires) {
      database.keys().mark(hash, former, expires);
    }
    replace(hash, former, reference);
  }

  private void replace(long hash, int former, int reference) {
    database.keys().replace(hash, former, reference);
    countLent(former, -1);
    countLent(reference, 1);
    boolean was = isPinned(former);
    boolean is = isPinned(reference);
    if (was && is) {
      database.pinned().moved(hash, former, reference);
    } else if (was) {
      database.pinned().removed(hash, former);
    } else if (is) {
      database.pinned().added(hash, reference);
    }
  }

  private void countLent(int reference, int difference) {
    LentKeys counted = lent;
    if (counted != null) {
      counted.count(pool.page(reference), PagePool.offset(reference), difference);
    }
  }

  private boolean isPinned(int reference) {
    return EntryLayout.pinned(pool.page(reference), PagePool.offset(reference));
  }
}
