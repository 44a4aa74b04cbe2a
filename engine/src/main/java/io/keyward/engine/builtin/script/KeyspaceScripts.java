package io.keyward.engine.builtin.script;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.RememberedScripts;
import io.keyward.engine.builtin.script.lua.Closure;
import io.keyward.engine.builtin.script.lua.LuaError;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.builtin.script.lua.LuaTable;

/** The scripts of one keyspace that EVAL and its kin run. */
final class KeyspaceScripts implements RememberedScripts.OfKeyspace {
  private static final String CHUNK = "user_script";
  private static final LuaString KEYS = LuaString.of("KEYS");
  private static final LuaString ARGV = LuaString.of("ARGV");

  private final BuiltinKeyspace keyspace;
  private final ScriptCache cache;
  private LuaWorld world;

  private KeyspaceScripts(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
    cache = new ScriptCache(this::count);
    world = new LuaWorld(keyspace, CHUNK, false);
  }

  private void count(long change) {
    keyspace.settingsAccount().add(change);
    keyspace.home().rememberedScripts().count(this, change);
  }

  @Override
  public long bytes() {
    return cache.bytes();
  }

  @Override
  public void shrinkTo(long most) {
    cache.shrinkTo(most);
  }

  /** Remembers a script, for which others may have to be forgotten. */
  private void remember(Script script) {
    cache.add(script);
    cache.shrinkTo(Math.max(mostBytes(), script.footprint()));
    keyspace.home().rememberedScripts().keepWithinBudget();
  }

  /** Of what limits the data, scripts have a quarter at most, and the keys the rest. */
  private long mostBytes() {
    LiveSettings settings = keyspace.home().settings();
    long most = settings.number(Directive.SCRIPT_CACHE_SIZE);
    long maxmemory = settings.number(Directive.MAXMEMORY);
    long own = keyspace.mostBytes();
    most = maxmemory > 0 ? Math.min(most, maxmemory / 4) : most;
    return own > 0 ? Math.min(most, own / 4) : most;
  }

  /** The scripts of the keyspace in which a request runs. */
  static KeyspaceScripts of(Request request) {
    return Database.of(request)
        .keyspace()
        .attachments()
        .get(KeyspaceScripts.class, KeyspaceScripts::new);
  }

  /** Forgets every script and begins with a new Lua world. */
  void flush() {
    cache.clear();
    world = new LuaWorld(keyspace, CHUNK, false);
  }

  ScriptCache cache() {
    return cache;
  }

  /**
   * The script of an argument's text, read now if it is not known. One that is more than all
   * scripts may take is not remembered.
   */
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
    remember(script);
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
