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
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.RunningScript;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.server.Shutdown.Saving;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SHUTDOWN. */
final class ShutdownCommand {
  private static final Logger log = LoggerFactory.getLogger(ShutdownCommand.class);
  private static final CommandException NOTHING_TO_ABORT =
      CommandException.error("No shutdown in progress.");
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
    boolean save = false;
    boolean noSave = false;
    boolean abort = false;
    for (int i = 1; i < request.count(); i++) {
      if (request.is(i, "SAVE")) {
        save = true;
      } else if (request.is(i, "NOSAVE")) {
        noSave = true;
      } else if (request.is(i, "ABORT")) {
        abort = true;
      } else if (!request.is(i, "NOW") && !request.is(i, "FORCE")) {
        throw Errors.SYNTAX;
      }
    }
    if ((save && noSave) || (abort && request.count() > 2)) {
      throw Errors.SYNTAX;
    }
    if (abort) {
      throw NOTHING_TO_ABORT;
    }
    RunningScript script = Database.of(request).keyspace().slices().script();
    if (script != null && !noSave) {
      throw script.busy();
    }
    log.info("Stopping on SHUTDOWN of client id={}", request.client().id());
    request.client().closing(true);
    server.shutdown().begin(save ? Saving.ALWAYS : noSave ? Saving.NEVER : Saving.AT_SAVE_POINTS);
  }
}
