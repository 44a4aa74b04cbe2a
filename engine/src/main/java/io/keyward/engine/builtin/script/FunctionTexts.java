package io.keyward.engine.builtin.script;

import io.keyward.engine.CommandException;
import io.keyward.engine.builtin.BuiltinKeyspace;
import java.util.List;

/** The libraries of functions of a keyspace as they go into files. */
public final class FunctionTexts {
  private FunctionTexts() {}

  /** The texts of all libraries. */
  public static List<byte[]> of(BuiltinKeyspace keyspace) {
    KeyspaceFunctions functions = keyspace.attachmentIfAny(KeyspaceFunctions.class);
    return functions == null
        ? List.of()
        : functions.libraries().values().stream().map(Library::code).toList();
  }

  /**
   * Adds a library.
   *
   * @param replace whether it may take the place of one of the same name
   * @throws CommandException if the text is not one, or its name is taken
   */
  public static void load(BuiltinKeyspace keyspace, byte[] text, boolean replace) {
    String _ = KeyspaceFunctions.of(keyspace).load(text, replace);
  }

  /** Forgets every library. */
  public static void flush(BuiltinKeyspace keyspace) {
    KeyspaceFunctions functions = keyspace.attachmentIfAny(KeyspaceFunctions.class);
    if (functions != null) {
      functions.flush();
    }
  }
}
