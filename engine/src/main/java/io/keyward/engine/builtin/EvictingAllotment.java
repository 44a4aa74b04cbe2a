package io.keyward.engine.builtin;

import io.keyward.engine.SharedQuota;
import io.keyward.engine.Sharer;
import io.keyward.engine.builtin.RoomMaking.Outcome;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a keyspace may have of something that its keys take, by itself and together with others, for
 * which keys are evicted.
 *
 * <p>For its own limit its own keys go. For the limit of all, those of the keyspace that has most
 * go, so that who has little finds room; keys that several keyspaces see go last. A keyspace of
 * another home is asked to, and a little more than there may be is borne until it has.
 */
final class EvictingAllotment implements Sharer, RoomMaking.Limited {
  /** What is counted. */
  enum Unit {
    BYTES(1 << 16),
    KEYS(1);

    /** A difference that is none. */
    private final long grain;

    Unit(long grain) {
      this.grain = grain;
    }
  }

  /** How many keys go before it is looked again who has most. */
  private static final int KEYS_OF_A_CHOICE = 64;

  private final BuiltinKeyspace keyspace;
  private final Unit unit;
  private final LongSupplier used;
  private final Allotment allotment = new Allotment();
  private @Nullable RoomMaking making;
  private volatile boolean asked;
  private volatile boolean exhausted;
  private boolean joined;
  private long wanted;
  private @Nullable Sharer chosen;
  private int choiceLasts;

  /**
   * Without a limit.
   *
   * @param used tells what the keyspace has; on its home loop
   */
  EvictingAllotment(BuiltinKeyspace keyspace, Unit unit, LongSupplier used) {
    this.keyspace = keyspace;
    this.unit = unit;
    this.used = used;
  }

  private RoomMaking making() {
    RoomMaking present = making;
    if (present == null) {
      present = new RoomMaking(keyspace.home(), this);
      making = present;
    }
    return present;
  }

  private Eviction eviction() {
    return keyspace.quota().eviction();
  }

  /** Sets the limits; {@link Long#MAX_VALUE} and null are none. */
  void limit(long own, @Nullable SharedQuota together) {
    leave();
    allotment.limit(own, together, used.getAsLong());
    if (exceeded()) {
      making().soon();
    }
  }

  /** The least of the limits, {@link Long#MAX_VALUE} if there is none. */
  long most() {
    return allotment.most();
  }

  /** Tells the others what this keyspace has, and looks whether all of that is too much. */
  void tell() {
    long has = used.getAsLong();
    allotment.tell(has);
    SharedQuota together = allotment.together();
    if (together == null) {
      return;
    }
    if (!joined && has > unit.grain && together.most() != Long.MAX_VALUE && !keyspace.isShared()) {
      together.join(this);
      joined = true;
    }
    if (!joined) {
      return;
    }
    if (exhausted && eviction().mayFind()) {
      exhausted = false;
    }
    if (!exhausted && allotment.exceededBy(has)) {
      making().soon();
    }
  }

  /** Tells the others if there is a limit for all together. */
  void tellAtOnce() {
    if (allotment.isLimitedTogether()) {
      allotment.tell(used.getAsLong());
    }
  }

  /** The keyspace has nothing any more. */
  void leave() {
    SharedQuota together = allotment.together();
    if (together != null) {
      together.leave(this);
    }
    joined = false;
    chosen = null;
    allotment.leave();
  }

  /** Whether so much more fits. */
  boolean fits(long more) {
    return !allotment.exceededBy(used.getAsLong() + more);
  }

  /**
   * Evicts keys until so much more fits.
   *
   * @return false if it does not, and nothing may go
   */
  boolean makeRoom(long more) {
    wanted = more;
    try {
      return !exceeded() || making().now();
    } finally {
      wanted = 0;
    }
  }

  /** Whether so much is too much. */
  boolean exceededBy(long has) {
    return allotment.exceededBy(has);
  }

  @Override
  public boolean exceeded() {
    return allotment.exceededBy(used.getAsLong() + wanted);
  }

  /** A command has to wait for the room that it needs by itself. */
  @Override
  public boolean urgent() {
    return wanted > 0 && fits(0);
  }

  @Override
  public Outcome giveUp() {
    if (unit == Unit.BYTES && keyspace.home().freeing().some()) {
      // What has been deleted counts until it is freed: that comes before anything is evicted.
      return Outcome.GONE;
    }
    long own = used.getAsLong();
    SharedQuota together = allotment.together();
    if (allotment.exceedsOwn(own + wanted) || together == null) {
      return evictOwn();
    }
    if (!eviction().permitted()) {
      return Outcome.NOTHING;
    }
    Sharer greatest = greatest(together, own);
    Outcome outcome = greatest == null ? Outcome.NOTHING : haveGivenUp(greatest, together);
    if (outcome == Outcome.NOTHING) {
      choiceLasts = 0;
      outcome = evictOwn();
    }
    while (outcome == Outcome.NOTHING) {
      Sharer other = Sharer.most(together.sharers(), this, 0);
      outcome = other == null ? Outcome.NOTHING : haveGivenUp(other, together);
      if (outcome == Outcome.NOTHING && (other == null || !other.exhausted())) {
        return evictShared();
      }
    }
    return outcome;
  }

  private @Nullable Sharer greatest(SharedQuota together, long own) {
    if (choiceLasts-- <= 0) {
      choiceLasts = KEYS_OF_A_CHOICE;
      chosen = Sharer.most(together.sharers(), this, own + own / 8 + unit.grain);
    }
    return chosen;
  }

  private Outcome haveGivenUp(Sharer other, SharedQuota together) {
    if (other instanceof EvictingAllotment near && near.keyspace.home() == keyspace.home()) {
      return near.evictOwn();
    }
    long excess = together.told() - allotment.told() + used.getAsLong() + wanted - together.most();
    if (excess > together.most() / 16 + unit.grain) {
      return Outcome.NOTHING;
    }
    allotment.tell(used.getAsLong());
    other.ask();
    return Outcome.ASKED;
  }

  private Outcome evictOwn() {
    Outcome outcome = eviction().evictOne();
    exhausted = outcome == Outcome.NOTHING;
    allotment.tell(used.getAsLong());
    return outcome;
  }

  private Outcome evictShared() {
    if (unit == Unit.KEYS || !(keyspace.routes() instanceof SharedRoutes routes)) {
      return Outcome.NOTHING;
    }
    KeyspaceQuota others = routes.holder().quota();
    Outcome outcome = others.eviction().evictOne();
    others.tell();
    return outcome;
  }

  @Override
  public void sliceEnded() {
    allotment.tell(used.getAsLong());
  }

  @Override
  public long has() {
    return allotment.told();
  }

  @Override
  public boolean exhausted() {
    return exhausted;
  }

  @Override
  public void ask() {
    if (!asked) {
      asked = true;
      boolean taken = false;
      try {
        keyspace.loop().execute(this::giveUpSoon);
        taken = true;
      } finally {
        if (!taken) {
          asked = false;
        }
      }
    }
  }

  private void giveUpSoon() {
    asked = false;
    making().soon();
  }
}
