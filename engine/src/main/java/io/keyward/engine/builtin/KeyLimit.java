package io.keyward.engine.builtin;

import io.keyward.engine.Request;
import io.keyward.engine.SharedQuota;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandFlag;
import io.keyward.engine.command.KeySpec.KeyFlag;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
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

  /** Tells them if there is a limit for all together. */
  void tellAtOnce() {
    keys.tellAtOnce();
  }

  void leave() {
    keys.leave();
  }

  /** Whether the keys fit that a command may make. */
  boolean fits(Request request, Command command) {
    if (keys.fits(request.count())) {
      return true;
    }
    Named named = named(request, command);
    return named.nothingToRead(command) || makeRoom(named.made().size());
  }

  /** Whether the keys fit that commands may make which are executed together. */
  boolean fits(List<Request> requests) {
    Set<Key> all = new HashSet<>();
    for (Request request : requests) {
      if (request.command().mayMakeKeys()) {
        all.addAll(named(request, request.command()).made());
      }
    }
    return makeRoom(all.size());
  }

  private boolean makeRoom(int more) {
    return more == 0 || keys.fits(more) || (more <= keys.most() && keys.makeRoom(more));
  }

  private Named named(Request request, Command command) {
    Database database = keyspace.databases().at(request.client().database());
    KeyRoutes routes = keyspace.routes();
    Named named = new Named();
    IntFunction<Set<KeyFlag>> flags = command.keyFlags(request);
    command.keys(
        request,
        position -> {
          byte[] bytes = request.bytes();
          int from = request.offset(position);
          int length = request.length(position);
          if (routes != null && routes.lead(database, bytes, from, length) != database) {
            named.elsewhere = true;
            return;
          }
          boolean there =
              database.find(bytes, from, length, request.now(), database.newView()) != null;
          named.add(flags.apply(position), there ? null : Key.copyOf(bytes, from, length));
        });
    return named;
  }

  /** What the keys that a command names tell of those that it may make. */
  private static final class Named {
    private final Set<Key> absentTargets = new HashSet<>();

    /** Whether a key may be in another keyspace, of which nothing is known here. */
    private boolean elsewhere;

    private boolean deletes;
    private boolean overwrites;
    private boolean readsOthers;
    private boolean somethingToRead;
    private boolean readsTarget;

    void add(Set<KeyFlag> flags, @Nullable Key absent) {
      deletes |= flags.contains(KeyFlag.DELETE);
      overwrites |= flags.contains(KeyFlag.OW);
      if (!flags.contains(KeyFlag.INSERT) && !flags.contains(KeyFlag.UPDATE)) {
        readsOthers = true;
        somethingToRead |= absent == null;
        return;
      }
      readsTarget |= flags.contains(KeyFlag.ACCESS);
      if (absent != null) {
        absentTargets.add(absent);
      }
    }

    /**
     * The keys of this keyspace that the command may write to and that are not there. One that only
     * takes another name within the keyspace is none more.
     */
    Set<Key> made() {
      return deletes && overwrites ? Set.of() : absentTargets;
    }

    /** Whether the command would make something of other keys alone, of which none is there. */
    boolean nothingToRead(Command command) {
      return readsOthers
          && !somethingToRead
          && !readsTarget
          && !elsewhere
          && !command.has(CommandFlag.BLOCKING);
    }
  }
}
