package io.keyward.engine.builtin.script;

import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.script.lua.Closure;
import io.keyward.engine.builtin.script.lua.LuaError;
import io.keyward.engine.builtin.script.lua.LuaState;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.builtin.script.lua.LuaTable;
import io.keyward.engine.builtin.script.lua.ScriptAborted;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The function libraries of one keyspace.
 *
 * <p>Libraries share one Lua world. Their global table is empty and frozen; what it falls back on
 * is, while a library is loaded, a {@code redis} table that can only register, and afterwards the
 * globals of the world.
 */
final class KeyspaceFunctions {
  private static final String CHUNK = "user_function";
  private static final long LOAD_NANOS = 500_000_000;
  private static final LuaString INDEX = LuaString.of("__index");
  private static final LuaString REDIS = LuaString.of("redis");

  private final BuiltinKeyspace keyspace;
  private LuaWorld world;
  private Registration registration;
  private LuaTable fallback;
  private LuaTable environment;
  private LuaTable whileLoading;
  private Map<String, Library> libraries = new LinkedHashMap<>();

  private KeyspaceFunctions(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
    world = new LuaWorld(keyspace, CHUNK, true);
    LuaState state = world.state();
    registration = new Registration(state);
    fallback = state.table();
    environment = state.table();
    whileLoading = state.table();
    furnish();
  }

  /** The functions of the keyspace in which a request runs. */
  static KeyspaceFunctions of(Request request) {
    return of(Database.of(request).keyspace());
  }

  /** The functions of a keyspace. */
  static KeyspaceFunctions of(BuiltinKeyspace keyspace) {
    return keyspace.attachment(KeyspaceFunctions.class, KeyspaceFunctions::new);
  }

  private void furnish() {
    LuaTable redis = world.state().table();
    RedisLibrary.installForLoading(redis, registration);
    world.refuseUnknown(redis);
    whileLoading.set(REDIS, redis);
    world.refuseUnknown(whileLoading);
    LuaWorld.freeze(whileLoading);
    environment.metatable(fallback);
    environment.readOnly(true);
    fallBackOn(world.state().globals());
  }

  private void fallBackOn(LuaTable table) {
    fallback.readOnly(false);
    fallback.set(INDEX, table);
    fallback.readOnly(true);
  }

  Map<String, Library> libraries() {
    return libraries;
  }

  int functionCount() {
    return libraries.values().stream().mapToInt(library -> library.functions().size()).sum();
  }

  /** The function of that name in any case, or null. */
  Library.@Nullable Function function(String name) {
    return find(libraries, name);
  }

  private static Library.@Nullable Function find(Map<String, Library> among, String name) {
    for (Library library : among.values()) {
      Library.Function exact = library.functions().get(name);
      if (exact != null) {
        return exact;
      }
    }
    for (Library library : among.values()) {
      for (Library.Function function : library.functions().values()) {
        if (function.name().equalsIgnoreCase(name)) {
          return function;
        }
      }
    }
    return null;
  }

  /** Forgets every library and begins with a new Lua world. */
  void flush() {
    adopt(new LinkedHashMap<>());
    world = new LuaWorld(keyspace, CHUNK, true);
    LuaState state = world.state();
    registration = new Registration(state);
    fallback = state.table();
    environment = state.table();
    whileLoading = state.table();
    furnish();
  }

  /** Reads a library and adds it; returns its name. */
  String load(byte[] code, boolean replace) {
    Library library = read(code, libraries, replace);
    Map<String, Library> others = new LinkedHashMap<>(libraries);
    others.remove(library.name());
    refuseCollision(library, others);
    others.put(library.name(), library);
    adopt(others);
    return library.name();
  }

  /** Has these libraries from now on, and counts what they take. */
  private void adopt(Map<String, Library> next) {
    long change = 0;
    for (Library library : next.values()) {
      change += library.bytes();
    }
    for (Library library : libraries.values()) {
      change -= library.bytes();
    }
    libraries = next;
    keyspace.settingsAccount().add(change);
  }

  /** Forgets a library; false if there is none of this name. */
  boolean delete(String name) {
    Map<String, Library> others = new LinkedHashMap<>(libraries);
    boolean known = others.remove(name) != null;
    adopt(others);
    return known;
  }

  private Library read(byte[] code, Map<String, Library> present, boolean replace) {
    LibraryHeader header = LibraryHeader.of(code);
    if (!replace && present.containsKey(header.name())) {
      throw CommandException.error("Library '" + header.name() + "' already exists");
    }
    Library library = new Library(header.name(), code);
    execute(header, library);
    if (library.functions().isEmpty()) {
      throw CommandException.error("No functions registered");
    }
    return library;
  }

  private void execute(LibraryHeader header, Library library) {
    LuaState state = world.state();
    byte[] code = library.code();
    fallBackOn(whileLoading);
    registration.into(library);
    world.limit(LOAD_NANOS, "ERR Error registering functions: FUNCTION LOAD timeout (500 ms)");
    try {
      compile(header, code).call(state);
    } catch (ScriptAborted aborted) {
      throw new CommandException(aborted.reason());
    } catch (LuaError error) {
      throw CommandException.error("Error registering functions: " + world.line(error));
    } finally {
      state.end();
      registration.into(null);
      fallBackOn(state.globals());
    }
  }

  private Closure compile(LibraryHeader header, byte[] code) {
    world.refuseTooLong(code.length);
    try {
      return world
          .state()
          .load(code, header.length(), code.length - header.length(), CHUNK, environment);
    } catch (LuaError error) {
      throw CommandException.error("Error compiling function: " + error.getMessage());
    }
  }

  private static void refuseCollision(Library library, Map<String, Library> others) {
    for (String name : library.functions().keySet()) {
      for (Library other : others.values()) {
        for (String taken : other.functions().keySet()) {
          if (taken.equalsIgnoreCase(name)) {
            throw CommandException.error("Function " + name + " already exists");
          }
        }
      }
    }
  }

  /** What RESTORE does with libraries that are there already. */
  enum Policy {
    FLUSH,
    APPEND,
    REPLACE;

    static @Nullable Policy named(String text) {
      return switch (text.toUpperCase(Locale.ROOT)) {
        case "FLUSH" -> FLUSH;
        case "APPEND" -> APPEND;
        case "REPLACE" -> REPLACE;
        default -> null;
      };
    }
  }

  /** Adds all libraries or, if one does not fit, none. */
  void restore(Iterable<byte[]> codes, Policy policy) {
    Map<String, Library> result =
        policy == Policy.FLUSH ? new LinkedHashMap<>() : new LinkedHashMap<>(libraries);
    Map<String, Library> added = new LinkedHashMap<>();
    for (byte[] code : codes) {
      Library library = read(code, added, false);
      refuseCollision(library, added);
      added.put(library.name(), library);
    }
    for (Library library : added.values()) {
      if (policy == Policy.APPEND && result.containsKey(library.name())) {
        throw CommandException.error("Library " + library.name() + " already exists");
      }
      result.remove(library.name());
    }
    for (Library library : added.values()) {
      refuseCollision(library, result);
    }
    result.putAll(added);
    adopt(result);
  }

  /** Calls a function with the keys and arguments of a request. */
  void call(
      Library.Function function, Request request, Reply reply, int keys, boolean readOnlyCommand) {
    LuaTable keyTable = world.words(request, 3, keys);
    LuaTable arguments = world.words(request, 3 + keys, request.count() - 3 - keys);
    world.run(
        request,
        reply,
        function.name(),
        function.declared(),
        readOnlyCommand,
        state -> function.body().call(state, keyTable, arguments));
  }
}
