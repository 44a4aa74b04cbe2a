package io.keyward.engine.builtin;

import io.keyward.config.tenant.Limit;
import io.keyward.engine.Request;
import io.keyward.engine.SharedQuota;
import io.keyward.engine.command.Command;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that a keyspace may take, by itself and together with others; its pinned keys have a
 * budget of their own ({@link Pins}).
 */
final class KeyspaceQuota {
  private final BuiltinKeyspace keyspace;
  private final EvictingAllotment bytes;
  private @Nullable Eviction eviction;

  KeyspaceQuota(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
    bytes = new EvictingAllotment(keyspace, EvictingAllotment.Unit.BYTES, this::used);
  }

  /** Sets the limits; {@link Long#MAX_VALUE} and null are none. */
  void limit(long mostBytes, @Nullable SharedQuota together) {
    bytes.limit(mostBytes, together);
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
    bytes.tell();
  }

  /** Tells them if there is a limit for all together. */
  void tellAtOnce() {
    bytes.tellAtOnce();
  }

  /** Takes nothing any more, since the keyspace is dropped. */
  void leave() {
    bytes.leave();
  }

  boolean exceeded() {
    return bytes.exceededBy(used());
  }

  /**
   * Evicts keys until the keyspace is within its limits.
   *
   * @return false if it is not, and nothing may go
   */
  boolean makeRoom() {
    return evicted() || refused();
  }

  /**
   * Evicts keys until the keyspace is within its limits.
   *
   * @return false if it is not, nothing may go, and the command may add to what is in it
   */
  boolean makeRoomFor(Request request, Command command) {
    return evicted() || UncountedKeys.suffice(keyspace, request, command) || refused();
  }

  private boolean evicted() {
    return !exceeded() || bytes.makeRoom(0);
  }

  private boolean refused() {
    Limits limits = keyspace.limits();
    if (limits != null) {
      limits.count(Limit.MEMORY);
    }
    return false;
  }

  /** Evicts keys of this keyspace alone. */
  Eviction eviction() {
    Eviction own = eviction;
    if (own == null) {
      own = new Eviction(keyspace.home(), List.of(keyspace));
      eviction = own;
    }
    return own;
  }
}
