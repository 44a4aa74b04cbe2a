package io.keyward.engine.builtin;

import io.keyward.config.directive.Directive;

/**
 * Keeps the data of a home within {@code maxmemory}, and that of each keyspace within its own
 * limit.
 *
 * <p>Before a write that may need memory, keys are evicted as {@code maxmemory-policy} says until
 * the data fits. A keyspace that is over a limit of its own gives up its own keys alone. Pinned
 * keys have limits of their own, and count in no other one.
 */
public final class MemoryLimit {
  private final Home home;
  private final Eviction eviction;

  MemoryLimit(Home home) {
    this.home = home;
    eviction = new Eviction(home, home.keyspaces());
  }

  /** Bytes of all data that {@code maxmemory} is for. */
  private long usedBytes() {
    return home.memory().ofAll() - home.memory().pinnedOfAll();
  }

  /** The least of {@code maxmemory} and what the heap can hold. */
  private long most() {
    long most = home.settings().number(Directive.MAXMEMORY);
    long inHeap = home.guard().unpinnedLimit(home.memory().pinnedOfAll());
    return most == 0 ? inHeap : Math.min(most, inHeap);
  }

  /** Whether all data takes nearly what the heap can hold, whatever {@code maxmemory} says. */
  public boolean heapIsFull() {
    long limit = home.guard().unpinnedLimit(home.memory().pinnedOfAll());
    return usedBytes() > limit - limit / 16;
  }

  /** Whether all data, and that of a keyspace, is within the limits. */
  boolean kept(BuiltinKeyspace keyspace) {
    return usedBytes() <= most() && !keyspace.quota().exceeded();
  }

  /**
   * Sees to it that a write in a keyspace fits.
   *
   * @return false if the data is at a limit and nothing may go
   */
  public boolean makeRoom(BuiltinKeyspace keyspace) {
    keyspace.pins().makeRoom();
    return keyspace.quota().makeRoom() && makeRoom();
  }

  /**
   * Sees to it that all data fits.
   *
   * @return false if it is at its limit and nothing may go
   */
  boolean makeRoom() {
    keepPinned();
    long most = most();
    while (usedBytes() > most) {
      // What has been deleted counts until it is freed: that comes before anything is evicted.
      if (!home.freeing().some() && !eviction.evictOne()) {
        return usedBytes() <= most;
      }
    }
    return true;
  }

  /**
   * Evicts pinned keys that are too much for all, of the keyspace that has most: who has no more
   * than an equal share gives nothing up.
   */
  private void keepPinned() {
    if (home.memory().pinnedAccount().bytes() == 0) {
      return;
    }
    long most = home.guard().pinnedLimit();
    while (home.memory().pinnedOfAll() > most) {
      Pins greatest = null;
      for (BuiltinKeyspace keyspace : home.keyspaces()) {
        Pins pins = keyspace.pins();
        if (pins.keys() > 0 && (greatest == null || pins.bytes() > greatest.bytes())) {
          greatest = pins;
        }
      }
      if (greatest == null || !greatest.evictOne()) {
        return;
      }
    }
  }
}
