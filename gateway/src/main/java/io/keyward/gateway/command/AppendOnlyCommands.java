package io.keyward.gateway.command;

import static io.keyward.engine.command.CommandFlag.ADMIN;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.NO_ASYNC_LOADING;
import static io.keyward.engine.command.CommandFlag.SERVER_WIDE;
import static io.keyward.engine.command.CommandGroup.SERVER;

import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.gateway.server.Server;

/** BGREWRITEAOF. */
final class AppendOnlyCommands {
  private static final CommandException IN_PROGRESS =
      CommandException.error("Background append only file rewriting already in progress");

  private final Server server;

  AppendOnlyCommands(Server server) {
    this.server = server;
  }

  void declare(CommandTable table) {
    table.add(
        Command.named("bgrewriteaof", SERVER)
            .summary("Writes the append-only file anew, in the background.")
            .complexity("O(1)")
            .arity(1)
            .flags(ADMIN, NOSCRIPT, NO_ASYNC_LOADING, SERVER_WIDE)
            .handler(this::rewrite));
  }

  private void rewrite(Request request, Reply reply) {
    if (!server.durability().appendOnly().rewrite()) {
      throw IN_PROGRESS;
    }
    reply.simple("Background append only file rewriting started");
  }
}
