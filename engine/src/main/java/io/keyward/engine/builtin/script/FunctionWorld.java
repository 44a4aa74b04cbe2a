package io.keyward.engine.builtin.script;

import io.keyward.engine.CommandException;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.script.lua.Closure;
import io.keyward.engine.builtin.script.lua.LuaError;
import io.keyward.engine.builtin.script.lua.LuaState;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.builtin.script.lua.LuaTable;
import io.keyward.engine.builtin.script.lua.ScriptAborted;

/**
 * The Lua world that the function libraries of a keyspace share.
 *
 * <p>Their global table is empty and frozen; what it falls back on is, while a library is loaded, a
 * {@code redis} table that can only register, and afterwards the globals of the world.
 */
final class FunctionWorld {
  private static final String CHUNK = "user_function";
  private static final long LOAD_NANOS = 500_000_000;
  private static final LuaString INDEX = LuaString.of("__index");
  private static final LuaString REDIS = LuaString.of("redis");

  private final LuaWorld lua;
  private final Registration registration;
  private final LuaTable fallback;
  private final LuaTable environment;
  private final LuaTable whileLoading;

  FunctionWorld(BuiltinKeyspace keyspace) {
    lua = new LuaWorld(keyspace, CHUNK, true);
    LuaState state = lua.state();
    registration = new Registration(state);
    fallback = state.table();
    environment = state.table();
    whileLoading = state.table();
    LuaTable redis = state.table();
    RedisLibrary.installForLoading(redis, registration);
    lua.refuseUnknown(redis);
    whileLoading.set(REDIS, redis);
    lua.refuseUnknown(whileLoading);
    LuaWorld.freeze(whileLoading);
    environment.metatable(fallback);
    environment.readOnly(true);
    fallBackOn(state.globals());
  }

  /** Where functions are called. */
  LuaWorld lua() {
    return lua;
  }

  private void fallBackOn(LuaTable table) {
    fallback.readOnly(false);
    fallback.set(INDEX, table);
    fallback.readOnly(true);
  }

  /** Runs the code of a library, which registers its functions there. */
  void load(LibraryHeader header, Library library) {
    LuaState state = lua.state();
    fallBackOn(whileLoading);
    registration.into(library);
    lua.limit(LOAD_NANOS, "ERR Error registering functions: FUNCTION LOAD timeout (500 ms)");
    try {
      text(header, library).call(state);
    } catch (ScriptAborted aborted) {
      throw new CommandException(aborted.reason());
    } catch (LuaError error) {
      throw CommandException.error("Error registering functions: " + lua.line(error));
    } finally {
      state.end();
      registration.into(null);
      fallBackOn(state.globals());
    }
  }

  private Closure text(LibraryHeader header, Library library) {
    Closure known = library.compiled();
    Closure text = known == null ? compile(header, library.code()) : known.in(environment);
    library.compiled(text);
    return text;
  }

  private Closure compile(LibraryHeader header, byte[] code) {
    lua.refuseTooLong(code.length);
    try {
      return lua.state()
          .load(code, header.length(), code.length - header.length(), CHUNK, environment);
    } catch (LuaError error) {
      throw CommandException.error("Error compiling function: " + error.getMessage());
    }
  }
}
