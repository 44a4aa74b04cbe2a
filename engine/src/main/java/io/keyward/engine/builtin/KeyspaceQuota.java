package io.keyward.engine.builtin;

import io.keyward.engine.SharedQuota;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bytes that a keyspace may take, by itself and together with others. */
final class KeyspaceQuota {
  private final BuiltinKeyspace keyspace;
  private long most = Long.MAX_VALUE;
  private @Nullable SharedQuota shared;
  private long told;
  private @Nullable Eviction eviction;

  KeyspaceQuota(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
  }

  /** Sets the limits; {@link Long#MAX_VALUE} and null are none. */
  void limit(long mostBytes, @Nullable SharedQuota together) {
    leave();
    most = mostBytes;
    shared = together;
    tell();
  }

  /** The least of the limits, 0 if there is none. */
  long most() {
    SharedQuota together = shared;
    long least = together == null ? most : Math.min(most, together.most());
    return least == Long.MAX_VALUE ? 0 : least;
  }

  /** Tells the others what this keyspace takes. */
  void tell() {
    SharedQuota together = shared;
    long used = keyspace.usedBytes();
    if (together != null && used != told) {
      together.tell(used - told);
      told = used;
    }
  }

  /** Takes nothing any more, since the keyspace is dropped. */
  void leave() {
    SharedQuota together = shared;
    if (together != null) {
      together.tell(-told);
      told = 0;
      shared = null;
    }
  }

  boolean exceeded() {
    long used = keyspace.usedBytes();
    SharedQuota together = shared;
    return used > most || (together != null && together.told() - told + used > together.most());
  }

  /**
   * Evicts keys of this keyspace until it is within its limits.
   *
   * @return false if it is not, and nothing may go
   */
  boolean makeRoom() {
    while (exceeded()) {
      if (!keyspace.home().freeSome() && !evictOne()) {
        return !exceeded();
      }
    }
    return true;
  }

  private boolean evictOne() {
    return evictOwn() || (keyspace.usedBytes() <= most && evictShared());
  }

  /** Keys that several keyspaces see go last, and only for the limit of all of them. */
  private boolean evictShared() {
    if (!(keyspace.routes() instanceof SharedRoutes routes)) {
      return false;
    }
    KeyspaceQuota others = routes.holder().quota();
    boolean evicted = others.evictOwn();
    others.tell();
    return evicted;
  }

  private boolean evictOwn() {
    Eviction own = eviction;
    if (own == null) {
      own = new Eviction(keyspace.home(), List.of(keyspace));
      eviction = own;
    }
    return own.evictOne();
  }
}
