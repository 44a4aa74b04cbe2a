package io.keyward.engine.builtin;

import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.memory.Dictionary;
import io.keyward.engine.builtin.memory.EntryVisits;
import java.util.List;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Chooses keys to evict from some keyspaces of a home, as {@code maxmemory-policy} says.
 *
 * <p>{@code maxmemory-samples} keys, drawn from all databases of the keyspaces ({@link
 * EvictionSources}), join the {@link EvictionCandidates}, of which the worst one goes. Pinned keys
 * have a {@link PinnedEviction} of their own and stay, and so do those of a keyspace with a command
 * in the middle.
 */
final class Eviction {
  private static final int MOST_DRAWS = 64;

  /**
   * Counts tell keys apart by a few steps only, so that it takes more of them to find a bad one.
   */
  private static final int SAMPLES_OF_COUNTS = 12;

  /** Where fewer than one in so many keys expires, those that do are looked for in turn. */
  private static final int RARE = 64;

  /** Buckets looked at for rare keys before others have their turn. */
  private static final int BUCKETS_AT_ONCE = 4096;

  /** How often all buckets are looked at before there is said to be none. */
  private static final int MOST_ROUNDS = 4;

  private final Home home;
  private final List<BuiltinKeyspace> keyspaces;
  private final EvictionSources sources;
  private final EvictionCandidates candidates = new EvictionCandidates();
  private String policyText = "";
  private EvictionPolicy policy = EvictionPolicy.NONE;
  private int nextBucket;
  private long lookedInVain;
  private int drawn;
  private @Nullable Database chosenFrom;
  private int chosen;

  /**
   * Nothing drawn yet.
   *
   * @param keyspaces those whose keys may go; the list may change later
   */
  Eviction(Home home, List<BuiltinKeyspace> keyspaces) {
    this.home = home;
    this.keyspaces = keyspaces;
    sources = new EvictionSources(keyspaces);
  }

  /** Whether the policy lets anything go. */
  boolean permitted() {
    String text = home.settings().text(Directive.MAXMEMORY_POLICY);
    if (!text.equals(policyText)) {
      policyText = text;
      policy = EvictionPolicy.of(text);
      candidates.clear();
      sources.countAnew();
    }
    return policy.order() != EvictionPolicy.Order.NONE;
  }

  /** Whether there are keys that the policy lets go. */
  boolean mayFind() {
    return permitted() && EvictionSources.any(keyspaces, policy.onlyExpiring());
  }

  /** Evicts one key. */
  RoomMaking.Outcome evictOne() {
    if (!permitted()) {
      return RoomMaking.Outcome.NOTHING;
    }
    // Pinned keys never go here; a draw of nothing else is repeated.
    for (int draw = 0; draw < MOST_DRAWS; draw++) {
      long before = lookedInVain;
      Entry worst = policy.order() == EvictionPolicy.Order.RANDOM ? drawOne() : drawWorst();
      if (worst != null) {
        lookedInVain = 0;
        worst.database().departures().evict(worst);
        return RoomMaking.Outcome.GONE;
      }
      if (sources.none() || lookedInVain > MOST_ROUNDS * sources.buckets()) {
        lookedInVain = 0;
        return RoomMaking.Outcome.NOTHING;
      }
      if (lookedInVain > before) {
        return RoomMaking.Outcome.SOUGHT;
      }
    }
    return RoomMaking.Outcome.NOTHING;
  }

  /** Any of the keys that may go, each with about the same chance, or null. */
  private @Nullable Entry drawOne() {
    Database database = sources.draw(home.random(), policy.onlyExpiring());
    if (database == null) {
      return null;
    }
    drawn = 0;
    chosenFrom = null;
    sample(database, this::chooseAny);
    Database from = chosenFrom;
    if (from == null) {
      return null;
    }
    Entry entry = from.at(chosen, from.scratchView());
    return mayGo(entry) ? entry : null;
  }

  private void chooseAny(Database database, int reference) {
    drawn++;
    if (home.random().nextInt(drawn) == 0) {
      chosenFrom = database;
      chosen = reference;
    }
  }

  /** The worst of a few keys and of the candidates of before, or null. */
  private @Nullable Entry drawWorst() {
    int samples = samples();
    for (drawn = 0; drawn < samples; ) {
      Database database = sources.draw(home.random(), policy.onlyExpiring());
      int before = drawn;
      if (database != null) {
        sample(database, this::consider);
      }
      if (drawn == before) {
        break;
      }
    }
    return candidates.take(this::mayGo, this::badness);
  }

  private int samples() {
    int samples = (int) home.settings().number(Directive.MAXMEMORY_SAMPLES);
    return policy.order() == EvictionPolicy.Order.ASKED_LEAST
        ? Math.max(samples, SAMPLES_OF_COUNTS)
        : samples;
  }

  /** Shows one key of a database, or a few that expire and lie side by side. */
  private void sample(Database database, ObjIntConsumer<Database> shown) {
    Dictionary keys = database.keys();
    if (!policy.onlyExpiring()) {
      shown.accept(database, EntryVisits.random(keys, home.random()));
      return;
    }
    boolean rare = (long) keys.marked() * RARE < keys.size();
    if (!rare) {
      nextBucket = home.random().nextInt(keys.buckets());
    } else if (nextBucket >= keys.buckets()) {
      nextBucket = 0;
    }
    int from = nextBucket;
    int before = drawn;
    nextBucket =
        EntryVisits.marked(
            keys, from, BUCKETS_AT_ONCE, 1, reference -> shown.accept(database, reference));
    if (drawn == before && rare) {
      lookedInVain += (nextBucket == 0 ? keys.buckets() : nextBucket) - from;
    }
  }

  private void consider(Database database, int reference) {
    drawn++;
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

  /** The greater, the sooner a key goes. */
  private long badness(Entry entry) {
    return switch (policy.order()) {
      case NONE, RANDOM -> throw new IllegalStateException("no key is worse than another");

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
