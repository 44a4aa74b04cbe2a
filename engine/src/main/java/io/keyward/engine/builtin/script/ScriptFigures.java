package io.keyward.engine.builtin.script;

import io.keyward.engine.builtin.BuiltinKeyspace;

/**
 * What INFO tells of a keyspace's scripts.
 *
 * @param scripts how many are known by digest
 * @param scriptBytes about how many bytes their texts and compiled forms take
 */
public record ScriptFigures(int scripts, long scriptBytes, int libraries, int functions) {
  /** The figures of now; a keyspace that has never run a script has none. */
  public static ScriptFigures of(BuiltinKeyspace keyspace) {
    KeyspaceScripts scripts = keyspace.attachmentIfAny(KeyspaceScripts.class);
    KeyspaceFunctions functions = keyspace.attachmentIfAny(KeyspaceFunctions.class);
    return new ScriptFigures(
        scripts == null ? 0 : scripts.cache().count(),
        scripts == null ? 0 : scripts.cache().bytes(),
        functions == null ? 0 : functions.libraries().size(),
        functions == null ? 0 : functions.functionCount());
  }
}
