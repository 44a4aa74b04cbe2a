package io.keyward.engine.builtin;

import io.keyward.config.tenant.Limit;
import io.keyward.engine.SharedQuota;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that a keyspace may take, by itself and together with others; its pinned keys have a
 * budget of their own ({@link Pins}).
 */
final class KeyspaceQuota {
  private final BuiltinKeyspace keyspace;
  private final Allotment bytes = new Allotment();
  private @Nullable Eviction eviction;

  KeyspaceQuota(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
  }

  /** Sets the limits; {@link Long#MAX_VALUE} and null are none. */
  void limit(long mostBytes, @Nullable SharedQuota together) {
    bytes.limit(mostBytes, together, used());
  }

  /** Bytes that are neither pinned nor being written to pinned keys. */
  private long used() {
    return Math.max(0, keyspace.usedBytes() - keyspace.pins().bytes());
  }

  /** The least of the limits, 0 if there is none. */
  long most() {
    long least = bytes.most();
    return least == Long.MAX_VALUE ? 0 : least;
  }

  /** Tells the others what this keyspace takes. */
  void tell() {
    bytes.tell(used());
  }

  /** Takes nothing any more, since the keyspace is dropped. */
  void leave() {
    bytes.leave();
  }

  boolean exceeded() {
    return bytes.exceededBy(used());
  }

  /**
   * Evicts keys of this keyspace until it is within its limits.
   *
   * @return false if it is not, and nothing may go
   */
  boolean makeRoom() {
    while (exceeded()) {
      if (!keyspace.home().freeing().some() && !evictOne()) {
        return fits();
      }
    }
    return true;
  }

  private boolean fits() {
    boolean fits = !exceeded();
    Limits limits = keyspace.limits();
    if (!fits && limits != null) {
      limits.count(Limit.MEMORY);
    }
    return fits;
  }

  private boolean evictOne() {
    return evictOwn() || (!bytes.exceedsOwn(used()) && evictShared());
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

  /**
   * Evicts a key of this keyspace itself, as {@code maxmemory-policy} says.
   *
   * @return false if none may go
   */
  boolean evictOwn() {
    Eviction own = eviction;
    if (own == null) {
      own = new Eviction(keyspace.home(), List.of(keyspace));
      eviction = own;
    }
    return own.evictOne();
  }
}
