package io.keyward.engine.builtin.generic;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.MAY_MAKE_KEY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.GENERIC;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.DELETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.INSERT;
import static io.keyward.engine.command.KeySpec.KeyFlag.OW;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Relocation;
import io.keyward.engine.builtin.SeenKeys;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;

/** RENAME, COPY and MOVE: a value under another name. */
final class NameCommands {
  private static final CommandException SAME_OBJECT =
      CommandException.error("source and destination objects are the same");

  private NameCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("rename", GENERIC)
            .summary("Renames a key, and takes the place of one of the new name.")
            .complexity("O(1)")
            .syntax("key newkey")
            .arity(3)
            .flags(WRITE, MAY_MAKE_KEY)
            .key(1, RW, ACCESS, DELETE)
            .key(2, OW, UPDATE)
            .handler((request, reply) -> rename(request, reply, false)));
    table.add(
        Command.named("renamenx", GENERIC)
            .summary("Renames a key if there is none of the new name.")
            .complexity("O(1)")
            .syntax("key newkey")
            .arity(3)
            .flags(WRITE, FAST, MAY_MAKE_KEY)
            .key(1, RW, ACCESS, DELETE)
            .key(2, OW, INSERT)
            .handler((request, reply) -> rename(request, reply, true)));
    table.add(
        Command.named("copy", GENERIC)
            .since("6.2.0")
            .summary("Copies the value of a key to a new key.")
            .complexity("O(N) with N elements of a collection, O(1) for strings")
            .syntax("source destination [DB destination-db] [REPLACE]")
            .arity(-3)
            .flags(WRITE, DENYOOM)
            .key(1, RO, ACCESS)
            .key(2, OW, UPDATE)
            .handler(NameCommands::copy));
    table.add(
        Command.named("move", GENERIC)
            .summary("Moves a key to another database.")
            .complexity("O(1)")
            .syntax("key db")
            .arity(3)
            .flags(WRITE, FAST)
            .key(1, RW, ACCESS, UPDATE)
            .handler(NameCommands::move));
  }

  private static void rename(Request request, Reply reply, boolean onlyIfAbsent) {
    Database database = Database.of(request);
    Entry source = database.write(request, 1);
    if (source == null) {
      throw Errors.NO_SUCH_KEY;
    }
    if (SeenKeys.same(database, request, 1, 2)) {
      reply(reply, onlyIfAbsent, false);
      return;
    }
    Entry target = database.write(request, 2, database.newView());
    if (target != null && onlyIfAbsent) {
      reply.integer(0);
      return;
    }
    Relocation.rename(
        source, database, request.bytes(), request.offset(2), request.length(2), target);
    database.changed(request, 1, KeyspaceNotifications.GENERIC, "rename_from");
    database.alsoChanged(request, 2, KeyspaceNotifications.GENERIC, "rename_to");
    reply(reply, onlyIfAbsent, true);
  }

  private static void reply(Reply reply, boolean asInteger, boolean renamed) {
    if (asInteger) {
      reply.integer(renamed);
    } else {
      reply.ok();
    }
  }

  private static void copy(Request request, Reply reply) {
    Database database = Database.of(request);
    Database target = database;
    boolean replace = false;
    for (int at = 3; at < request.count(); at++) {
      if (request.is(at, "REPLACE")) {
        replace = true;
      } else if (request.is(at, "DB") && at + 1 < request.count()) {
        target = database(request, ++at, Errors.NOT_AN_INTEGER);
        if (target != database && database.keyspace().slotRules() != null) {
          throw CommandException.error(
              "Copying to another database is not allowed in cluster mode");
        }
      } else {
        throw Errors.SYNTAX;
      }
    }
    if (target == database && SeenKeys.same(database, request, 1, 2)) {
      throw SAME_OBJECT;
    }
    Entry source = database.read(request, 1);
    if (source == null) {
      reply.integer(0);
      return;
    }
    Entry present = target.write(request, 2, target.newView());
    if (present != null && !replace) {
      reply.integer(0);
      return;
    }
    Relocation.copy(source, target, request.bytes(), request.offset(2), request.length(2), present);
    target.changed(request, 2, KeyspaceNotifications.GENERIC, "copy_to");
    if (target != database) {
      database.keyspace().effects().copied(request, 2, target.number());
    }
    reply.integer(1);
  }

  private static Database database(Request request, int argument, CommandException notAnInteger) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    long number = request.integer(argument, notAnInteger);
    if (number != (int) number) {
      throw Errors.notBetween(Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    return keyspace.databases().at(keyspace.databases().checked(number));
  }

  private static void move(Request request, Reply reply) {
    Database database = Database.of(request);
    if (database.keyspace().slotRules() != null) {
      throw CommandException.error("MOVE is not allowed in cluster mode");
    }
    Database target = database(request, 2, Errors.NOT_AN_INTEGER);
    if (target == database) {
      throw SAME_OBJECT;
    }
    Entry source = database.write(request, 1);
    if (source == null || target.write(request, 1, target.newView()) != null) {
      reply.integer(0);
      return;
    }
    Relocation.rename(source, target, request.bytes(), request.offset(1), request.length(1), null);
    database.changed(request, 1, KeyspaceNotifications.GENERIC, "move_from");
    target.alsoChanged(request, 1, KeyspaceNotifications.GENERIC, "move_to");
    reply.integer(1);
  }
}
