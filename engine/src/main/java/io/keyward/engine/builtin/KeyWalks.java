package io.keyward.engine.builtin;

import io.keyward.engine.builtin.memory.Dictionary;
import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.EntryVisits;
import io.keyward.engine.builtin.memory.PagePool;
import io.keyward.engine.builtin.memory.SteadyWalk;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Meets the keys of a database without being asked for one by name: all of them, some at a time, or
 * any one. {@link Database#at} gives the view of what has been met.
 */
public final class KeyWalks {
  private final Database database;

  KeyWalks(Database database) {
    this.database = database;
  }

  /** Visits the entries of the next few buckets; see {@link EntryVisits#scan}. */
  public long scan(long cursor, IntConsumer visitor) {
    return EntryVisits.scan(database.keys(), cursor, visitor);
  }

  /** Visits every entry; the visitor may remove the one it is given, and nothing else. */
  public void forEach(IntConsumer visitor) {
    EntryVisits.all(database.keys(), visitor);
  }

  /** A key, each with the same chance, or null if there is none. */
  public @Nullable Entry random(long now, Entry into) {
    for (int attempt = 0; ; attempt++) {
      int reference = EntryVisits.random(database.keys(), database.keyspace().home().random());
      if (reference == Dictionary.ABSENT) {
        return null;
      }
      database.at(reference, into);
      if (!into.expired(now)) {
        return into;
      }
      if (attempt < 100) {
        database.departures().expire(into);
      } else {
        return into;
      }
    }
  }

  /** Whether the entry that a walk has met is past its time. */
  public boolean expired(int reference, long now) {
    byte[] page = database.pool().page(reference);
    long expiry = EntryLayout.expiry(page, PagePool.offset(reference));
    return expiry >= 0 && expiry <= now;
  }

  /** Begins a walk that shows every key as it is now, whatever becomes of it meanwhile. */
  public SteadyWalk beginSteady(IntConsumer visitor) {
    return database.keys().beginWalk(visitor, database.common()::free);
  }

  /** The walk over the present keys that is not over yet, or null. */
  public @Nullable SteadyWalk steady() {
    return database.keys().walk();
  }

  /** Whether an entry that a walk has shown is still a key of the database. */
  public boolean holds(Entry entry) {
    return database.keys().holds(entry.hash(), entry.reference());
  }
}
