package io.keyward.engine.builtin;

/**
 * What leaves a database of itself, without a command that names it: keys and fields of hashes
 * whose time is up, and keys that make room for others. Each is counted, told to those who want to
 * know, and written to the stream of effects.
 */
public final class Departures {
  private final Database database;

  Departures(Database database) {
    this.database = database;
  }

  /** Removes a key whose time is up, and tells those who want to know. */
  public void expire(Entry entry) {
    database.keyspace().statistics().expired();
    byte[] page = entry.bytes();
    int offset = entry.keyOffset();
    int length = entry.keyLength();
    database.changed(page, offset, length, KeyspaceNotifications.EXPIRED, "expired");
    database.keyspace().countDeparture();
    database.keyspace().effects().departures().key(database.number(), page, offset, length);
    database.remove(entry);
  }

  /**
   * Says that fields of a hash have expired and are gone, and removes a hash that is empty now.
   *
   * @return whether the hash is still there
   */
  public boolean fieldsExpired(Entry hash, int fields, boolean emptied) {
    database.keyspace().statistics().fieldsExpired(fields);
    byte[] page = hash.bytes();
    int offset = hash.keyOffset();
    int length = hash.keyLength();
    database.changed(page, offset, length, KeyspaceNotifications.HASH, "hexpired");
    database.keyspace().countDeparture();
    if (emptied) {
      database.tell(page, offset, length, KeyspaceNotifications.GENERIC, "del");
      database.remove(hash);
    }
    return !emptied;
  }

  /** Says that a field of a hash is going to be removed because its time is up. */
  public void fieldGone(Entry hash, byte[] name, int offset, int length) {
    database.keyspace().effects().departures().field(database.number(), hash, name, offset, length);
  }

  /** Notes that a field of a hash expires at a time, in milliseconds since 1970. */
  public void fieldExpires(Entry hash, long time) {
    database.expiringHashes().note(hash.bytes(), hash.keyOffset(), hash.keyLength(), time);
  }

  /** Removes a key to make room for others. */
  void evict(Entry entry) {
    database.keyspace().statistics().evicted();
    if (entry.pinned()) {
      database.keyspace().statistics().evictedPinned();
      database.pinned().frequencies().leaves(entry.hash(), entry.clock());
    } else if (database.keyspace().home().clock().tinyLfu()) {
      database.frequencies().leaves(entry.hash(), entry.clock());
    }
    database.changed(
        entry.bytes(),
        entry.keyOffset(),
        entry.keyLength(),
        KeyspaceNotifications.EVICTED,
        "evicted");
    database.keyspace().countDeparture();
    database
        .keyspace()
        .effects()
        .departures()
        .key(database.number(), entry.bytes(), entry.keyOffset(), entry.keyLength());
    database.remove(entry);
  }
}
