package io.keyward.engine.builtin;

import io.keyward.engine.builtin.memory.Dictionary;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The databases from which keys are drawn that may be evicted: each as often as it holds such keys,
 * so that a small one gives up no more than its part.
 *
 * <p>The keys are counted anew after as many draws as it takes to make that cheap.
 */
final class EvictionSources {
  private static final int DRAWS_OF_A_COUNT = 1024;
  private static final int DRAWS_FOR_A_KEYSPACE = 16;

  private final List<BuiltinKeyspace> keyspaces;
  private @Nullable Database[] databases = {};
  private long[] upTo = {};
  private int count;
  private long keys;
  private long buckets;
  private int left;

  EvictionSources(List<BuiltinKeyspace> keyspaces) {
    this.keyspaces = keyspaces;
  }

  /** Whether there is a key that may be drawn. */
  static boolean any(List<BuiltinKeyspace> keyspaces, boolean onlyExpiring) {
    for (BuiltinKeyspace keyspace : keyspaces) {
      for (int number = 0; number < keyspace.databases().count(); number++) {
        Database database = keyspace.databases().ifUsed(number);
        if (database != null && candidates(database.keys(), onlyExpiring) > 0) {
          return true;
        }
      }
    }
    return false;
  }

  private static int candidates(Dictionary keys, boolean onlyExpiring) {
    return onlyExpiring ? keys.marked() : keys.size();
  }

  /** Has the keys counted at the next draw. */
  void countAnew() {
    left = 0;
  }

  /** Whether no database has been found that holds such keys. */
  boolean none() {
    return count == 0;
  }

  /** Buckets of all these databases, as counted last. */
  long buckets() {
    return buckets;
  }

  /** A database that has keys which may be evicted, or null if none was found. */
  @Nullable Database draw(RandomGenerator random, boolean onlyExpiring) {
    if (--left < 0) {
      count(onlyExpiring);
      left = Math.max(DRAWS_OF_A_COUNT, DRAWS_FOR_A_KEYSPACE * keyspaces.size());
    }
    Database drawn = any(random);
    if (drawn == null || candidates(drawn.keys(), onlyExpiring) == 0) {
      // It is empty by now, or has been left.
      left = Math.min(left, count);
      return null;
    }
    return drawn;
  }

  private @Nullable Database any(RandomGenerator random) {
    if (count <= 1) {
      return count == 0 ? null : databases[0];
    }
    int found = Arrays.binarySearch(upTo, 0, count, random.nextLong(keys));
    return databases[found < 0 ? -found - 1 : found + 1];
  }

  private void count(boolean onlyExpiring) {
    Arrays.fill(databases, null);
    count = 0;
    keys = 0;
    buckets = 0;
    for (BuiltinKeyspace keyspace : keyspaces) {
      for (int number = 0; number < keyspace.databases().count(); number++) {
        Database database = keyspace.databases().ifUsed(number);
        int more = database == null ? 0 : candidates(database.keys(), onlyExpiring);
        if (database != null && more > 0) {
          add(database, more);
        }
      }
    }
  }

  private void add(Database database, int more) {
    if (count == databases.length) {
      databases = Arrays.copyOf(databases, Math.max(4, 2 * count));
      upTo = Arrays.copyOf(upTo, databases.length);
    }
    keys += more;
    buckets += database.keys().buckets();
    databases[count] = database;
    upTo[count] = keys;
    count++;
  }
}
