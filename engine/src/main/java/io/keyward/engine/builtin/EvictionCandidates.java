package io.keyward.engine.builtin;

import java.util.Arrays;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The best of the keys that were looked at in vain, kept for the next choice, so that a few random
 * draws for each eviction come close to the true order.
 *
 * <p>They lie sorted, the next to go last. A key that has been used, moved or removed since is no
 * candidate any more: whoever takes one looks whether it still is what it was.
 */
final class EvictionCandidates {
  private static final int MOST = 16;

  private final @Nullable Database[] databases = new Database[MOST];
  private final long[] hashes = new long[MOST];
  private final int[] references = new int[MOST];
  private final long[] badness = new long[MOST];
  private int count;

  /** Takes a key into the order if it belongs among the worst. */
  void offer(Database database, long hash, int reference, long bad) {
    if (contains(database, reference) || (count == MOST && bad <= badness[0])) {
      return;
    }
    int at = position(bad);
    if (count == MOST) {
      // The least bad one makes room.
      at--;
      shift(1, 0, at);
    } else {
      shift(at, at + 1, count - at);
      count++;
    }
    databases[at] = database;
    hashes[at] = hash;
    references[at] = reference;
    badness[at] = bad;
  }

  private void shift(int from, int to, int length) {
    System.arraycopy(databases, from, databases, to, length);
    System.arraycopy(hashes, from, hashes, to, length);
    System.arraycopy(references, from, references, to, length);
    System.arraycopy(badness, from, badness, to, length);
  }

  private boolean contains(Database database, int reference) {
    for (int i = 0; i < count; i++) {
      if (references[i] == reference && databases[i] == database) {
        return true;
      }
    }
    return false;
  }

  private int position(long bad) {
    int found = Arrays.binarySearch(badness, 0, count, bad);
    return found < 0 ? -found - 1 : found;
  }

  /**
   * Takes the worst one out that still is there and no better than when it was offered, or null.
   *
   * @param mayGo whether a key may go at all
   * @param now how bad a key is by now
   */
  @Nullable Entry take(Predicate<Entry> mayGo, ToLongFunction<Entry> now) {
    while (count > 0) {
      count--;
      Database database = databases[count];
      databases[count] = null;
      if (database != null
          && database.size() > 0
          && database.keys().holds(hashes[count], references[count])) {
        Entry entry = database.scratchView().at(database, hashes[count], references[count]);
        if (mayGo.test(entry) && now.applyAsLong(entry) >= badness[count]) {
          return entry;
        }
      }
    }
    return null;
  }

  /** Forgets all, since another order counts from now on. */
  void clear() {
    Arrays.fill(databases, null);
    count = 0;
  }
}
