package io.keyward.engine.builtin.script;

import io.keyward.engine.CommandException;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.FunctionNames;
import io.keyward.engine.builtin.LibraryText;
import java.util.List;
import java.util.Set;

/** The libraries of functions of a keyspace as they go into files. */
public final class FunctionTexts {
  private FunctionTexts() {}

  /** Who is told of changes. */
  private record Listener(Runnable told) {}

  /** All libraries. */
  public static List<LibraryText> all(BuiltinKeyspace keyspace) {
    KeyspaceFunctions functions = keyspace.attachments().ifAny(KeyspaceFunctions.class);
    return functions == null
        ? List.of()
        : functions.libraries().values().stream().map(Library::text).toList();
  }

  /** The texts of all libraries. */
  public static List<byte[]> of(BuiltinKeyspace keyspace) {
    return all(keyspace).stream().map(LibraryText::code).toList();
  }

  /**
   * Adds a library of a file.
   *
   * @param replace whether it may take the place of one of the same name
   * @param everywhere whether a Redis that reads the file, and has one set of libraries, has it
   * @param place where in the files that are read it stands
   * @throws CommandException if the text is not one, or its name is taken
   */
  public static void load(
      BuiltinKeyspace keyspace, byte[] text, boolean replace, boolean everywhere, long place) {
    LibraryText library = KeyspaceFunctions.of(keyspace).load(text, replace).text();
    if (keyspace.effects().kept()) {
      FunctionNames names = keyspace.home().functionNames();
      if (everywhere) {
        names.read(library.library(), library, place);
      }
      names.loads(keyspace, library);
    }
  }

  /**
   * Takes it that a Redis which reads a file has a library, whoever has it else.
   *
   * @throws CommandException if the text is not one
   */
  public static void everywhere(FunctionNames names, byte[] text, long place) {
    LibraryHeader header = LibraryHeader.of(text);
    names.read(header.name(), new LibraryText(header.name(), Set.of(), text), place);
  }

  /**
   * Does something with a keyspace while it need not read again what another one on its loop has
   * read: that would take milliseconds for each library of some length.
   */
  public static void lending(BuiltinKeyspace lender, BuiltinKeyspace borrower, Runnable work) {
    KeyspaceFunctions functions = KeyspaceFunctions.of(borrower);
    KeyspaceFunctions.of(lender).lendTo(functions);
    try {
      work.run();
    } finally {
      functions.giveBack();
    }
  }

  /** Has somebody told, on the keyspace's loop, that a command has changed the libraries. */
  public static void onChange(BuiltinKeyspace keyspace, Runnable told) {
    var _ = keyspace.attachments().get(Listener.class, k -> new Listener(told));
  }

  /** A command has changed the libraries. */
  static void changed(BuiltinKeyspace keyspace) {
    Listener listener = keyspace.attachments().ifAny(Listener.class);
    if (listener != null) {
      listener.told.run();
    }
  }

  /** All libraries as FUNCTION DUMP gives them. */
  public static byte[] payload(BuiltinKeyspace keyspace) {
    return FunctionPayload.write(KeyspaceFunctions.of(keyspace).libraries().values());
  }

  /**
   * Adds the libraries of such a payload.
   *
   * @throws CommandException if it is damaged
   */
  public static void loadPayload(BuiltinKeyspace keyspace, byte[] payload) {
    KeyspaceFunctions functions = KeyspaceFunctions.of(keyspace);
    FunctionPayload.read(payload).forEach(text -> functions.load(text, true));
  }

  /** Forgets the library of a name; returns whether there was one. */
  public static boolean delete(BuiltinKeyspace keyspace, String name) {
    return KeyspaceFunctions.of(keyspace).delete(name);
  }

  /** Forgets every library. */
  public static void flush(BuiltinKeyspace keyspace) {
    KeyspaceFunctions functions = keyspace.attachments().ifAny(KeyspaceFunctions.class);
    if (functions != null) {
      functions.flush();
    }
  }
}
