package io.keyward.gateway.command;

import static io.keyward.engine.command.CommandFlag.ADMIN;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.NO_ASYNC_LOADING;
import static io.keyward.engine.command.CommandFlag.SERVER_WIDE;
import static io.keyward.engine.command.CommandGroup.SERVER;

import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.appendonly.AppendOnlyLog;
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
    AppendOnlyLog log = server.durability().appendOnly();
    if (log.status().rewriting()) {
      throw IN_PROGRESS;
    }
    boolean begun = log.rewrite();
    boolean inTransaction = !Database.of(request).keyspace().mayBlock(request.client());
    boolean scheduled = !begun || inTransaction || server.snapshots().inProgress();
    reply.simple("Background append only file rewriting " + (scheduled ? "scheduled" : "started"));
  }
}
