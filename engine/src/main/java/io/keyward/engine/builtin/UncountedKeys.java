package io.keyward.engine.builtin;

import io.keyward.engine.Request;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.KeySpec.KeyFlag;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a command that do not count for the memory of the keyspace in which it is executed:
 * shared keys count where they are held, and pinned keys have a budget of their own.
 */
final class UncountedKeys {
  private final BuiltinKeyspace keyspace;
  private final Database database;
  private final @Nullable KeyRoutes routes;
  private boolean writes;
  private boolean writtenHaveRoom = true;
  private boolean reads;
  private boolean readHaveRoom = true;

  private UncountedKeys(BuiltinKeyspace keyspace, Request request) {
    this.keyspace = keyspace;
    database = keyspace.databases().at(request.client().database());
    routes = keyspace.routes();
  }

  /**
   * Whether a command may be executed although its keyspace is full: all keys that it may write to
   * are such ones, or all its keys if it writes to none, and there is room where they count.
   */
  static boolean suffice(BuiltinKeyspace keyspace, Request request, Command command) {
    if (keyspace.routes() == null && !keyspace.pins().any()) {
      return false;
    }
    UncountedKeys keys = new UncountedKeys(keyspace, request);
    IntFunction<Set<KeyFlag>> flags = command.keyFlags(request);
    command.keys(request, position -> keys.look(request, flags.apply(position), position));
    return keys.writes ? keys.writtenHaveRoom : keys.reads && keys.readHaveRoom;
  }

  private void look(Request request, Set<KeyFlag> flags, int position) {
    boolean room = hasRoom(request.bytes(), request.offset(position), request.length(position));
    if (flags.contains(KeyFlag.INSERT) || flags.contains(KeyFlag.UPDATE)) {
      writes = true;
      writtenHaveRoom &= room;
    } else {
      reads = true;
      readHaveRoom &= room;
    }
  }

  private boolean hasRoom(byte[] bytes, int offset, int length) {
    Database holder = routes == null ? database : routes.lead(database, bytes, offset, length);
    return holder == database
        ? keyspace.pins().hold(bytes, offset, length)
        : holder.keyspace().quota().makeRoom();
  }
}
