package io.keyward.engine.builtin.string;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.STRING;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;
import static io.keyward.engine.command.KeySpec.KeyFlag.VARIABLE_FLAGS;

import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;

/** GET, SET and their relatives. */
public final class StringCommands {
  private StringCommands() {}

  public static void declare(CommandTable table) {
    table.add(
        Command.named("get", STRING)
            .summary("Returns the string value of a key.")
            .complexity("O(1)")
            .syntax("key")
            .arity(2)
            .flags(READONLY, FAST)
            .key(1, RO, ACCESS)
            .handler(StringCommands::get));
    table.add(
        Command.named("set", STRING)
            .summary("Sets the string value of a key, ignoring its type.")
            .complexity("O(1)")
            .syntax(
                "key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds |"
                    + " PXAT unix-time-milliseconds | KEEPTTL]")
            .arity(-3)
            .flags(WRITE, DENYOOM)
            .key(1, RW, ACCESS, UPDATE, VARIABLE_FLAGS)
            .handler(StringCommands::set));
  }

  private static void get(Request request, Reply reply) {
    Entry entry = Database.of(request).read(request, 1, Type.STRING);
    if (entry == null) {
      reply.nothing();
    } else {
      StringValue.send(entry, reply);
    }
  }

  private static void set(Request request, Reply reply) {
    if (request.count() > 3) {
      throw Errors.SYNTAX;
    }
    Database database = Database.of(request);
    StringValue.set(database, database.write(request, 1), request, 1, 2, false);
    database.changed(request, 1, KeyspaceNotifications.STRING, "set");
    reply.ok();
  }
}
