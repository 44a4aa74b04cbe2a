package io.keyward.engine.builtin;

import java.util.function.Consumer;

/**
 * Leads from the names of keys to the databases that hold them, for a keyspace in which keys of
 * other keyspaces are seen. All of them have the same home.
 */
interface KeyRoutes {
  /**
   * The database that holds the key of this name, as a client of {@code from} gives it; {@code
   * from} itself if the key is its own.
   *
   * @throws io.keyward.engine.CommandException if that keyspace cannot be looked into now
   */
  Database lead(Database from, byte[] name, int offset, int length);

  /** How many bytes of the name led last stand before the key's own name in its database. */
  int skipped();

  /** Visits every database whose keys are seen from one, that one first. */
  void forEach(Database from, Consumer<Database> visitor);
}
