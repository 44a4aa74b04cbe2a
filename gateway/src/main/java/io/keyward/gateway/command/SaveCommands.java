package io.keyward.gateway.command;

import static io.keyward.engine.command.CommandFlag.ADMIN;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.NO_ASYNC_LOADING;
import static io.keyward.engine.command.CommandFlag.NO_MULTI;
import static io.keyward.engine.command.CommandFlag.SERVER_WIDE;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandGroup.SERVER;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Aside;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.persistence.Occasion;
import io.keyward.engine.builtin.persistence.Snapshots;
import io.keyward.engine.command.Category;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.gateway.server.Server;

/** SAVE, BGSAVE and LASTSAVE: snapshots of all data on disk. */
final class SaveCommands {
  private static final CommandException IN_PROGRESS =
      CommandException.error("Background save already in progress");
  private static final CommandException OTHER_IN_PROGRESS =
      CommandException.error(
          "Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in"
              + " order to schedule a BGSAVE whenever possible.");

  private final Server server;

  SaveCommands(Server server) {
    this.server = server;
  }

  void declare(CommandTable table) {
    table.add(
        Command.named("save", SERVER)
            .summary("Saves all data and answers when that is done; other clients are served.")
            .complexity("O(N) where N is the total number of keys in all databases")
            .arity(1)
            .flags(ADMIN, NOSCRIPT, NO_ASYNC_LOADING, NO_MULTI, SERVER_WIDE)
            .handler(this::save));
    table.add(
        Command.named("bgsave", SERVER)
            .summary("Begins to save all data.")
            .complexity("O(1)")
            .syntax("[SCHEDULE]")
            .arity(-1)
            .flags(ADMIN, NOSCRIPT, NO_ASYNC_LOADING, SERVER_WIDE)
            .handler(this::beginSave));
    table.add(
        Command.named("lastsave", SERVER)
            .summary("Returns when data was last saved, or when the server started.")
            .complexity("O(1)")
            .arity(1)
            .flags(LOADING, STALE, FAST, SERVER_WIDE)
            .categories(Category.ADMIN, Category.DANGEROUS)
            .tips("nondeterministic_output")
            .handler((request, reply) -> reply.integer(server.snapshots().history().lastSave())));
  }

  private void save(Request request, Reply reply) {
    Snapshots snapshots = server.snapshots();
    Aside.run(
        request,
        reply,
        () -> {
          try {
            String failure = snapshots.save();
            return failure == null ? null : CommandException.error(failure);
          } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return CommandException.error("interrupted");
          }
        });
  }

  private void beginSave(Request request, Reply reply) {
    Snapshots snapshots = server.snapshots();
    if (request.count() > 2 || (request.count() == 2 && !request.is(1, "SCHEDULE"))) {
      throw Errors.SYNTAX;
    }
    if (snapshots.inProgress()) {
      throw IN_PROGRESS;
    }
    boolean inTransaction = !Database.of(request).keyspace().mayBlock(request.client());
    if (!inTransaction && snapshots.begin(Occasion.BACKGROUND, failure -> {})) {
      reply.simple("Background saving started");
      return;
    }
    if (!inTransaction && request.count() == 1) {
      throw OTHER_IN_PROGRESS;
    }
    snapshots.schedule();
    reply.simple("Background saving scheduled");
  }
}
