package io.keyward.engine.builtin;

import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.memory.Dictionary;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Chooses keys to evict from some keyspaces of a home, as {@code maxmemory-policy} says.
 *
 * <p>{@code maxmemory-samples} keys drawn from each database of up to {@link #MOST_KEYSPACES}
 * keyspaces join the {@link EvictionCandidates}, of which the worst one goes. Pinned keys have a
 * {@link PinnedEviction} of their own and stay, and so do those of a keyspace with a command in the
 * middle.
 */
final class Eviction {
  private static final int MOST_DRAWS = 64;
  private static final int MOST_KEYSPACES = 16;

  /**
   * Counts tell keys apart by a few steps only, so that it takes more of them to find a bad one.
   */
  private static final int SAMPLES_OF_COUNTS = 12;

  private final Home home;
  private final List<BuiltinKeyspace> keyspaces;
  private final EvictionCandidates candidates = new EvictionCandidates();
  private String policyText = "";
  private EvictionPolicy policy = EvictionPolicy.NONE;

  /**
   * Nothing drawn yet.
   *
   * @param keyspaces those whose keys may go; the list may change later
   */
  Eviction(Home home, List<BuiltinKeyspace> keyspaces) {
    this.home = home;
    this.keyspaces = keyspaces;
  }

  /**
   * Evicts one key.
   *
   * @return false if none may go
   */
  boolean evictOne() {
    String text = home.settings().text(Directive.MAXMEMORY_POLICY);
    if (!text.equals(policyText)) {
      policyText = text;
      policy = EvictionPolicy.of(text);
      candidates.clear();
    }
    if (policy.order() == EvictionPolicy.Order.NONE) {
      return false;
    }
    // Pinned keys never go here; a draw of nothing else is repeated.
    for (int draw = 0; draw < MOST_DRAWS; draw++) {
      drawCandidates();
      Entry worst = takeWorst();
      if (worst != null) {
        worst.database().departures().evict(worst);
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
    int start = keyspaces.isEmpty() ? 0 : home.random().nextInt(keyspaces.size());
    int looked = 0;
    for (int i = 0; i < keyspaces.size() && looked < MOST_KEYSPACES; i++) {
      BuiltinKeyspace keyspace = keyspaces.get((start + i) % keyspaces.size());
      if (keyspace.slices().busy()) {
        continue;
      }
      looked += keyspace.databases().holdKeys() ? 1 : 0;
      for (int number = 0; number < keyspace.databases().count(); number++) {
        Database database = keyspace.databases().ifUsed(number);
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
        && !entry.pinned();
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
