package io.keyward.engine.builtin.script;

import io.keyward.config.directive.Directive;
import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.script.lua.Closure;
import io.keyward.engine.builtin.script.lua.LuaError;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.builtin.script.lua.LuaTable;

/** The scripts of one keyspace that EVAL and its kin run. */
final class KeyspaceScripts {
  private static final String CHUNK = "user_script";
  private static final LuaString KEYS = LuaString.of("KEYS");
  private static final LuaString ARGV = LuaString.of("ARGV");

  private final BuiltinKeyspace keyspace;
  private final ScriptCache cache;
  private LuaWorld world;

  private KeyspaceScripts(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
    cache = new ScriptCache(this::mostCached);
    world = new LuaWorld(keyspace, CHUNK, false);
  }

  private long mostCached() {
    Home home = keyspace.home();
    long room = home.guard().scriptLimit(home.memory().ofAll()) / 4;
    return Math.min(home.settings().number(Directive.SCRIPT_CACHE_SIZE), room);
  }

  /** The scripts of the keyspace in which a request runs. */
  static KeyspaceScripts of(Request request) {
    return Database.of(request).keyspace().attachment(KeyspaceScripts.class, KeyspaceScripts::new);
  }

  /** Forgets every script and begins with a new Lua world. */
  void flush() {
    cache.clear();
    world = new LuaWorld(keyspace, CHUNK, false);
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
    world.refuseTooLong(request.length(argument));
    byte[] text = request.copyOf(argument);
    Shebang shebang = Shebang.of(text);
    Closure function;
    try {
      function = world.state().load(text, shebang.length(), text.length - shebang.length(), CHUNK);
    } catch (LuaError error) {
      throw CommandException.error("Error compiling script (new function): " + error.getMessage());
    }
    Script script = new Script(text, Digest.hex(text), shebang, function);
    cache.add(script);
    return script;
  }

  /** Runs a script with the keys and arguments of a request and writes what it returns. */
  void run(Script script, Request request, Reply reply, int keys, boolean readOnlyCommand) {
    LuaTable globals = world.state().globals();
    globals.readOnly(false);
    globals.set(KEYS, world.words(request, 3, keys));
    globals.set(ARGV, world.words(request, 3 + keys, request.count() - 3 - keys));
    globals.readOnly(true);
    world.run(
        request,
        reply,
        script.digest(),
        script.shebang(),
        readOnlyCommand,
        state -> script.function().renewed(state).call(state));
  }
}
