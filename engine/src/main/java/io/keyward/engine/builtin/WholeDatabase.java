package io.keyward.engine.builtin;

import io.keyward.engine.builtin.memory.Dictionary;
import io.keyward.engine.builtin.memory.MemoryAccount;

/** What is done to all keys of a database at once: others take their place, or none. */
public final class WholeDatabase {
  private WholeDatabase() {}

  /** Empties a database; the memory is given back in slices afterwards. */
  public static void flush(Database database) {
    database.keyspace().emptied();
    empty(database);
  }

  /** As {@link #flush}, when clients have been told that what they know no longer holds. */
  static void empty(Database database) {
    if (database.size() == 0) {
      return;
    }
    database.keyspace().countChange();
    database.watches().flushed(database, System.currentTimeMillis());
    DetachedKeys detached = detach(database);
    MemoryAccount counted = new MemoryAccount(database.keyspace().account());
    database.hold(new Dictionary(database.pool(), counted), counted, database.pinnedIfAny());
    discardPinned(database);
    LentKeys lent = database.index().lent();
    if (lent != null) {
      lent.clear();
    }
    database.expiringHashes().clear();
    database.blocked().allReady();
    detached.freeLater();
  }

  private static DetachedKeys detach(Database database) {
    return new DetachedKeys(database, database.keys(), database.account());
  }

  /** Gives back the memory of an empty database that nobody refers to any more. */
  static void discard(Database database) {
    discardPinned(database);
    database.frequencies().forget();
    database.keys().discard();
  }

  private static void discardPinned(Database database) {
    PinnedKeys pins = database.pinnedIfAny();
    if (pins != null) {
      pins.discard();
      database.hold(database.keys(), database.account(), null);
    }
  }

  /**
   * Lets an heir hold what another database of its home holds, in place of its own keys, of which
   * there are none; both have it in common until one changes it.
   */
  static void share(Database database, Database heir) {
    MemoryAccount counted = new MemoryAccount(heir.keyspace().account());
    counted.addCommon(database.account().bytes() - database.keys().memory());
    Dictionary shared = database.keys().share(counted);
    DetachedKeys former = detach(heir);
    heir.hold(shared, counted, heir.pinnedIfAny());
    former.freeLater();
    heir.expiringHashes().holdAs(database.expiringHashes());
    heir.frequencies().beginAs(database.frequencies());
    PinnedKeys pins = database.pinnedIfAny();
    if (pins != null) {
      heir.pinned().holdAs(pins);
    }
  }

  /** Exchanges the keys of two databases; the clients stay where they are. */
  static void swap(Database one, Database other) {
    long now = System.currentTimeMillis();
    Dictionary keys = one.keys();
    MemoryAccount counted = one.account();
    PinnedKeys pins = one.pinnedIfAny();
    one.watches().swapped(one, other, now);
    other.watches().swapped(other, one, now);
    one.hold(other.keys(), other.account(), other.pinnedIfAny());
    other.hold(keys, counted, pins);
    one.expiringHashes().swap(other.expiringHashes());
    one.frequencies().swap(other.frequencies());
    one.blocked().allReady();
    other.blocked().allReady();
  }
}
