package io.keyward.engine.builtin;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Leads from the names of keys to the databases that hold them, for a keyspace in which keys of
 * other keyspaces are seen.
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

  /** What stands before the own names of a database's keys where they are seen. */
  byte[] before(Database holder);

  /**
   * Visits every database of this home whose keys are seen from one, that one first.
   *
   * @throws io.keyward.engine.CommandException if one of them cannot be looked into now
   */
  void forEach(Database from, Consumer<Database> visitor);

  /** Whether a key of one of these databases, under its own name there, is seen. */
  boolean sees(Database holder, byte[] name, int offset, int length);

  /** How many keys of one of these databases are seen. */
  long seen(Database holder);

  /** How many of them expire. */
  long seenExpiring(Database holder);

  /** The least number, from {@code number} on, of a database whose keys are seen; or -1. */
  long numberFrom(long number);

  /** The database of such a number; null if it cannot be looked into here and now. */
  @Nullable Database numbered(Database from, long number);
}
