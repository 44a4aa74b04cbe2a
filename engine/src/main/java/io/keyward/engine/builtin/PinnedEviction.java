package io.keyward.engine.builtin;

/**
 * Chooses the pinned key of a keyspace that goes next: the one asked for least of late by {@link
 * AccessFrequencies}, which is W-TinyLFU with random draws in place of its lists.
 */
final class PinnedEviction {
  private static final int DRAWS = 12;
  private static final int MOST_ROUNDS = 16;

  private final BuiltinKeyspace keyspace;
  private final EvictionCandidates candidates = new EvictionCandidates();

  PinnedEviction(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
  }

  /**
   * Evicts one key.
   *
   * @return false if none may go
   */
  boolean evictOne() {
    if (keyspace.slices().busy()) {
      return false;
    }
    for (int round = 0; round < MOST_ROUNDS && keyspace.pins().keys() > 0; round++) {
      keyspace.databases().forEach(this::draw);
      Entry worst =
          candidates.take(Entry::pinned, entry -> entry.database().pinned().badness(entry));
      if (worst != null) {
        worst.database().departures().evict(worst);
        return true;
      }
    }
    return false;
  }

  private void draw(Database database) {
    PinnedKeys pinned = database.pinnedIfAny();
    for (int i = 0; pinned != null && pinned.size() > 0 && i < DRAWS; i++) {
      int reference = pinned.random(keyspace.home().random());
      Entry entry = database.at(reference, database.scratchView());
      candidates.offer(database, entry.hash(), reference, pinned.badness(entry));
    }
  }
}
