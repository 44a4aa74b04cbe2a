package io.keyward.engine.builtin.server;

import static io.keyward.engine.command.CommandFlag.ADMIN;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.NO_ASYNC_LOADING;
import static io.keyward.engine.command.CommandFlag.PROTECTED;
import static io.keyward.engine.command.CommandGroup.SERVER;

import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;

/** MODULE: there are none, and none can be loaded. */
final class ModuleCommands {
  private static final CommandException NOT_LOADED =
      CommandException.error(
          "Error loading the extension. Modules are native code for the process of Redis, which"
              + " the gateway is not");
  private static final CommandException NO_SUCH_MODULE =
      CommandException.error("Error unloading module: no such module with that name");

  private ModuleCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("module", SERVER)
            .since("4.0.0")
            .summary("Tells of modules, which the gateway does not load.")
            .complexity("Depends on subcommand.")
            .arity(-2)
            .subcommand(
                Command.named("list", SERVER)
                    .since("4.0.0")
                    .summary("Lists the loaded modules: none.")
                    .complexity("O(N) where N is the number of loaded modules.")
                    .arity(2)
                    .flags(ADMIN, NOSCRIPT)
                    .tips("nondeterministic_output_order")
                    .handler((request, reply) -> reply.array(0)))
            .subcommand(
                refused("load", -3, NOT_LOADED).since("4.0.0").syntax("path [arg [arg ...]]"))
            .subcommand(
                refused("loadex", -3, NOT_LOADED)
                    .since("7.0.0")
                    .syntax(
                        "path [CONFIG name value [CONFIG name value ...]] [ARGS args [args ...]]"))
            .subcommand(refused("unload", 3, NO_SUCH_MODULE).since("4.0.0").syntax("name"))
            .withHelp("5.0.0"));
  }

  private static CommandBuilder refused(String name, int arity, CommandException reason) {
    return Command.named(name, SERVER)
        .differs("Refused: there are no modules.")
        .summary("Is refused: the gateway loads no modules.")
        .complexity("O(1)")
        .arity(arity)
        .flags(NO_ASYNC_LOADING, ADMIN, NOSCRIPT, PROTECTED)
        .handler((Request request, Reply reply) -> fail(reason));
  }

  private static void fail(CommandException reason) {
    throw reason;
  }
}
