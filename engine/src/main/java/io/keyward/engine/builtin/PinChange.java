package io.keyward.engine.builtin;

import io.keyward.engine.builtin.memory.EntryVisits;

/**
 * Goes through all keys of a keyspace, in slices, to pin those that have come to be in a pinned
 * namespace and to let go those that no longer are.
 */
final class PinChange {
  private final BuiltinKeyspace keyspace;
  private int database;
  private long cursor;

  PinChange(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
  }

  /**
   * Goes on until {@code deadline} on the clock of {@link System#nanoTime()}.
   *
   * @return whether all keys have been looked at
   */
  boolean step(long deadline) {
    do {
      if (database == keyspace.databases().count()) {
        return true;
      }
      Database at = keyspace.databases().ifUsed(database);
      if (at != null) {
        cursor = EntryVisits.scan(at.keys(), cursor, reference -> look(at, reference));
      }
      if (at == null || cursor == 0) {
        cursor = 0;
        database++;
      }
    } while (System.nanoTime() < deadline);
    return false;
  }

  private void look(Database at, int reference) {
    Entry entry = at.at(reference, at.scratchView());
    boolean pinned = keyspace.pins().hold(entry);
    if (pinned != entry.pinned()) {
      at.beforeChange(entry);
      if (pinned) {
        at.pinned().pin(entry.hash(), entry.reference());
      } else {
        at.pinned().unpin(entry.hash(), entry.reference());
        entry.clock(keyspace.home().newClock());
      }
    }
  }
}
