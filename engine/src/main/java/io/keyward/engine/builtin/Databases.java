package io.keyward.engine.builtin;

import io.keyward.config.directive.Directive;
import io.keyward.engine.Errors;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The numbered databases of a keyspace, each made when it is first asked for. */
public final class Databases {
  private final BuiltinKeyspace keyspace;
  private final int count;
  private @Nullable Database[] databases = {};

  Databases(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
    count = (int) keyspace.home().settings().number(Directive.DATABASES);
  }

  /** How many numbers there are. */
  public int count() {
    return count;
  }

  /** The database of a number below {@link #count()}. */
  public Database at(int number) {
    Database database = number < databases.length ? databases[number] : null;
    return database == null ? begin(number) : database;
  }

  private Database begin(int number) {
    if (databases.length == 0) {
      keyspace.home().wakes(keyspace);
    }
    if (number >= databases.length) {
      databases = Arrays.copyOf(databases, number + 1);
    }
    Database database = new Database(keyspace, number);
    databases[number] = database;
    return database;
  }

  /** The database of a number, or null if it is not in use. */
  public @Nullable Database ifUsed(int number) {
    return number < databases.length ? databases[number] : null;
  }

  /** How many keys clients see that have selected a number. */
  public long seenIn(int number) {
    Database seen = keyspace.routes() == null ? ifUsed(number) : at(number);
    return seen == null ? 0 : SeenKeys.count(seen);
  }

  /** How many of them expire. */
  public long seenExpiringIn(int number) {
    Database seen = keyspace.routes() == null ? ifUsed(number) : at(number);
    return seen == null ? 0 : SeenKeys.expiring(seen);
  }

  /** The mean time to live of those, in milliseconds, as the last walks have seen it. */
  public double seenLifetimeIn(int number) {
    Database seen = keyspace.routes() == null ? ifUsed(number) : at(number);
    return seen == null ? 0 : SeenKeys.lifetime(seen);
  }

  /** Visits those in use, by rising number. */
  public void forEach(Consumer<Database> visitor) {
    for (Database database : databases) {
      if (database != null) {
        visitor.accept(database);
      }
    }
  }

  /**
   * The number of a database.
   *
   * @throws io.keyward.engine.CommandException if there is none of that number
   */
  public int checked(long number) {
    if (number < 0 || number >= count) {
      throw Errors.DATABASE_OUT_OF_RANGE;
    }
    return (int) number;
  }

  /** Whether nothing is in them, and nobody watches or awaits what may come. */
  boolean idle() {
    for (Database database : databases) {
      if (database != null
          && (database.size() > 0
              || !database.watches().isEmpty()
              || !database.blocked().isEmpty())) {
        return false;
      }
    }
    return true;
  }

  /** The keys of all of them. */
  public long keys() {
    long keys = 0;
    for (Database database : databases) {
      keys += database == null ? 0 : database.size();
    }
    return keys;
  }

  /** Whether there is any key in any of them. */
  boolean holdKeys() {
    for (Database database : databases) {
      if (database != null && database.size() > 0) {
        return true;
      }
    }
    return false;
  }

  /** Removes all keys of all of them. */
  public void flush() {
    keyspace.emptied();
    forEach(WholeDatabase::empty);
  }

  /** Exchanges the keys of two; clients that have selected one stay with its number. */
  public void swap(int first, int second) {
    if (first != second) {
      WholeDatabase.swap(at(first), at(second));
      keyspace.emptied();
    }
    keyspace.countChange();
  }

  /** Gives back what they take while they hold nothing, until one is asked for again. */
  void rest() {
    forEach(WholeDatabase::discard);
    databases = new Database[0];
    keyspace.home().sleeps(keyspace);
  }
}
