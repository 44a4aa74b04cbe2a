package io.keyward.engine.builtin;

import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.memory.Dictionary;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the data of a home within {@code maxmemory}.
 *
 * <p>Before a write that may need memory, keys are evicted as {@code maxmemory-policy} says until
 * the data fits: of {@code maxmemory-samples} keys drawn from each database of up to {@link
 * #MOST_KEYSPACES} keyspaces the worst one goes. Keys of pinned namespaces stay.
 */
public final class MemoryLimit {
  private static final int MOST_DRAWS = 64;
  private static final int MOST_KEYSPACES = 16;

  private final Home home;

  MemoryLimit(Home home) {
    this.home = home;
  }

  /** Bytes of all data that {@code maxmemory} is for. */
  private long usedBytes() {
    return home.usedBytesOfAll();
  }

  /** Whether the data is within the limit. */
  boolean kept() {
    long most = home.settings().number(Directive.MAXMEMORY);
    return most == 0 || usedBytes() <= most;
  }

  /**
   * Sees to it that a write fits.
   *
   * @return false if the data is at its limit and nothing may go
   */
  public boolean makeRoom(long now) {
    long most = home.settings().number(Directive.MAXMEMORY);
    if (most == 0) {
      return true;
    }
    while (usedBytes() > most) {
      // What has been deleted counts until it is freed: that comes before anything is evicted.
      if (!home.freeSome() && !evictOne()) {
        return usedBytes() <= most;
      }
    }
    return true;
  }

  private boolean evictOne() {
    String policy = home.settings().text(Directive.MAXMEMORY_POLICY);
    if (policy.equals("noeviction")) {
      return false;
    }
    boolean onlyExpiring = policy.startsWith("volatile");
    // Keys of pinned namespaces never go; a draw of nothing else is repeated.
    for (int draw = 0; draw < MOST_DRAWS; draw++) {
      if (worstOf(policy, onlyExpiring).evict()) {
        return true;
      }
    }
    return false;
  }

  private Worst worstOf(String policy, boolean onlyExpiring) {
    Worst worst = new Worst(policy);
    int samples = (int) home.settings().number(Directive.MAXMEMORY_SAMPLES);
    List<BuiltinKeyspace> keyspaces = home.keyspaces();
    int start = keyspaces.isEmpty() ? 0 : home.random().nextInt(keyspaces.size());
    int looked = 0;
    for (int i = 0; i < keyspaces.size() && looked < MOST_KEYSPACES; i++) {
      BuiltinKeyspace keyspace = keyspaces.get((start + i) % keyspaces.size());
      looked += keyspace.holdsKeys() ? 1 : 0;
      for (int number = 0; number < keyspace.databaseCount(); number++) {
        Database database = keyspace.databaseIfUsed(number);
        if (database != null) {
          for (int reference : sample(database, samples, onlyExpiring)) {
            worst.consider(database, reference);
          }
        }
      }
    }
    return worst;
  }

  private List<Integer> sample(Database database, int samples, boolean onlyExpiring) {
    List<Integer> drawn = new ArrayList<>(samples);
    Dictionary keys = database.keys();
    if (!onlyExpiring) {
      for (int i = 0; i < samples && keys.size() > 0; i++) {
        drawn.add(keys.random(home.random()));
      }
    } else if (keys.marked() > 0) {
      int bucket = home.random().nextInt(keys.buckets());
      int wanted = Math.min(samples, keys.marked());
      while (drawn.size() < wanted) {
        bucket = keys.visitMarked(bucket, 16, wanted - drawn.size(), drawn::add);
      }
    }
    return drawn;
  }

  /** The key that the policy would give up first, among those considered. */
  private final class Worst {
    private final String policy;
    private @Nullable Database where;
    private int reference;
    private long badness = Long.MIN_VALUE;

    Worst(String policy) {
      this.policy = policy;
    }

    void consider(Database database, int candidate) {
      Entry entry = database.at(candidate, database.scratchView());
      if (database.keyspace().isPinned(entry)) {
        return;
      }
      long bad = badness(entry);
      if (bad > badness) {
        badness = bad;
        where = database;
        reference = candidate;
      }
    }

    private long badness(Entry entry) {
      if (policy.endsWith("-random")) {
        return home.random().nextLong() >>> 1;
      }
      if (policy.endsWith("-ttl")) {
        return -entry.expiry();
      }
      return policy.endsWith("-lfu")
          ? 255 - home.clock().count(entry.clock())
          : home.clock().idleSeconds(entry.clock());
    }

    boolean evict() {
      Database from = where;
      if (from == null) {
        return false;
      }
      from.evict(from.at(reference, from.scratchView()));
      return true;
    }
  }
}
