package io.keyward.gateway.command;

import static io.keyward.engine.command.CommandFlag.ADMIN;
import static io.keyward.engine.command.CommandFlag.ALLOW_BUSY;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
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
import io.keyward.engine.builtin.RunningScript;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.server.Shutdown.Saving;
import io.keyward.gateway.server.ShutdownAttempts.Wish;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SHUTDOWN. */
final class ShutdownCommand {
  private static final Logger log = LoggerFactory.getLogger(ShutdownCommand.class);
  private static final CommandException NOTHING_TO_ABORT =
      CommandException.error("No shutdown in progress.");
  private static final CommandException FAILED =
      CommandException.error("Errors trying to SHUTDOWN. Check logs.");

  private final Server server;

  ShutdownCommand(Server server) {
    this.server = server;
  }

  void declare(CommandTable table) {
    table.add(
        Command.named("shutdown", SERVER)
            .summary("Stops the server.")
            .complexity(
                "O(N) when saving, where N is the total number of keys in all databases when saving"
                    + " data, otherwise O(1)")
            .syntax("[NOSAVE | SAVE] [NOW] [FORCE] [ABORT]")
            .arity(-1)
            .flags(ADMIN, NOSCRIPT, LOADING, STALE, NO_MULTI, ALLOW_BUSY, SERVER_WIDE)
            .handler(this::shutdown));
  }

  private void shutdown(Request request, Reply reply) {
    Options options = options(request);
    if (options.abort()) {
      if (!server.shutdown().attempts().abort()) {
        throw NOTHING_TO_ABORT;
      }
      reply.ok();
      return;
    }
    RunningScript script = Database.of(request).keyspace().slices().script();
    if (script != null && options.wish().saving() != Saving.NEVER) {
      throw script.busy();
    }
    log.info("SHUTDOWN of client id={}", request.client().id());
    Aside.run(
        request,
        reply,
        () -> prepare(options.wish()),
        (ready, to) -> {
          if (!ready) {
            throw FAILED;
          }
          request.client().closing(true);
          server.shutdown().begin();
        });
  }

  private boolean prepare(Wish wish) {
    try {
      return server.shutdown().attempts().prepare(wish);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private record Options(Wish wish, boolean abort) {}

  private static Options options(Request request) {
    boolean save = false;
    boolean noSave = false;
    boolean abort = false;
    boolean now = false;
    boolean force = false;
    for (int i = 1; i < request.count(); i++) {
      if (request.is(i, "SAVE")) {
        save = true;
      } else if (request.is(i, "NOSAVE")) {
        noSave = true;
      } else if (request.is(i, "ABORT")) {
        abort = true;
      } else if (request.is(i, "NOW")) {
        now = true;
      } else if (request.is(i, "FORCE")) {
        force = true;
      } else {
        throw Errors.SYNTAX;
      }
    }
    if ((save && noSave) || (abort && (save || noSave || now || force))) {
      throw Errors.SYNTAX;
    }
    Saving saving = save ? Saving.ALWAYS : noSave ? Saving.NEVER : Saving.AT_SAVE_POINTS;
    return new Options(new Wish(saving, now, force), abort);
  }
}
