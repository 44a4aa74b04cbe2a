package io.keyward.engine.builtin;

import io.keyward.engine.Request;
import io.keyward.engine.SharedQuota;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.KeySpec.KeyFlag;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How many keys a keyspace may have, by itself and together with others.
 *
 * <p>Near the limit, the keys that a command may write to are looked up: as many as are not there
 * have to fit. Keys are evicted for them as {@code maxmemory-policy} says, or else the command is
 * refused. A command that makes no new key goes on, also where there are more than a limit allows
 * that was made smaller.
 */
final class KeyLimit {
  private final BuiltinKeyspace keyspace;
  private final EvictingAllotment keys;

  KeyLimit(BuiltinKeyspace keyspace, long own, @Nullable SharedQuota together) {
    this.keyspace = keyspace;
    keys =
        new EvictingAllotment(
            keyspace, EvictingAllotment.Unit.KEYS, () -> keyspace.databases().keys());
    keys.limit(own, together);
  }

  /** Tells the others how many keys this keyspace has. */
  void tell() {
    keys.tell();
  }

  void leave() {
    keys.leave();
  }

  /** Whether the keys fit that a command may make. */
  boolean fits(Request request, Command command) {
    return keys.fits(request.count()) || makeRoom(made(request, command).size());
  }

  /** Whether the keys fit that commands may make which are executed together. */
  boolean fits(List<Request> requests) {
    Set<Key> all = new HashSet<>();
    for (Request request : requests) {
      if (request.command().mayMakeKeys()) {
        all.addAll(made(request, request.command()));
      }
    }
    return makeRoom(all.size());
  }

  private boolean makeRoom(int more) {
    return more == 0 || keys.fits(more) || (more <= keys.most() && keys.makeRoom(more));
  }

  /**
   * The keys of this keyspace that a command may write to and that are not there. One that only
   * takes another name within the keyspace is none more.
   */
  private Set<Key> made(Request request, Command command) {
    Database database = keyspace.databases().at(request.client().database());
    KeyRoutes routes = keyspace.routes();
    Set<Key> made = new HashSet<>();
    boolean[] moves = new boolean[2];
    command.keys(
        request,
        position -> {
          byte[] bytes = request.bytes();
          int from = request.offset(position);
          int length = request.length(position);
          if (routes != null && routes.lead(database, bytes, from, length) != database) {
            return;
          }
          Set<KeyFlag> flags = command.keyFlags(request, position);
          moves[0] |= flags.contains(KeyFlag.DELETE);
          moves[1] |= flags.contains(KeyFlag.OW);
          boolean writes = flags.contains(KeyFlag.INSERT) || flags.contains(KeyFlag.UPDATE);
          if (writes
              && database.find(bytes, from, length, request.now(), database.newView()) == null) {
            made.add(Key.copyOf(bytes, from, length));
          }
        });
    return moves[0] && moves[1] ? Set.of() : made;
  }
}
