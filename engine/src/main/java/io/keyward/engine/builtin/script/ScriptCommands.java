package io.keyward.engine.builtin.script;

import static io.keyward.engine.command.CommandFlag.ALLOW_BUSY;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandGroup.SCRIPTING;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.RunningScript;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.Reach;

/** SCRIPT with its subcommands, and all other commands on scripts. */
public final class ScriptCommands {
  private static final CommandException NOT_BUSY =
      new CommandException("NOTBUSY No scripts in execution right now.");
  private static final CommandException FLUSH_OPTION =
      CommandException.error("SCRIPT FLUSH only support SYNC|ASYNC option");

  private ScriptCommands() {}

  public static void declare(CommandTable table) {
    EvalCommands.declare(table);
    FunctionCalls.declare(table);
    FunctionCommands.declare(table);
    table.add(
        Command.named("script", SCRIPTING)
            .since("2.6.0")
            .summary("Looks after the scripts that are known by digest.")
            .complexity("Depends on subcommand.")
            .arity(-2)
            .subcommand(
                Command.named("exists", SCRIPTING)
                    .since("2.6.0")
                    .summary("Tells which digests belong to known scripts.")
                    .complexity(
                        "O(N) with N being the number of scripts to check (so checking a single"
                            + " script is an O(1) operation).")
                    .syntax("sha1 [sha1 ...]")
                    .arity(-3)
                    .flags(NOSCRIPT)
                    .tips("request_policy:all_shards", "response_policy:agg_logical_and")
                    .handler(ScriptCommands::exists))
            .subcommand(
                Command.named("flush", SCRIPTING)
                    .since("2.6.0")
                    .summary("Forgets every script of this keyspace.")
                    .complexity("O(N) with N being the number of scripts in cache")
                    .syntax("[ASYNC | SYNC]")
                    .arity(-2)
                    .flags(NOSCRIPT)
                    .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                    .reach(Reach.EVERYWHERE)
                    .handler(ScriptCommands::flush))
            .subcommand(
                Command.named("kill", SCRIPTING)
                    .differs("Is heard at once, not only after busy-reply-threshold.")
                    .since("2.6.0")
                    .summary("Ends the running script, unless it has written.")
                    .complexity("O(1)")
                    .arity(2)
                    .flags(NOSCRIPT, ALLOW_BUSY)
                    .tips("request_policy:all_shards", "response_policy:one_succeeded")
                    .handler(ScriptCommands::kill))
            .subcommand(
                Command.named("load", SCRIPTING)
                    .since("2.6.0")
                    .summary("Reads a script and keeps it under its digest.")
                    .complexity("O(N) with N being the length in bytes of the script body.")
                    .syntax("script")
                    .arity(3)
                    .flags(NOSCRIPT, STALE)
                    .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                    .reach(Reach.EVERYWHERE)
                    .runsInSlices()
                    .handler(ScriptCommands::load))
            .withHelp("5.0.0"));
  }

  private static void exists(Request request, Reply reply) {
    ScriptCache cache = KeyspaceScripts.of(request).cache();
    reply.array(request.count() - 2L);
    for (int i = 2; i < request.count(); i++) {
      Slices.step(request);
      reply.integer(cache.byDigest(request.bytes(), request.offset(i), request.length(i)) != null);
    }
  }

  private static void flush(Request request, Reply reply) {
    if (request.count() > 3
        || (request.count() == 3 && !request.is(2, "SYNC") && !request.is(2, "ASYNC"))) {
      throw FLUSH_OPTION;
    }
    KeyspaceScripts.of(request).flush();
    reply.ok();
  }

  private static void kill(Request request, Reply reply) {
    end(request, reply, false);
  }

  /** Ends the script or function that is running. */
  static void end(Request request, Reply reply, boolean function) {
    RunningScript running = Database.of(request).keyspace().slices().script();
    if (running == null) {
      throw NOT_BUSY;
    }
    running.kill(function);
    reply.ok();
  }

  private static void load(Request request, Reply reply) {
    KeyspaceScripts scripts = KeyspaceScripts.of(request);
    Script loaded = scripts.load(request, 2);
    if (scripts.cache().count() == 0) {
      // It is more than all scripts may take, so that it could never be called.
      throw Errors.NO_MEMORY;
    }
    reply.bulk(loaded.digest());
  }
}
