package io.keyward.engine.builtin;

import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.memory.Dictionary;
import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.PagePool;

/** Entries that a database has in common with its clones or with a walk, until one changes them. */
final class CommonEntries {
  private final Database database;
  private final PagePool pool;

  CommonEntries(Database database) {
    this.database = database;
    pool = database.pool();
  }

  /** Whether another database or a walk holds an entry of this database as well. */
  boolean othersHold(Entry entry) {
    return !entry.isOwn() && database.keys().othersHold(entry.hash(), entry.reference());
  }

  /**
   * Makes an entry this database's alone: by a copy, if others hold it, to be changed in its place.
   *
   * @throws OutOfMemoryError if there is no memory for the copy; then all is as before
   */
  void own(Entry entry) {
    Dictionary keys = database.keys();
    int shared = entry.reference();
    if (!keys.othersHold(entry.hash(), shared)) {
      keys.claim(shared);
      if (entry.encoding().held()) {
        entry.held().adopt(database.account(), database.keyspace());
      }
      return;
    }
    Held copy = entry.encoding().held() ? database.begin(entry.held().copy(database)) : null;
    int bytes = entry.slotBytes();
    int laid = pool.allocate(bytes, database.account());
    byte[] page = pool.page(laid);
    int at = PagePool.offset(laid);
    System.arraycopy(entry.bytes(), PagePool.offset(shared), page, at, bytes);
    EntryLayout.stamp(page, at, keys.stamp());
    try {
      database.index().prepareToLeave(entry.hash(), shared);
      if (copy != null) {
        Bytes.putInt(page, EntryLayout.valueOffset(page, at), pool.hold(copy));
        database.keyspace().unfinished().end(copy);
      }
    } catch (OutOfMemoryError full) {
      pool.free(laid, database.account());
      throw full;
    }
    letGo(entry);
    keys.replace(entry.hash(), shared, laid);
    if (entry.pinned()) {
      database.pinned().copied(entry.hash(), shared, laid);
    }
    entry.at(database, entry.hash(), laid);
  }

  /** No longer counts what the database has had in common with others, who keep it. */
  void letGo(Entry entry) {
    database.account().addCommon(-entry.bytesTaken());
    if (entry.encoding().held()) {
      entry.held().count(database.keyspace(), -1);
    }
  }

  /** Frees what a walk over the keys has held longest: it is in nobody's account but the home's. */
  void free(int reference) {
    Entry entry = database.at(reference, database.newView());
    database.account().addCommon(entry.bytesTaken());
    if (entry.encoding().held()) {
      entry.held().count(database.keyspace(), 1);
      database.placement().freeLater(entry.release());
    }
    pool.free(reference, database.account());
  }
}
