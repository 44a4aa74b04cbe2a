package io.keyward.engine.builtin.server;

import static io.keyward.engine.command.CommandFlag.ADMIN;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandGroup.SERVER;

import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Overview;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;

/** MONITOR: the keyspace's commands as they are executed. */
final class MonitorCommand {
  private static final CommandException NOT_HERE =
      CommandException.error("MONITOR isn't allowed for DENY BLOCKING client");

  private MonitorCommand() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("monitor", SERVER)
            .differs("Falls under the pubsub output limit.")
            .summary("Sends every command of the keyspace to this client, as it is executed.")
            .arity(1)
            .flags(ADMIN, NOSCRIPT, LOADING, STALE)
            .handler(MonitorCommand::monitor));
  }

  /** A client that monitors already gets no further reply, as from Redis. */
  private static void monitor(Request request, Reply reply) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    if (!keyspace.mayBlock(request.client())) {
      throw NOT_HERE;
    }
    Overview overview = Overview.of(keyspace);
    if (overview != null) {
      overview.monitor(request, reply);
    } else if (keyspace.observation().monitors().add(request.client(), "")) {
      reply.ok();
    }
  }
}
