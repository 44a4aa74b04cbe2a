package io.keyward.engine.builtin.script;

import io.keyward.engine.builtin.BuiltinKeyspace;

/**
 * What INFO tells of a keyspace's scripts.
 *
 * @param scripts how many are known by digest
 * @param scriptBytes about how many bytes their texts and compiled forms take
 * @param scriptWorldBytes about how many the Lua world takes that they run in
 * @param libraryBytes about how many bytes libraries' texts and compiled forms take
 * @param functionWorldBytes about how many the Lua world takes that functions run in
 */
public record ScriptFigures(
    int scripts,
    long scriptBytes,
    long scriptWorldBytes,
    int libraries,
    int functions,
    long libraryBytes,
    long functionWorldBytes) {
  /** The figures of now; a keyspace that has never run a script has none. */
  public static ScriptFigures of(BuiltinKeyspace keyspace) {
    KeyspaceScripts scripts = keyspace.attachments().ifAny(KeyspaceScripts.class);
    KeyspaceFunctions functions = keyspace.attachments().ifAny(KeyspaceFunctions.class);
    return new ScriptFigures(
        scripts == null ? 0 : scripts.cache().count(),
        scripts == null ? 0 : scripts.cache().bytes(),
        scripts == null ? 0 : LuaWorld.BYTES,
        functions == null ? 0 : functions.libraries().size(),
        functions == null ? 0 : functions.functionCount(),
        functions == null ? 0 : functions.libraryBytes(),
        functions == null ? 0 : LuaWorld.BYTES);
  }
}
