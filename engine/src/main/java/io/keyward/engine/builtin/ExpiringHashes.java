package io.keyward.engine.builtin;

import io.keyward.engine.builtin.memory.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The hashes of a database with fields that expire, and when each is to be looked at.
 *
 * <p>A table from the name of a hash to
 *
 * <pre>
 *  0     8        12
 * +-----+--------+---------+
 * | due | bucket | soonest |
 * +-----+--------+---------+
 * </pre>
 *
 * <i>due</i> is not later than the first time of any field. Of a big hash, <i>bucket</i> is where
 * the walk over its fields goes on and <i>soonest</i> the earliest time it has met so far. A name
 * may stand here longer than its hash has such fields: the walk finds out. Whoever gives a field a
 * time, or a hash with such fields another name, notes it; who removes a hash has it forgotten.
 */
final class ExpiringHashes {
  private static final int BUCKET = 8;
  private static final int SOONEST = 12;
  private static final int RECORD_BYTES = 20;
  private static final int NAMES_A_TICK = 1024;
  private static final int BUCKETS_AT_ONCE = 128;

  private final Database database;
  private @Nullable ElementTable names;
  private @Nullable Entry view;
  private long cursor;
  private boolean walking;

  ExpiringHashes(Database database) {
    this.database = database;
  }

  /** Says that a field of this hash expires at a time. */
  void note(byte[] name, int offset, int length, long time) {
    ElementTable table = names;
    if (table == null) {
      table = new ElementTable(database.pool(), database.keyspace().account());
      names = table;
    }
    int present = table.own(table.find(name, offset, length));
    if (present == ElementTable.ABSENT) {
      int made = table.place(name, offset, length, RECORD_BYTES);
      begin(table.bytes(made), table.valueOffset(made), time);
    } else {
      byte[] bytes = table.bytes(present);
      int record = table.valueOffset(present);
      Bytes.putLong(bytes, record, Math.min(time, Bytes.getLong(bytes, record)));
      int soonest = record + SOONEST;
      Bytes.putLong(bytes, soonest, Math.min(time, Bytes.getLong(bytes, soonest)));
    }
  }

  /** No field of the hash expires before this time. */
  long due(Entry hash) {
    ElementTable table = names;
    int present =
        table == null
            ? ElementTable.ABSENT
            : table.find(hash.bytes(), hash.keyOffset(), hash.keyLength());
    return table == null || present == ElementTable.ABSENT
        ? Long.MAX_VALUE
        : Bytes.getLong(table.bytes(present), table.valueOffset(present));
  }

  /** Says that no field of a hash which is noted expires before this time. */
  void due(Entry hash, long time) {
    ElementTable table = names;
    if (table != null) {
      int present = table.own(table.find(hash.bytes(), hash.keyOffset(), hash.keyLength()));
      begin(table.bytes(present), table.valueOffset(present), time);
    }
  }

  private static void begin(byte[] bytes, int record, long due) {
    Bytes.putLong(bytes, record, due);
    Bytes.putInt(bytes, record + BUCKET, 0);
    Bytes.putLong(bytes, record + SOONEST, Long.MAX_VALUE);
  }

  /** Forgets a hash that is removed or renamed. */
  void forget(Entry hash) {
    ElementTable table = names;
    if (table != null && hash.type() == Type.HASH) {
      try {
        table.remove(hash.bytes(), hash.keyOffset(), hash.keyLength());
        clearIfEmpty(table);
      } catch (OutOfMemoryError full) {
        // The walk finds out that it is gone.
      }
    }
  }

  private void clearIfEmpty(ElementTable table) {
    if (table.size() == 0 && !walking) {
      clear();
    }
  }

  /** Takes the names over for the keys of another database, which are exchanged with its own. */
  void swap(ExpiringHashes other) {
    ElementTable mine = names;
    names = other.names;
    other.names = mine;
    cursor = 0;
    other.cursor = 0;
  }

  /** Takes the names over that another database has noted, whose keys its own has too. */
  void holdAs(ExpiringHashes other) {
    clear();
    ElementTable noted = other.names;
    if (noted != null) {
      names = noted.copy(database.keyspace().account());
    }
  }

  /** Forgets every name. */
  void clear() {
    ElementTable table = names;
    if (table != null) {
      names = null;
      database.keyspace().home().freeing().later(table);
    }
    cursor = 0;
  }

  /**
   * Removes fields that are due, until {@code deadline} on the clock of {@link System#nanoTime()}.
   *
   * @return whether nothing that is due was left out
   */
  boolean walk(long now, long deadline) {
    ElementTable table = names;
    if (table == null) {
      return true;
    }
    int[] looked = new int[1];
    walking = true;
    do {
      cursor =
          table.scan(
              cursor,
              name -> {
                looked[0]++;
                visit(table, name, now, deadline);
              });
    } while (cursor != 0 && looked[0] < NAMES_A_TICK && System.nanoTime() < deadline);
    walking = false;
    clearIfEmpty(table);
    return System.nanoTime() < deadline;
  }

  private void visit(ElementTable table, int noted, long now, long deadline) {
    if (Bytes.getLong(table.bytes(noted), table.valueOffset(noted)) > now) {
      return;
    }
    int name = table.own(noted);
    byte[] bytes = table.bytes(name);
    int record = table.valueOffset(name);
    int from = table.nameOffset(name);
    byte[] key = Arrays.copyOfRange(bytes, from, from + table.nameLength(name));
    Entry hash = database.find(key, 0, key.length, now, scratch());
    if (hash == null) {
      table.remove(key, 0, key.length);
    } else if (!FieldExpiry.any(hash)) {
      table.remove(name);
    } else if (hash.encoding().held()) {
      walkFields(hash, bytes, record, now, deadline);
    } else if (FieldExpiry.removeDue(hash, now)) {
      begin(bytes, record, FieldExpiry.any(hash) ? FieldExpiry.soonest(hash) : now);
    }
  }

  private Entry scratch() {
    Entry present = view;
    if (present == null) {
      present = database.newView();
      view = present;
    }
    return present;
  }

  /** Goes on over the fields of a big hash, further than a slice only while much is due. */
  private void walkFields(Entry hash, byte[] bytes, int record, long now, long deadline) {
    database.beforeChange(hash);
    ElementTable fields = (ElementTable) hash.held();
    int bucket = Bytes.getInt(bytes, record + BUCKET);
    long soonest = Bytes.getLong(bytes, record + SOONEST);
    int visited = 0;
    int before = fields.size();
    do {
      FieldExpiry.Walk walk = FieldExpiry.removeDue(hash, fields, bucket, BUCKETS_AT_ONCE, now);
      bucket = walk.bucket();
      visited += walk.visited();
      soonest = Math.min(soonest, walk.soonest());
    } while (bucket != 0 && (before - fields.size()) * 4 > visited && System.nanoTime() < deadline);
    if (bucket == 0) {
      // Of a hash that has nothing left to expire the name goes when it is next looked at.
      begin(bytes, record, soonest == Long.MAX_VALUE ? now : soonest);
    } else {
      Bytes.putInt(bytes, record + BUCKET, bucket);
      Bytes.putLong(bytes, record + SOONEST, soonest);
    }
    int removed = before - fields.size();
    if (removed > 0) {
      database.departures().fieldsExpired(hash, removed, fields.size() == 0);
    }
  }
}
