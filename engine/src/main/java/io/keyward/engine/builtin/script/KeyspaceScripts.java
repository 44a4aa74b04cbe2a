package io.keyward.engine.builtin.script;

import io.keyward.config.directive.Directive;
import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.script.library.BitLibrary;
import io.keyward.engine.builtin.script.library.JsonLibrary;
import io.keyward.engine.builtin.script.library.MessagePackLibrary;
import io.keyward.engine.builtin.script.library.StructLibrary;
import io.keyward.engine.builtin.script.lua.BaseLibrary;
import io.keyward.engine.builtin.script.lua.Closure;
import io.keyward.engine.builtin.script.lua.CoroutineLibrary;
import io.keyward.engine.builtin.script.lua.LuaError;
import io.keyward.engine.builtin.script.lua.LuaState;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.builtin.script.lua.LuaTable;
import io.keyward.engine.builtin.script.lua.MathLibrary;
import io.keyward.engine.builtin.script.lua.NativeFunction;
import io.keyward.engine.builtin.script.lua.Operations;
import io.keyward.engine.builtin.script.lua.ScriptAborted;
import io.keyward.engine.builtin.script.lua.StringLibrary;
import io.keyward.engine.builtin.script.lua.TableLibrary;
import io.keyward.engine.builtin.script.lua.Values;
import org.jspecify.annotations.Nullable;

/** The scripts of one keyspace and the Lua world in which they run, whose globals are frozen. */
final class KeyspaceScripts {
  private static final String CHUNK = "user_script";
  private static final LuaString KEYS = LuaString.of("KEYS");
  private static final LuaString ARGV = LuaString.of("ARGV");

  private final BuiltinKeyspace keyspace;
  private final ScriptCache cache;
  private LuaState state;
  private CommandCall commands;

  private KeyspaceScripts(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
    cache = new ScriptCache(keyspace.home().settings().number(Directive.SCRIPT_CACHE_SIZE));
    state = new LuaState();
    commands = new CommandCall(keyspace, state);
    furnish();
  }

  /** The scripts of the keyspace in which a request runs. */
  static KeyspaceScripts of(Request request) {
    return Database.of(request).keyspace().attachment(KeyspaceScripts.class, KeyspaceScripts::new);
  }

  private void furnish() {
    BaseLibrary.install(state);
    StringLibrary.install(state);
    TableLibrary.install(state);
    MathLibrary.install(state);
    CoroutineLibrary.install(state);
    BitLibrary.install(state);
    JsonLibrary.install(state);
    MessagePackLibrary.install(state);
    StructLibrary.install(state);
    RedisLibrary.install(state, commands);
    LuaTable meta = state.table();
    meta.set(
        LuaString.of("__index"), new NativeFunction((s, arguments) -> refuseUnknown(arguments)));
    state.globals().metatable(meta);
    freeze(state.globals());
    freeze(state.strings());
  }

  private static Object refuseUnknown(@Nullable Object[] arguments) {
    Object name = arguments.length > 1 ? arguments[1] : null;
    throw LuaError.message(
        "Script attempted to access nonexistent global variable '"
            + (name instanceof LuaString text ? text : Operations.typeName(name))
            + "'");
  }

  /** Freezes a table and every table that it leads to. */
  private static void freeze(LuaTable table) {
    if (table.readOnly()) {
      return;
    }
    table.readOnly(true);
    LuaTable meta = table.metatable();
    if (meta != null) {
      freeze(meta);
    }
    for (int at = table.entryFrom(0);
        at != Integer.MIN_VALUE;
        at = table.entryFrom(LuaTable.after(at))) {
      if (table.valueAt(at) instanceof LuaTable inner) {
        freeze(inner);
      }
    }
  }

  /** Forgets every script and begins with a new Lua world. */
  void flush() {
    cache.clear();
    state = new LuaState();
    commands = new CommandCall(keyspace, state);
    furnish();
  }

  ScriptCache cache() {
    return cache;
  }

  /** The script of an argument's text, read now if it is not known. */
  Script load(Request request, int argument) {
    Script known =
        cache.byText(request.bytes(), request.offset(argument), request.length(argument));
    if (known != null) {
      return known;
    }
    byte[] text = request.copyOf(argument);
    Shebang shebang = Shebang.of(text);
    Closure function;
    try {
      function = state.load(text, shebang.length(), text.length - shebang.length(), CHUNK);
    } catch (LuaError error) {
      throw CommandException.error("Error compiling script (new function): " + error.getMessage());
    }
    Script script = new Script(text, Digest.hex(text), shebang, function);
    cache.add(script);
    return script;
  }

  /** Runs a script with the keys and arguments of a request and writes what it returns. */
  void run(Script script, Request request, Reply reply, int keys, boolean readOnlyCommand) {
    Shebang shebang = script.shebang();
    boolean forbidsWrites = readOnlyCommand || shebang.has(Shebang.Flag.NO_WRITES);
    boolean allowsOutOfMemory =
        shebang.has(Shebang.Flag.ALLOW_OOM) || shebang.has(Shebang.Flag.NO_WRITES);
    if (shebang.present() && readOnlyCommand && !shebang.has(Shebang.Flag.NO_WRITES)) {
      throw CommandException.error("Can not execute a script with write flag using *_ro command.");
    }
    boolean atLimit = !keyspace.home().memoryLimit().makeRoom(request.now());
    if (atLimit && shebang.present() && !allowsOutOfMemory) {
      throw new CommandException(
          "OOM allow-oom flag is not set on the script, can not run it when used memory >"
              + " 'maxmemory'");
    }
    commands.begin(request, forbidsWrites, allowsOutOfMemory, atLimit);
    LuaTable globals = state.globals();
    globals.readOnly(false);
    globals.set(KEYS, words(request, 3, keys));
    globals.set(ARGV, words(request, 3 + keys, request.count() - 3 - keys));
    globals.readOnly(true);
    limit();
    try {
      keyspace.atomically(() -> answer(script, reply));
    } finally {
      state.end();
      commands.end();
    }
  }

  private LuaTable words(Request request, int from, int count) {
    @Nullable Object[] words = new @Nullable Object[count];
    for (int i = 0; i < count; i++) {
      words[i] = LuaString.of(request.bytes(), request.offset(from + i), request.length(from + i));
    }
    return state.table(words);
  }

  private void limit() {
    long millis = keyspace.home().settings().number(Directive.SCRIPT_TIME_LIMIT);
    if (millis > 0) {
      millis =
          Math.max(millis, keyspace.home().settings().number(Directive.BUSY_REPLY_THRESHOLD));
    }
    long bytes = keyspace.home().settings().number(Directive.SCRIPT_MEMORY_LIMIT);
    state.begin(
        millis <= 0 ? Long.MAX_VALUE / 4 : millis * 1_000_000,
        "ERR Script ended because it ran longer than script-time-limit (" + millis + " ms)",
        bytes <= 0 ? Long.MAX_VALUE : bytes,
        "ERR Script ended because it held more memory than script-memory-limit ("
            + bytes
            + " bytes)");
  }

  private void answer(Script script, Reply reply) {
    try {
      Object result = Values.first(script.function().renewed(state).call(state));
      if (result instanceof LuaTable table) {
        LuaString line = ScriptErrors.line(table);
        if (line != null) {
          throw error(line.toString(), ScriptErrors.isCounted(table));
        }
      }
      new ReplyWriter(reply, commands.resp3()).write(result);
    } catch (LuaError error) {
      throw failure(script, error);
    } catch (ScriptAborted aborted) {
      throw new CommandException(aborted.reason() + " script: " + script.digest());
    }
  }

  private static CommandException error(String line, boolean counted) {
    return counted ? CommandException.counted(line) : new CommandException(line);
  }

  private CommandException failure(Script script, LuaError error) {
    String where =
        error.line() == 0
            ? ""
            : " script: " + script.digest() + ", on @" + CHUNK + ":" + error.line() + ".";
    Object value = error.value();
    if (value instanceof LuaTable table) {
      LuaString line = ScriptErrors.line(table);
      return error(
          (line == null ? "ERR unknown error" : line) + where, ScriptErrors.isCounted(table));
    }
    String text;
    try {
      text = Operations.text(state, value).toString();
    } catch (LuaError again) {
      text = Operations.typeName(value);
    }
    return new CommandException("ERR " + text + where);
  }
}
