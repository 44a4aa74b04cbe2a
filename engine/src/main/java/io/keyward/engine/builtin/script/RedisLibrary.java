package io.keyward.engine.builtin.script;

import io.keyward.engine.builtin.script.lua.Arguments;
import io.keyward.engine.builtin.script.lua.BaseLibrary;
import io.keyward.engine.builtin.script.lua.LuaError;
import io.keyward.engine.builtin.script.lua.LuaNumbers;
import io.keyward.engine.builtin.script.lua.LuaState;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.builtin.script.lua.LuaTable;
import io.keyward.engine.builtin.script.lua.Values;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The {@code redis} table of scripts. */
final class RedisLibrary {
  static final String VERSION = "7.2.6";
  private static final int VERSION_NUMBER = 0x00070206;

  /** To digest a byte takes as long as to copy so many. */
  private static final int WORK_OF_A_DIGEST = 8;

  private static final Logger log = LoggerFactory.getLogger(RedisLibrary.class);

  private final LuaState state;
  private final CommandCall commands;

  private RedisLibrary(LuaState state, CommandCall commands) {
    this.state = state;
    this.commands = commands;
  }

  static void install(LuaState state, CommandCall commands) {
    RedisLibrary library = new RedisLibrary(state, commands);
    LuaTable redis = state.table();
    BaseLibrary.add(redis, "call", (s, a) -> s.atHome(() -> commands.call(a, true)));
    BaseLibrary.add(redis, "pcall", (s, a) -> s.atHome(() -> commands.call(a, false)));
    BaseLibrary.add(redis, "log", RedisLibrary::log);
    BaseLibrary.add(redis, "setresp", library::setResp);
    BaseLibrary.add(redis, "sha1hex", library::sha1);
    BaseLibrary.add(redis, "error_reply", library::errorReply);
    BaseLibrary.add(redis, "status_reply", library::statusReply);
    BaseLibrary.add(redis, "replicate_commands", (s, a) -> true);
    BaseLibrary.add(redis, "set_repl", library::setReplication);
    BaseLibrary.add(redis, "acl_check_cmd", library::checkCommand);
    logLevelsAndVersion(redis);
    constant(redis, "REPL_NONE", 0);
    constant(redis, "REPL_AOF", 1);
    constant(redis, "REPL_SLAVE", 2);
    constant(redis, "REPL_REPLICA", 2);
    constant(redis, "REPL_ALL", 3);
    state.globals().set(LuaString.of("redis"), redis);
  }

  /** Fills the {@code redis} table that a library sees while it is loaded. */
  static void installForLoading(LuaTable redis, Registration registration) {
    BaseLibrary.add(redis, "register_function", registration::register);
    BaseLibrary.add(redis, "log", RedisLibrary::log);
    logLevelsAndVersion(redis);
  }

  private static void logLevelsAndVersion(LuaTable redis) {
    constant(redis, "LOG_DEBUG", 0);
    constant(redis, "LOG_VERBOSE", 1);
    constant(redis, "LOG_NOTICE", 2);
    constant(redis, "LOG_WARNING", 3);
    constant(redis, "REDIS_VERSION_NUM", VERSION_NUMBER);
    redis.set(LuaString.of("REDIS_VERSION"), LuaString.of(VERSION));
  }

  private static void constant(LuaTable redis, String name, int value) {
    redis.set(LuaString.of(name), LuaNumbers.box(value));
  }

  private LuaError error(String text) {
    return error(state, text);
  }

  private static LuaError error(LuaState state, String text) {
    return LuaError.of(ScriptErrors.of(state, text));
  }

  private static Object log(LuaState state, @Nullable Object[] arguments) {
    if (arguments.length < 2) {
      throw error(state, "redis.log() requires two arguments or more.");
    }
    Double level = LuaNumbers.of(arguments[0]);
    if (level == null) {
      throw error(state, "First argument must be a number (log level).");
    }
    if (level < 0 || level > 3) {
      throw error(state, "Invalid debug level.");
    }
    StringBuilder line = new StringBuilder("script:");
    for (int i = 1; i < arguments.length; i++) {
      if (arguments[i] instanceof LuaString || arguments[i] instanceof Double) {
        line.append(' ').append(Arguments.string(arguments, i));
      }
    }
    switch (level.intValue()) {
      case 0, 1 -> log.debug("{}", line);
      case 2 -> log.info("{}", line);
      default -> log.warn("{}", line);
    }
    return Values.NONE;
  }

  private Object setResp(LuaState s, @Nullable Object[] arguments) {
    if (arguments.length != 1) {
      throw error("redis.setresp() requires one argument.");
    }
    Double version = LuaNumbers.of(arguments[0]);
    if (version == null || (version.intValue() != 2 && version.intValue() != 3)) {
      throw error("RESP version must be 2 or 3.");
    }
    commands.resp3(version.intValue() == 3);
    return Values.NONE;
  }

  private Object sha1(LuaState s, @Nullable Object[] arguments) {
    if (arguments.length != 1) {
      throw error("wrong number of arguments");
    }
    LuaString text =
        arguments[0] instanceof LuaString || arguments[0] instanceof Double
            ? Arguments.string(arguments, 0)
            : LuaString.EMPTY;
    return LuaString.of(Digest.hex(text.bytes(), bytes -> s.work((long) bytes * WORK_OF_A_DIGEST)));
  }

  private Object errorReply(LuaState s, @Nullable Object[] arguments) {
    if (arguments.length != 1 || !(arguments[0] instanceof LuaString text)) {
      return ScriptErrors.of(state, "wrong number or type of arguments");
    }
    String line = text.toString();
    return ScriptErrors.of(
        state, ScriptErrors.withCode(line.startsWith("-") ? line.substring(1) : line));
  }

  private Object statusReply(LuaState s, @Nullable Object[] arguments) {
    if (arguments.length != 1 || !(arguments[0] instanceof LuaString text)) {
      return ScriptErrors.of(state, "wrong number or type of arguments");
    }
    LuaTable table = state.table();
    table.set(LuaString.of("ok"), text);
    return table;
  }

  /** Every write is logged and copied as any other; only the argument is checked. */
  private Object setReplication(LuaState s, @Nullable Object[] arguments) {
    if (arguments.length != 1) {
      throw error("redis.set_repl() requires one argument.");
    }
    Double flags = LuaNumbers.of(arguments[0]);
    if (flags != null && (flags.intValue() & ~3) != 0) {
      throw error("Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.");
    }
    return Values.NONE;
  }

  private Object checkCommand(LuaState s, @Nullable Object[] arguments) {
    Boolean allowed = commands.allowed(arguments);
    if (allowed == null) {
      throw error("Invalid command passed to redis.acl_check_cmd()");
    }
    return allowed;
  }
}
