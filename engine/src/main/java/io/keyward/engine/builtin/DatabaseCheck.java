package io.keyward.engine.builtin;

import io.keyward.config.Namespaces;
import io.keyward.engine.builtin.memory.PagePool;

/** Checks a database: every structure, every value, and what they take; for tests. */
final class DatabaseCheck {
  private DatabaseCheck() {}

  static void run(Database database) {
    database.keys().validate();
    Entry walked = database.newView();
    database.walks().forEach(reference -> database.at(reference, walked).validate());
    PinnedKeys pins = database.pinnedIfAny();
    if (pins != null) {
      pins.validate(database.keys());
    }
    LentKeys lent = database.index().lent();
    Namespaces lends = database.keyspace().lends();
    if (lent != null && lends != null) {
      LentKeys counted = new LentKeys(lends);
      database
          .walks()
          .forEach(
              reference ->
                  counted.count(database.pool().page(reference), PagePool.offset(reference), 1));
      if (!counted.sameAs(lent)) {
        throw new IllegalStateException("keys of shared namespaces are not as many as counted");
      }
    }
  }

  /** Checks that what the keys take is what is counted, while nobody makes a value. */
  static void bytes(Database database) {
    Entry walked = database.newView();
    long[] bytes = {database.keys().memory()};
    database.walks().forEach(reference -> bytes[0] += database.at(reference, walked).bytesTaken());
    if (bytes[0] != database.account().bytes()) {
      throw new IllegalStateException(
          "keys and values take " + bytes[0] + " bytes, counted " + database.account().bytes());
    }
  }
}
