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
import org.jspecify.annotations.Nullable;

/** EVAL, EVALSHA and their read-only forms. */
final class EvalCommands {
  /** How scripts and functions differ from those of Redis. */
  static final String DIFFERENCE =
      "Ends with an error after script-time-limit or beyond script-memory-limit.";

  private static final CommandException UNKNOWN_SCRIPT =
      new CommandException("NOSCRIPT No matching script. Please use EVAL.");
  private static final CommandException TOO_MANY_KEYS =
      CommandException.error("Number of keys can't be greater than number of args");
  private static final CommandException NEGATIVE_KEYS =
      CommandException.error("Number of keys can't be negative");
  private static final KeyFlag[] READ = {KeyFlag.RO, KeyFlag.ACCESS};
  private static final KeyFlag[] ANY = {KeyFlag.RW, KeyFlag.ACCESS, KeyFlag.UPDATE};

  private EvalCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("eval", SCRIPTING)
            .differs(DIFFERENCE)
            .since("2.6.0")
            .summary("Runs a Lua script.")
            .complexity("Depends on the script that is executed.")
            .syntax("script numkeys [key [key ...]] [arg [arg ...]]")
            .arity(-3)
            .flags(NOSCRIPT, SKIP_MONITOR, MAY_REPLICATE, NO_MANDATORY_KEYS, STALE)
            .keys(
                noted(
                    "We cannot tell how the keys will be used so we assume the worst, RW"
                        + " and UPDATE",
                    ANY))
            .runsInSlices()
            .writesBy(EvalCommands::textWrites)
            .handler((request, reply) -> byText(request, reply, false)));
    table.add(
        Command.named("evalsha", SCRIPTING)
            .differs(DIFFERENCE)
            .since("2.6.0")
            .summary("Runs a Lua script that is known by its SHA1 digest.")
            .complexity("Depends on the script that is executed.")
            .syntax("sha1 numkeys [key [key ...]] [arg [arg ...]]")
            .arity(-3)
            .flags(NOSCRIPT, SKIP_MONITOR, MAY_REPLICATE, NO_MANDATORY_KEYS, STALE)
            .keys(KeySpec.counted(2, ANY))
            .runsInSlices()
            .writesBy(EvalCommands::knownWrites)
            .handler((request, reply) -> byDigest(request, reply, false)));
    table.add(
        Command.named("eval_ro", SCRIPTING)
            .differs(DIFFERENCE)
            .since("7.0.0")
            .summary("Runs a Lua script that may not write.")
            .complexity("Depends on the script that is executed.")
            .syntax("script numkeys [key [key ...]] [arg [arg ...]]")
            .arity(-3)
            .flags(NOSCRIPT, SKIP_MONITOR, NO_MANDATORY_KEYS, STALE, READONLY)
            .keys(
                noted(
                    "We cannot tell how the keys will be used so we assume the worst, RO"
                        + " and ACCESS",
                    READ))
            .runsInSlices()
            .handler((request, reply) -> byText(request, reply, true)));
    table.add(
        Command.named("evalsha_ro", SCRIPTING)
            .differs(DIFFERENCE)
            .since("7.0.0")
            .summary("Runs a Lua script that may not write and is known by its SHA1 digest.")
            .complexity("Depends on the script that is executed.")
            .syntax("sha1 numkeys [key [key ...]] [arg [arg ...]]")
            .arity(-3)
            .flags(NOSCRIPT, SKIP_MONITOR, NO_MANDATORY_KEYS, STALE, READONLY)
            .keys(KeySpec.counted(2, READ))
            .runsInSlices()
            .handler((request, reply) -> byDigest(request, reply, true)));
  }

  static KeySpec noted(String notes, KeyFlag... flags) {
    KeySpec plain = KeySpec.counted(2, flags);
    return new KeySpec(plain.flags(), plain.begin(), plain.find(), notes);
  }

  static int keys(Request request) {
    long keys = request.integer(2);
    if (keys > request.count() - 3) {
      throw TOO_MANY_KEYS;
    }
    if (keys < 0) {
      throw NEGATIVE_KEYS;
    }
    return (int) keys;
  }

  private static boolean textWrites(Request request) {
    try {
      return Shebang.of(request.copyOf(1)).mayWrite();
    } catch (CommandException malformed) {
      return true;
    }
  }

  private static boolean knownWrites(Request request) {
    Script script = known(KeyspaceScripts.of(request), request);
    return script == null || script.shebang().mayWrite();
  }

  private static @Nullable Script known(KeyspaceScripts scripts, Request request) {
    return request.length(1) == Digest.HEX_LENGTH
        ? scripts.cache().byDigest(request.bytes(), request.offset(1), request.length(1))
        : null;
  }

  private static void byText(Request request, Reply reply, boolean readOnly) {
    int keys = keys(request);
    KeyspaceScripts scripts = KeyspaceScripts.of(request);
    scripts.run(scripts.load(request, 1), request, reply, keys, readOnly);
  }

  private static void byDigest(Request request, Reply reply, boolean readOnly) {
    if (request.length(1) != Digest.HEX_LENGTH) {
      throw UNKNOWN_SCRIPT;
    }
    int keys = keys(request);
    KeyspaceScripts scripts = KeyspaceScripts.of(request);
    Script script = known(scripts, request);
    if (script == null) {
      throw UNKNOWN_SCRIPT;
    }
    scripts.run(script, request, reply, keys, readOnly);
  }
}
