package io.keyward.engine.builtin;

import io.keyward.engine.CommandException;

/**
 * A key as files and the operator name it: the prefix of the keyspace that holds it, and its own
 * name. Reused from key to key.
 */
final class GlobalName {
  private Database holder;
  private byte[] bytes = {};
  private int offset;
  private int length;

  GlobalName(Database any) {
    holder = any;
  }

  /** Makes this the name of a key that clients of a database give. */
  GlobalName of(Database from, byte[] name, int nameOffset, int nameLength) {
    KeyRoutes routes = from.routes();
    holder = routes == null ? from : routes.lead(from, name, nameOffset, nameLength);
    int skipped = routes == null || holder == from ? 0 : routes.skipped();
    bytes = name;
    offset = nameOffset + skipped;
    length = nameLength - skipped;
    return this;
  }

  /** As {@link #of}; false if the name leads to no keyspace that can be looked into. */
  boolean leads(Database from, byte[] name, int nameOffset, int nameLength) {
    try {
      return of(from, name, nameOffset, nameLength) == this;
    } catch (CommandException elsewhere) {
      return false;
    }
  }

  /** The database that holds the key, or would. */
  Database holder() {
    return holder;
  }

  /** Whether the key stays in memory alone. */
  boolean unwritten() {
    BuiltinKeyspace keyspace = holder.keyspace();
    return !keyspace.effects().kept() || keyspace.pins().hold(bytes, offset, length);
  }

  /** What stands before the key's own name, with the separator. */
  byte[] prefix() {
    return holder.keyspace().effects().prefix();
  }

  /** The array that holds the key's own name. */
  byte[] bytes() {
    return bytes;
  }

  int offset() {
    return offset;
  }

  int length() {
    return length;
  }

  /** The key's own name as a key of maps. */
  Key key() {
    return Key.copyOf(bytes, offset, length);
  }
}
