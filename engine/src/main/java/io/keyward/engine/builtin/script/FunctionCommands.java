package io.keyward.engine.builtin.script;

import static io.keyward.engine.command.CommandFlag.ALLOW_BUSY;
import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.SCRIPTING;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.RunningScript;
import io.keyward.engine.builtin.WholeKeyspaceEffects;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.Reach;
import io.keyward.engine.text.Glob;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** FUNCTION with its subcommands. */
final class FunctionCommands {
  private static final String[] TO_ALL = {
    "request_policy:all_shards", "response_policy:all_succeeded"
  };

  private FunctionCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("function", SCRIPTING)
            .since("7.0.0")
            .summary("Looks after libraries of functions.")
            .complexity("Depends on subcommand.")
            .arity(-2)
            .subcommand(
                Command.named("delete", SCRIPTING)
                    .since("7.0.0")
                    .summary("Removes a library with its functions.")
                    .complexity("O(1)")
                    .syntax("library-name")
                    .arity(3)
                    .flags(NOSCRIPT, WRITE)
                    .tips(TO_ALL)
                    .reach(Reach.EVERYWHERE)
                    .handler(FunctionCommands::delete))
            .subcommand(
                Command.named("dump", SCRIPTING)
                    .since("7.0.0")
                    .summary("Gives all libraries as one payload.")
                    .complexity("O(N) where N is the number of functions")
                    .arity(2)
                    .flags(NOSCRIPT)
                    .handler(FunctionCommands::dump))
            .subcommand(
                Command.named("flush", SCRIPTING)
                    .since("7.0.0")
                    .summary("Removes every library.")
                    .complexity("O(N) where N is the number of functions deleted")
                    .syntax("[ASYNC | SYNC]")
                    .arity(-2)
                    .flags(NOSCRIPT, WRITE)
                    .tips(TO_ALL)
                    .reach(Reach.EVERYWHERE)
                    .handler(FunctionCommands::flush))
            .subcommand(
                Command.named("kill", SCRIPTING)
                    .differs("Is heard at once, not only after busy-reply-threshold.")
                    .since("7.0.0")
                    .summary("Ends the running function, unless it has written.")
                    .complexity("O(1)")
                    .arity(2)
                    .flags(NOSCRIPT, ALLOW_BUSY)
                    .tips("request_policy:all_shards", "response_policy:one_succeeded")
                    .handler(FunctionCommands::kill))
            .subcommand(
                Command.named("list", SCRIPTING)
                    .since("7.0.0")
                    .summary("Lists libraries and their functions.")
                    .complexity("O(N) where N is the number of functions")
                    .syntax("[LIBRARYNAME library-name-pattern] [WITHCODE]")
                    .arity(-2)
                    .flags(NOSCRIPT)
                    .tips("nondeterministic_output_order")
                    .handler(FunctionCommands::list))
            .subcommand(
                Command.named("load", SCRIPTING)
                    .since("7.0.0")
                    .summary("Adds a library of functions.")
                    .complexity("O(1) (considering compilation time is redundant)")
                    .syntax("[REPLACE] function-code")
                    .arity(-3)
                    .flags(NOSCRIPT, WRITE, DENYOOM)
                    .tips(TO_ALL)
                    .reach(Reach.EVERYWHERE)
                    .runsInSlices()
                    .handler(FunctionCommands::load))
            .subcommand(
                Command.named("restore", SCRIPTING)
                    .since("7.0.0")
                    .summary("Adds the libraries of a payload.")
                    .complexity("O(N) where N is the number of functions on the payload")
                    .syntax("serialized-value [FLUSH | APPEND | REPLACE]")
                    .arity(-3)
                    .flags(NOSCRIPT, WRITE, DENYOOM)
                    .tips(TO_ALL)
                    .reach(Reach.EVERYWHERE)
                    .runsInSlices()
                    .handler(FunctionCommands::restore))
            .subcommand(
                Command.named("stats", SCRIPTING)
                    .since("7.0.0")
                    .summary("Tells what runs and how many libraries and functions there are.")
                    .complexity("O(1)")
                    .arity(2)
                    .flags(NOSCRIPT, ALLOW_BUSY)
                    .tips(
                        "nondeterministic_output",
                        "request_policy:all_shards",
                        "response_policy:special")
                    .handler(FunctionCommands::stats))
            .withHelp("7.0.0"));
  }

  private static void delete(Request request, Reply reply) {
    if (!KeyspaceFunctions.of(request).delete(request.text(2))) {
      throw CommandException.error("Library not found");
    }
    changed(request);
    reply.ok();
  }

  private static void dump(Request request, Reply reply) {
    reply.bulk(FunctionPayload.write(KeyspaceFunctions.of(request).libraries().values()));
  }

  private static void flush(Request request, Reply reply) {
    if (request.count() > 3) {
      throw Errors.misusedSubcommand(request);
    }
    if (request.count() == 3 && !request.is(2, "SYNC") && !request.is(2, "ASYNC")) {
      throw CommandException.error("FUNCTION FLUSH only supports SYNC|ASYNC option");
    }
    KeyspaceFunctions.of(request).flush();
    changed(request);
    reply.ok();
  }

  private static void kill(Request request, Reply reply) {
    ScriptCommands.end(request, reply, true);
  }

  private static void load(Request request, Reply reply) {
    boolean replace = false;
    int last = request.count() - 1;
    for (int i = 2; i < last; i++) {
      if (!request.is(i, "REPLACE")) {
        throw CommandException.error("Unknown option given: " + request.text(i));
      }
      replace = true;
    }
    if (last == 2 && request.is(2, "REPLACE")) {
      throw CommandException.error("Missing library metadata");
    }
    String name = KeyspaceFunctions.of(request).load(request.copyOf(last), replace).name();
    changed(request);
    reply.bulk(name);
  }

  /** Counts a change of the libraries, which are saved and replayed as data are. */
  private static void changed(Request request) {
    BuiltinKeyspace keyspace = Database.of(request).keyspace();
    keyspace.countChange();
    keyspace.effects().instead();
    int database = request.client().database();
    KeyspaceFunctions functions = KeyspaceFunctions.of(keyspace);
    for (KeyspaceFunctions.Change change : functions.changes()) {
      Library library = change.library();
      WholeKeyspaceEffects written = keyspace.effects().whole();
      if (change.loaded()) {
        written.libraryLoaded(database, library.code(), functions.isEverywhere(change));
      } else {
        written.libraryDeleted(database, library.name(), functions.isEverywhere(change));
      }
    }
    if (!functions.changes().isEmpty()) {
      keyspace.home().functionTelling().tellWith(keyspace);
    }
    FunctionTexts.changed(keyspace);
  }

  private static void restore(Request request, Reply reply) {
    if (request.count() > 4) {
      throw Errors.misusedSubcommand(request);
    }
    KeyspaceFunctions.Policy policy = KeyspaceFunctions.Policy.APPEND;
    if (request.count() == 4) {
      KeyspaceFunctions.Policy named = KeyspaceFunctions.Policy.named(request.text(3));
      if (named == null) {
        throw CommandException.error(
            "Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.");
      }
      policy = named;
    }
    KeyspaceFunctions.of(request).restore(FunctionPayload.read(request.copyOf(2)), policy);
    changed(request);
    reply.ok();
  }

  private static void stats(Request request, Reply reply) {
    KeyspaceFunctions functions = KeyspaceFunctions.of(request);
    reply.map(2);
    reply.bulk("running_script");
    show(Database.of(request).keyspace().slices().script(), reply);
    reply.bulk("engines");
    reply.map(1);
    reply.bulk("LUA");
    reply.map(2);
    reply.bulk("libraries_count");
    reply.integer(functions.libraries().size());
    reply.bulk("functions_count");
    reply.integer(functions.functionCount());
  }

  private static void show(@Nullable RunningScript running, Reply reply) {
    if (running == null) {
      reply.nothing();
      return;
    }
    reply.map(3);
    reply.bulk("name");
    reply.bulk(running.name());
    reply.bulk("command");
    Request call = running.request();
    reply.array(call.count());
    for (int i = 0; i < call.count(); i++) {
      reply.bulk(call.bytes(), call.offset(i), call.length(i));
    }
    reply.bulk("duration_ms");
    reply.integer(running.millis());
  }

  private static void list(Request request, Reply reply) {
    boolean withCode = false;
    byte[] pattern = null;
    int i = 2;
    while (i < request.count()) {
      if (!withCode && request.is(i, "WITHCODE")) {
        withCode = true;
      } else if (pattern == null && request.is(i, "LIBRARYNAME")) {
        if (++i == request.count()) {
          throw CommandException.error("library name argument was not given");
        }
        pattern = request.copyOf(i);
      } else {
        throw CommandException.error("Unknown argument " + request.text(i));
      }
      i++;
    }
    byte[] wanted = pattern;
    List<Library> shown =
        KeyspaceFunctions.of(request).libraries().values().stream()
            .filter(library -> matches(wanted, library.name()))
            .toList();
    reply.array(shown.size());
    for (Library library : shown) {
      show(library, withCode, reply);
    }
  }

  private static boolean matches(byte @Nullable [] pattern, String name) {
    if (pattern == null) {
      return true;
    }
    byte[] text = name.getBytes(StandardCharsets.ISO_8859_1);
    return Glob.matches(pattern, 0, pattern.length, text, 0, text.length, true);
  }

  private static void show(Library library, boolean withCode, Reply reply) {
    reply.map(withCode ? 4 : 3);
    reply.bulk("library_name");
    reply.bulk(library.name());
    reply.bulk("engine");
    reply.bulk("LUA");
    reply.bulk("functions");
    reply.array(library.functions().size());
    for (Library.Function function : library.functions().values()) {
      reply.map(3);
      reply.bulk("name");
      reply.bulk(function.name());
      reply.bulk("description");
      LuaString description = function.description();
      if (description == null) {
        reply.nothing();
      } else {
        reply.bulk(description.bytes());
      }
      reply.bulk("flags");
      List<Shebang.Flag> flags = function.declared().flags().stream().sorted().toList();
      reply.set(flags.size());
      for (Shebang.Flag flag : flags) {
        reply.simple(flag.wireName());
      }
    }
    if (withCode) {
      reply.bulk("library_code");
      reply.bulk(library.code());
    }
  }
}
