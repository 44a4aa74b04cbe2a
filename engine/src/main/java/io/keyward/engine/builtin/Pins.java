package io.keyward.engine.builtin;

import io.keyward.config.Namespaces;
import io.keyward.config.tenant.Limit;
import io.keyward.engine.KeyspaceLimits;
import io.keyward.engine.SharedLimits;
import io.keyward.engine.builtin.memory.MemoryAccount;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which keys of a keyspace stay in memory alone, and the budget that is theirs: they are not
 * evicted for other keys, and other keys are not evicted for them.
 */
public final class Pins implements RoomMaking.Limited {
  private final BuiltinKeyspace keyspace;
  private final MemoryAccount account;
  private final Allotment budget = new Allotment();
  private Namespaces namespaces = Namespaces.NONE;
  private boolean any;
  private boolean used;
  private boolean open;
  private int keys;
  private boolean listed;
  private @Nullable PinnedEviction eviction;
  private @Nullable RoomMaking making;
  private @Nullable PinChange change;

  Pins(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
    account = new MemoryAccount(keyspace.home().memory().pinnedAccount());
  }

  /** Pins the keys of these namespaces, and no others any more. */
  public void set(Namespaces pinned, KeyspaceLimits limits) {
    boolean changed = !pinned.names().equals(namespaces.names());
    namespaces = pinned;
    any = !pinned.names().isEmpty();
    SharedLimits together = limits.together();
    budget.limit(
        limits.of(Limit.PINNED_MEMORY),
        together == null ? null : together.quota(Limit.PINNED_MEMORY),
        account.bytes());
    if (any) {
      used = true;
      keyspace.home().guard().pins();
    }
    if (changed && keyspace.databases().keys() > 0) {
      used = true;
      change = new PinChange(keyspace);
    }
  }

  /** Whether any namespace is pinned. */
  public boolean any() {
    return any;
  }

  /** The names of the namespaces that are pinned. */
  List<String> namespaces() {
    return namespaces.names();
  }

  /** Whether a key is to be pinned. */
  public boolean hold(Entry entry) {
    return hold(entry.bytes(), entry.keyOffset(), entry.keyLength());
  }

  /** Whether a key is to be pinned. */
  public boolean hold(byte[] key, int offset, int length) {
    return any && namespaces.contain(key, offset, length);
  }

  /** The number of pinned keys. */
  public int keys() {
    return keys;
  }

  /** Bytes that pinned keys take with their values, as they were before a command in the middle. */
  public long bytes() {
    settle();
    return account.bytes();
  }

  /** The most that they may take by a limit of the keyspace's own; 0 = no such limit. */
  public long most() {
    long most = budget.most();
    return most == Long.MAX_VALUE ? 0 : most;
  }

  void count(int moreKeys, long moreBytes) {
    keys += moreKeys;
    account.add(moreBytes);
  }

  /** Says that a pinned key is being changed, and will have to be measured. */
  void opened() {
    open = true;
    if (!listed) {
      listed = true;
      keyspace.home().memory().toSettle(this);
    }
  }

  /** As {@link #settle}, for the home, on whose list these stand until it is done. */
  boolean settleForHome() {
    listed = !settle();
    return !listed;
  }

  /**
   * Measures what has been changed, unless a command is in the middle of it.
   *
   * @return whether nothing is left to be measured
   */
  private boolean settle() {
    if (open && !keyspace.slices().busy()) {
      open = false;
      keyspace
          .databases()
          .forEach(
              database -> {
                PinnedKeys pinned = database.pinnedIfAny();
                if (pinned != null) {
                  pinned.settle();
                }
              });
    }
    return !open;
  }

  /** Evicts pinned keys until they are within the budget, what is much in slices. */
  void makeRoom() {
    if (!used || !exceeded()) {
      return;
    }
    RoomMaking present = making;
    if (present == null) {
      present = new RoomMaking(keyspace.home(), this);
      making = present;
    }
    present.now();
  }

  @Override
  public boolean exceeded() {
    settle();
    return budget.exceededBy(account.bytes());
  }

  @Override
  public boolean urgent() {
    return false;
  }

  @Override
  public RoomMaking.Outcome giveUp() {
    return evictOne() ? RoomMaking.Outcome.GONE : RoomMaking.Outcome.NOTHING;
  }

  /**
   * Evicts the pinned key that is asked for least.
   *
   * @return false if none may go
   */
  boolean evictOne() {
    PinnedEviction own = eviction;
    if (own == null) {
      own = new PinnedEviction(keyspace);
      eviction = own;
    }
    return own.evictOne();
  }

  /** Tells the others with whom the budget is shared what the keys take. */
  void tell() {
    if (used) {
      budget.tell(bytes());
    }
  }

  /** Tells them if there is a budget for all together. */
  void tellAtOnce() {
    if (used && budget.isLimitedTogether()) {
      budget.tell(bytes());
    }
  }

  /** Takes nothing any more, since the keyspace is dropped. */
  void leave() {
    budget.leave();
  }

  /** Goes on with a change of what is pinned until {@code deadline}, if there is one. */
  void step(long deadline) {
    PinChange present = change;
    if (present != null && present.step(deadline)) {
      change = null;
    }
  }
}
