package io.keyward.engine.builtin.script;

import static io.keyward.engine.command.CommandFlag.MAY_REPLICATE;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.NO_MANDATORY_KEYS;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.SKIP_MONITOR;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandGroup.SCRIPTING;

import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.KeySpec;
import io.keyward.engine.command.KeySpec.KeyFlag;

/** FCALL and FCALL_RO. */
final class FunctionCalls {
  private static final CommandException UNKNOWN = CommandException.error("Function not found");
  private static final CommandException BAD_KEYS =
      CommandException.error("Bad number of keys provided");

  private FunctionCalls() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("fcall", SCRIPTING)
            .differs(EvalCommands.DIFFERENCE)
            .since("7.0.0")
            .summary("Calls a function.")
            .complexity("Depends on the function that is executed.")
            .syntax("function numkeys [key [key ...]] [arg [arg ...]]")
            .arity(-3)
            .flags(NOSCRIPT, SKIP_MONITOR, MAY_REPLICATE, NO_MANDATORY_KEYS, STALE)
            .keys(
                EvalCommands.noted(
                    "We cannot tell how the keys will be used so we assume the worst, RW and"
                        + " UPDATE",
                    KeyFlag.RW,
                    KeyFlag.ACCESS,
                    KeyFlag.UPDATE))
            .runsInSlices()
            .writesBy(FunctionCalls::writes)
            .handler((request, reply) -> call(request, reply, false)));
    table.add(
        Command.named("fcall_ro", SCRIPTING)
            .differs(EvalCommands.DIFFERENCE)
            .since("7.0.0")
            .summary("Calls a function that may not write.")
            .complexity("Depends on the function that is executed.")
            .syntax("function numkeys [key [key ...]] [arg [arg ...]]")
            .arity(-3)
            .flags(NOSCRIPT, SKIP_MONITOR, NO_MANDATORY_KEYS, STALE, READONLY)
            .keys(KeySpec.counted(2, KeyFlag.RO, KeyFlag.ACCESS))
            .runsInSlices()
            .handler((request, reply) -> call(request, reply, true)));
  }

  private static boolean writes(Request request) {
    Library.Function function = KeyspaceFunctions.of(request).function(request.text(1));
    return function == null || function.declared().mayWrite();
  }

  private static void call(Request request, Reply reply, boolean readOnly) {
    KeyspaceFunctions functions = KeyspaceFunctions.of(request);
    Library.Function function = functions.function(request.text(1));
    if (function == null) {
      throw UNKNOWN;
    }
    request.integer(2, BAD_KEYS);
    functions.call(function, request, reply, EvalCommands.keys(request), readOnly);
  }
}
