package io.keyward.engine.builtin.script;

import io.keyward.config.directive.Directive;
import io.keyward.config.tenant.Limit;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Limits;
import io.keyward.engine.builtin.MemoryGuard;
import io.keyward.engine.builtin.RunningScript;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.script.library.BitLibrary;
import io.keyward.engine.builtin.script.library.JsonLibrary;
import io.keyward.engine.builtin.script.library.MessagePackLibrary;
import io.keyward.engine.builtin.script.library.StructLibrary;
import io.keyward.engine.builtin.script.lua.BaseLibrary;
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

/** A Lua state with every library, its globals frozen, in which scripts of a keyspace run. */
final class LuaWorld {
  /** About what a world takes before anything has run in it. */
  static final int BYTES = 20_000;

  private static final LuaString INDEX = LuaString.of("__index");
  private static final String OWN_TIME_IS_UP = "script-time";
  private static final String KILLED = "ERR Script killed by user with SCRIPT KILL...";

  /** What is run. */
  @FunctionalInterface
  interface Body {
    @Nullable Object run(LuaState state);
  }

  private final BuiltinKeyspace keyspace;
  private final String chunk;
  private final boolean functions;
  private final LuaState state = new LuaState();
  private final CommandCall commands;
  private final Slices slices;
  private final MemoryGuard guard;
  private final LuaState.Others others =
      new LuaState.Others() {
        @Override
        public boolean areDue(long nanos) {
          return slices.isOver(nanos);
        }

        @Override
        public long haveTheirTurn() {
          long took = slices.pause();
          RunningScript script = slices.script();
          if (script != null && script.killed()) {
            throw new ScriptAborted(KILLED);
          }
          return took;
        }

        @Override
        public boolean leaveRoom(long more) {
          guard.scripts(more);
          return more < 0 || !guard.scriptsHoldTooMuch(keyspace.home().memory().ofAll());
        }
      };
  private boolean running;

  /**
   * Makes a world.
   *
   * @param chunk names its texts in error messages
   * @param functions whether functions run in it rather than scripts
   */
  LuaWorld(BuiltinKeyspace keyspace, String chunk, boolean functions) {
    this.keyspace = keyspace;
    this.functions = functions;
    this.chunk = chunk;
    slices = keyspace.slices();
    guard = keyspace.home().guard();
    state.shareWith(others);
    commands = new CommandCall(keyspace, state);
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
    refuseUnknown(state.globals());
    freeze(state.globals());
    freeze(state.strings());
  }

  LuaState state() {
    return state;
  }

  /** Refuses a text whose compiled form may be more than there is room for. */
  void refuseTooLong(int length) {
    if (length * LuaState.BYTES_FOR_TEXT > guard.scriptLimit(keyspace.home().memory().ofAll())) {
      throw Errors.NO_MEMORY;
    }
  }

  /** Makes it an error to ask a table for a key that it has not. */
  void refuseUnknown(LuaTable table) {
    LuaTable meta = state.table();
    meta.set(INDEX, new NativeFunction((s, arguments) -> unknown(arguments)));
    table.metatable(meta);
  }

  private static Object unknown(@Nullable Object[] arguments) {
    Object name = arguments.length > 1 ? arguments[1] : null;
    throw LuaError.message(
        "Script attempted to access nonexistent global variable '"
            + (name instanceof LuaString text ? text : Operations.typeName(name))
            + "'");
  }

  /** Freezes a table and every table that it leads to. */
  static void freeze(LuaTable table) {
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

  /** Some arguments of a request as a table. */
  LuaTable words(Request request, int from, int count) {
    @Nullable Object[] words = new @Nullable Object[count];
    for (int i = 0; i < count; i++) {
      words[i] = LuaString.of(request.bytes(), request.offset(from + i), request.length(from + i));
    }
    return state.table(words);
  }

  /**
   * Runs something for a request and writes what it returns.
   *
   * @param name of the script or function, for error messages
   * @param declared what it declares
   * @param readOnlyCommand whether the command that runs it may not write
   */
  void run(
      Request request,
      Reply reply,
      String name,
      Shebang declared,
      boolean readOnlyCommand,
      Body body) {
    boolean forbidsWrites = readOnlyCommand || declared.has(Shebang.Flag.NO_WRITES);
    boolean allowsOutOfMemory =
        declared.has(Shebang.Flag.ALLOW_OOM) || declared.has(Shebang.Flag.NO_WRITES);
    if (declared.present() && readOnlyCommand && !declared.has(Shebang.Flag.NO_WRITES)) {
      throw CommandException.error("Can not execute a script with write flag using *_ro command.");
    }
    if (declared.has(Shebang.Flag.NO_CLUSTER) && keyspace.slotRules() != null) {
      throw CommandException.error("Can not run script on cluster, 'no-cluster' flag is set.");
    }
    boolean atLimit = !keyspace.home().memoryLimit().makeRoom(keyspace);
    CommandException refusal = keyspace.home().writeRefusals().present();
    if (refusal != null
        && keyspace.effects().refusedWithFiles()
        && declared.present()
        && !forbidsWrites) {
      throw refusal;
    }
    if (atLimit
        && declared.present()
        && !allowsOutOfMemory
        && !keyspace.home().memoryLimit().spares(keyspace, request, request.command())) {
      throw new CommandException(
          "OOM allow-oom flag is not set on the script, can not run it when used memory >"
              + " 'maxmemory'");
    }
    if (running) {
      throw CommandException.error("A script can not run another one");
    }
    boolean crossesSlots = !declared.present() || declared.has(Shebang.Flag.ALLOW_CROSS_SLOT_KEYS);
    RunningScript script = new RunningScript(name, functions, request);
    commands.begin(script, forbidsWrites, allowsOutOfMemory, atLimit, crossesSlots);
    limit();
    running = true;
    slices.script(script);
    try {
      keyspace.atomically(() -> answer(reply, name, body));
    } finally {
      running = false;
      slices.script(null);
      keyspace.statistics().scriptEnded();
      state.end();
      commands.end();
    }
  }

  /** Begins to count time and memory of a script. */
  private void limit() {
    Limits limits = keyspace.limits();
    long own = limits == null ? Long.MAX_VALUE : limits.scriptMillis();
    long millis = keyspace.home().settings().number(Directive.SCRIPT_TIME_LIMIT);
    if (millis > 0) {
      millis = Math.max(millis, keyspace.home().settings().number(Directive.BUSY_REPLY_THRESHOLD));
    }
    if (own <= millis || (millis <= 0 && own < Long.MAX_VALUE)) {
      limit(own * 1_000_000, OWN_TIME_IS_UP);
      return;
    }
    limit(
        millis <= 0 ? Long.MAX_VALUE / 4 : millis * 1_000_000,
        "ERR Script ended because it ran longer than script-time-limit (" + millis + " ms)");
  }

  /** Begins to count time and memory, with a time of its own. */
  void limit(long nanos, String tooLong) {
    long given = keyspace.home().settings().number(Directive.SCRIPT_MEMORY_LIMIT);
    long bytes = given <= 0 ? Long.MAX_VALUE : given;
    long room = guard.scriptLimit(keyspace.home().memory().ofAll());
    state.begin(
        nanos,
        tooLong,
        Math.min(bytes, room),
        bytes <= room
            ? "ERR Script ended because it held more memory than script-memory-limit ("
                + bytes
                + " bytes)"
            : "ERR Script ended because it held more memory than there is room for");
  }

  private void answer(Reply reply, String name, Body body) {
    try {
      Object result = Values.first(body.run(state));
      if (result instanceof LuaTable table) {
        LuaString line = ScriptErrors.line(table);
        if (line != null) {
          throw error(line.toString(), ScriptErrors.isCounted(table));
        }
      }
      new ReplyWriter(reply, commands.resp3(), slices).write(result);
    } catch (LuaError error) {
      throw failure(name, error);
    } catch (ScriptAborted aborted) {
      keyspace.statistics().scriptStopped();
      throw new CommandException(reason(aborted) + " script: " + name);
    }
  }

  private String reason(ScriptAborted aborted) {
    Limits limits = keyspace.limits();
    return limits != null && aborted.reason().equals(OWN_TIME_IS_UP)
        ? limits.refusal(Limit.SCRIPT_TIME).line()
        : aborted.reason();
  }

  private static CommandException error(String line, boolean counted) {
    return counted ? CommandException.counted(line) : new CommandException(line);
  }

  private CommandException failure(String name, LuaError error) {
    String where =
        error.line() == 0 ? "" : " script: " + name + ", on @" + chunk + ":" + error.line() + ".";
    boolean counted = error.value() instanceof LuaTable table && ScriptErrors.isCounted(table);
    return error(line(error) + where, counted);
  }

  /** The error line of what a script has raised. */
  String line(LuaError error) {
    if (error.value() instanceof LuaTable table) {
      LuaString line = ScriptErrors.line(table);
      return line == null ? "ERR unknown error" : line.toString();
    }
    try {
      return "ERR " + Operations.text(state, error.value());
    } catch (LuaError again) {
      return "ERR " + Operations.typeName(error.value());
    }
  }
}
