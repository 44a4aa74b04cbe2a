package io.keyward.engine.builtin.snapshot;

import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.NewValue;
import io.keyward.engine.builtin.memory.KeyHash;
import org.jspecify.annotations.Nullable;

/**
 * A few keys that have been read and are installed together, in their order: what a table has of
 * them is fetched from memory for all of them at the same time.
 */
final class Arrivals {
  private static final int MOST = 32;

  /** Gives a value to a key. */
  @FunctionalInterface
  interface Installer {
    void install(Arrival arrival);
  }

  /** A key with its value, and what the file says of its end and use; used again for the next. */
  static final class Arrival {
    byte[] key = {};
    int from;
    long expiry;
    long idleSeconds;
    int frequency;
    private @Nullable Database database;
    private @Nullable NewValue value;

    Database database() {
      Database holder = database;
      if (holder == null) {
        throw new IllegalStateException("nobody has arrived");
      }
      return holder;
    }

    NewValue value() {
      NewValue given = value;
      if (given == null) {
        throw new IllegalStateException("nobody has arrived");
      }
      return given;
    }
  }

  private final Installer installer;
  private final Arrival[] waiting = new Arrival[MOST];
  private int count;

  /** Keeps what has been fetched from being fetched for nothing. */
  int unusedSum;

  Arrivals(Installer installer) {
    this.installer = installer;
    for (int i = 0; i < MOST; i++) {
      waiting[i] = new Arrival();
    }
  }

  /** The next key, of which everything but what is given here is to be set. */
  Arrival next(Database database, NewValue value) {
    Arrival next = waiting[count++];
    next.database = database;
    next.value = value;
    return next;
  }

  /** Whether all have to be installed before another one arrives. */
  boolean full() {
    return count == MOST;
  }

  /**
   * Installs all that have arrived. If one of them cannot be, it is the installer's to give that
   * one's value back; those behind it are given back here.
   */
  void install() {
    int sum = 0;
    for (int i = 0; i < count; i++) {
      Arrival arrival = waiting[i];
      byte[] key = arrival.key;
      sum += arrival.database().fetch(KeyHash.hash(key, arrival.from, key.length - arrival.from));
    }
    unusedSum = sum;
    int arrived = count;
    count = 0;
    int next = 0;
    try {
      while (next < arrived) {
        Arrival arrival = waiting[next++];
        installer.install(arrival);
        arrival.value = null;
      }
    } finally {
      for (; next < arrived; next++) {
        Arrival arrival = waiting[next];
        arrival.value().discard(arrival.database());
        arrival.value = null;
      }
    }
  }
}
