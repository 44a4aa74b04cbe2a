package io.keyward.engine.builtin;

import io.keyward.config.directive.Directive;
import io.keyward.engine.Request;
import io.keyward.engine.Sharer;
import io.keyward.engine.builtin.RoomMaking.Outcome;
import io.keyward.engine.command.Command;

/**
 * Keeps the data of a home within {@code maxmemory}, and that of each keyspace within its own
 * limit.
 *
 * <p>Before a write that may need memory, keys are evicted as {@code maxmemory-policy} says until
 * the data fits. A keyspace that is over a limit of its own gives up its own keys alone; of several
 * homes the one that has most gives up of it, and a little more than there may be is borne until it
 * has. Pinned keys have limits of their own, and count in no other one.
 */
public final class MemoryLimit implements RoomMaking.Limited {
  /** A difference between homes that is none, in bytes. */
  private static final long GRAIN = 1 << 16;

  private final Home home;
  private final Eviction eviction;
  private final RoomMaking making;
  private final AllPinned pinned;
  private final RoomMaking pinnedMaking;

  /**
   * When the data was first found beyond the limit after all that could go had gone; 0 = it fits.
   */
  private volatile long exceededSince;

  private volatile long exceededNanos;

  MemoryLimit(Home home) {
    this.home = home;
    eviction = new Eviction(home, home.keyspaces());
    making = new RoomMaking(home, this);
    pinned = new AllPinned(home);
    pinnedMaking = new RoomMaking(home, pinned);
  }

  /** Bytes of all data that {@code maxmemory} is for. */
  private long usedBytes() {
    return home.memory().ofAll() - home.memory().pinnedOfAll();
  }

  /** The least of {@code maxmemory} and what the heap can hold. */
  private long most() {
    long most = home.settings().number(Directive.MAXMEMORY);
    return most == 0 ? inHeap() : Math.min(most, inHeap());
  }

  private long inHeap() {
    return home.guard().unpinnedLimit(home.memory().pinnedOfAll());
  }

  /** Whether all data takes nearly what the heap can hold, whatever {@code maxmemory} says. */
  public boolean heapIsFull() {
    long limit = inHeap();
    return usedBytes() > limit - limit / 16;
  }

  /** Whether all data, and that of a keyspace, is within the limits. */
  boolean kept(BuiltinKeyspace keyspace) {
    return !exceeded() && !keyspace.quota().exceeded();
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
   * Sees to it that what a command may write fits.
   *
   * @return false if the data that it counts for is at a limit and nothing may go
   */
  public boolean makeRoomFor(BuiltinKeyspace keyspace, Request request, Command command) {
    keyspace.pins().makeRoom();
    return keyspace.quota().makeRoomFor(request, command) && makeRoom();
  }

  /** Whether a command may be executed although its keyspace is at a limit of its own. */
  public boolean spares(BuiltinKeyspace keyspace, Request request, Command command) {
    return UncountedKeys.suffice(keyspace, request, command) && makeRoom();
  }

  /**
   * Sees to it that all data fits.
   *
   * @return false if it is at its limit and nothing may go
   */
  boolean makeRoom() {
    keepPinned();
    if (!exceeded()) {
      fits();
      return true;
    }
    boolean roomMade = making.now();
    measureExcess();
    return roomMade;
  }

  private void fits() {
    long since = exceededSince;
    if (since != 0) {
      exceededNanos = exceededNanos + System.nanoTime() - since;
      exceededSince = 0;
    }
  }

  private void measureExcess() {
    if (!exceeded()) {
      fits();
    } else if (exceededSince == 0) {
      exceededSince = Math.max(1, System.nanoTime());
    }
  }

  /** For how long the data has been beyond the limit now, in nanoseconds; any thread may ask. */
  public long exceededNanos() {
    long since = exceededSince;
    return since == 0 ? 0 : System.nanoTime() - since;
  }

  /** For how long it has been beyond it in all; any thread may ask. */
  public long exceededNanosInAll() {
    return exceededNanos + exceededNanos();
  }

  /** Begins to count that time anew; on the loop. */
  public void countAnew() {
    exceededNanos = 0;
    exceededSince = 0;
    measureExcess();
  }

  /** Sees to it in slices. */
  void makeRoomSoon() {
    keepPinned();
    making.soon();
  }

  /** Tells the other homes what this one has, and looks whether all of that is too much. */
  void tick() {
    UsedMemory own = home.memory();
    own.publish();
    measureExcess();
    if (own.exhausted() && eviction.mayFind()) {
      own.exhausted(false);
    }
    if (own.peers().size() > 1 && !own.exhausted() && exceeded()) {
      making.soon();
    }
  }

  @Override
  public boolean exceeded() {
    return usedBytes() > most();
  }

  @Override
  public boolean urgent() {
    long inHeap = inHeap();
    return usedBytes() > inHeap + inHeap / 16;
  }

  @Override
  public Outcome giveUp() {
    if (home.freeing().some()) {
      // What has been deleted counts until it is freed: that comes before anything is evicted.
      return Outcome.GONE;
    }
    UsedMemory own = home.memory();
    if (own.peers().size() == 1) {
      return eviction.evictOne();
    }
    if (!eviction.permitted()) {
      return Outcome.NOTHING;
    }
    long has = own.unpinned();
    Sharer greatest = Sharer.most(own.peers(), own, has + has / 8 + GRAIN);
    if (greatest != null && bearable()) {
      return ask(greatest);
    }
    Outcome outcome = eviction.evictOne();
    own.exhausted(outcome == Outcome.NOTHING);
    if (outcome == Outcome.NOTHING && bearable()) {
      Sharer other = Sharer.most(own.peers(), own, 0);
      return other == null ? outcome : ask(other);
    }
    return outcome;
  }

  private boolean bearable() {
    long most = most();
    return usedBytes() - most <= most / 16 + GRAIN;
  }

  private Outcome ask(Sharer other) {
    home.memory().publish();
    other.ask();
    return Outcome.ASKED;
  }

  @Override
  public void sliceEnded() {
    home.memory().publish();
  }

  private void keepPinned() {
    if (home.memory().pinnedAccount().bytes() > 0 && pinned.exceeded()) {
      pinnedMaking.now();
    }
  }

  /**
   * All pinned keys: those that are too much go of the keyspace that has most, so that who has no
   * more than an equal share gives nothing up.
   */
  private static final class AllPinned implements RoomMaking.Limited {
    private final Home home;

    AllPinned(Home home) {
      this.home = home;
    }

    @Override
    public boolean exceeded() {
      return home.memory().pinnedOfAll() > home.guard().pinnedLimit();
    }

    @Override
    public boolean urgent() {
      return false;
    }

    @Override
    public Outcome giveUp() {
      Pins greatest = null;
      for (BuiltinKeyspace keyspace : home.keyspaces()) {
        Pins pins = keyspace.pins();
        if (pins.keys() > 0 && (greatest == null || pins.bytes() > greatest.bytes())) {
          greatest = pins;
        }
      }
      return greatest == null ? Outcome.NOTHING : greatest.giveUp();
    }
  }
}
