package io.keyward.engine.builtin;

import io.keyward.config.Namespaces;
import io.keyward.engine.builtin.memory.EntryLayout;
import java.util.Arrays;

/**
 * How many keys of a database are in each of the namespaces that other keyspaces see as their own,
 * so that one that sees but some of them need not look at every key to tell how many it sees.
 */
final class LentKeys {
  private final Namespaces namespaces;
  private final int[] keys;
  private final int[] expiring;

  LentKeys(Namespaces namespaces) {
    this.namespaces = namespaces;
    keys = new int[namespaces.names().size()];
    expiring = new int[keys.length];
  }

  /** Counts the key of an entry that comes, or (-1) goes. */
  void count(byte[] page, int entry, int difference) {
    int offset = EntryLayout.keyOffset(page, entry);
    int length = EntryLayout.keyLength(page, entry);
    int namespace = namespaces.indexOf(page, offset, length);
    if (namespace >= 0) {
      keys[namespace] += difference;
      if (EntryLayout.expires(page, entry)) {
        expiring[namespace] += difference;
      }
    }
  }

  /** The database has been emptied. */
  void clear() {
    Arrays.fill(keys, 0);
    Arrays.fill(expiring, 0);
  }

  /** The keys of some of the namespaces, given by their places among the names. */
  long keys(int[] some) {
    return sum(keys, some);
  }

  /** Of these, the ones that expire. */
  long expiring(int[] some) {
    return sum(expiring, some);
  }

  private static long sum(int[] counted, int[] some) {
    long sum = 0;
    for (int namespace : some) {
      sum += counted[namespace];
    }
    return sum;
  }

  /** Whether another one has counted the same; for tests. */
  boolean sameAs(LentKeys other) {
    return Arrays.equals(keys, other.keys) && Arrays.equals(expiring, other.expiring);
  }
}
