package io.keyward.engine.builtin;

import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.memory.Dictionary;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the data of a home within {@code maxmemory}.
 *
 * <p>Before a write that may need memory, keys are evicted as {@code maxmemory-policy} says until
 * the data fits: {@code maxmemory-samples} keys drawn from each database of up to {@link
 * #MOST_KEYSPACES} keyspaces join the {@link EvictionCandidates}, of which the worst one goes. Keys
 * of pinned namespaces stay, and so do those of a keyspace with a command in the middle.
 */
public final class MemoryLimit {
  private static final int MOST_DRAWS = 64;
  private static final int MOST_KEYSPACES = 16;

  /**
   * Counts tell keys apart by a few steps only, so that it takes more of them to find a bad one.
   */
  private static final int SAMPLES_OF_COUNTS = 12;

  private final Home home;
  private final EvictionCandidates candidates = new EvictionCandidates();
  private String policyText = "";
  private EvictionPolicy policy = EvictionPolicy.NONE;

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
    String text = home.settings().text(Directive.MAXMEMORY_POLICY);
    if (!text.equals(policyText)) {
      policyText = text;
      policy = EvictionPolicy.of(text);
      candidates.clear();
    }
    if (policy.order() == EvictionPolicy.Order.NONE) {
      return false;
    }
    // Keys of pinned namespaces never go; a draw of nothing else is repeated.
    for (int draw = 0; draw < MOST_DRAWS; draw++) {
      drawCandidates();
      Entry worst = takeWorst();
      if (worst != null) {
        worst.database().evict(worst);
        return true;
      }
    }
    return false;
  }

  private void drawCandidates() {
    int samples = (int) home.settings().number(Directive.MAXMEMORY_SAMPLES);
    if (policy.order() == EvictionPolicy.Order.ASKED_LEAST) {
      samples = Math.max(samples, SAMPLES_OF_COUNTS);
    }
    List<BuiltinKeyspace> keyspaces = home.keyspaces();
    int start = keyspaces.isEmpty() ? 0 : home.random().nextInt(keyspaces.size());
    int looked = 0;
    for (int i = 0; i < keyspaces.size() && looked < MOST_KEYSPACES; i++) {
      BuiltinKeyspace keyspace = keyspaces.get((start + i) % keyspaces.size());
      looked += keyspace.holdsKeys() ? 1 : 0;
      if (keyspace.slices().busy()) {
        continue;
      }
      for (int number = 0; number < keyspace.databaseCount(); number++) {
        Database database = keyspace.databaseIfUsed(number);
        if (database != null) {
          sample(database, samples, reference -> consider(database, reference));
        }
      }
    }
  }

  private void sample(Database database, int samples, IntConsumer drawn) {
    Dictionary keys = database.keys();
    if (!policy.onlyExpiring()) {
      for (int i = 0; i < samples && keys.size() > 0; i++) {
        drawn.accept(keys.random(home.random()));
      }
    } else if (keys.marked() > 0) {
      int bucket = home.random().nextInt(keys.buckets());
      int wanted = Math.min(samples, keys.marked());
      int[] left = {wanted};
      while (left[0] > 0) {
        bucket =
            keys.visitMarked(
                bucket,
                16,
                left[0],
                reference -> {
                  left[0]--;
                  drawn.accept(reference);
                });
      }
    }
  }

  private void consider(Database database, int reference) {
    Entry entry = database.at(reference, database.scratchView());
    if (mayGo(entry)) {
      candidates.offer(database, entry.hash(), reference, badness(entry));
    }
  }

  private boolean mayGo(Entry entry) {
    return !entry.database().keyspace().slices().busy()
        && (entry.expiry() >= 0 || !policy.onlyExpiring())
        && !entry.database().keyspace().isPinned(entry);
  }

  /** The worst candidate that is as bad as it was when it was drawn, or null. */
  private @Nullable Entry takeWorst() {
    return candidates.take(this::mayGo, this::badness);
  }

  /** The greater, the sooner a key goes. */
  private long badness(Entry entry) {
    return switch (policy.order()) {
      case NONE -> throw new IllegalStateException("nothing is evicted");
      case RANDOM -> 0;
      case EXPIRY -> -entry.expiry();
      case IDLE -> home.clock().idleSeconds(entry.clock());
      case COUNTED -> 255 - home.clock().count(entry.clock());
      case ASKED_LEAST -> {
        AccessFrequencies frequencies = entry.database().frequencies();
        int clock = entry.clock();
        yield ((long) -frequencies.count(clock) << 32) | frequencies.idle(clock);
      }
    };
  }
}
