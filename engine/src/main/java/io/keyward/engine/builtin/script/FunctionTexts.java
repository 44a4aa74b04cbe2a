package io.keyward.engine.builtin.script;

import io.keyward.engine.CommandException;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.script.KeyspaceFunctions.Elsewhere;
import java.util.List;
import java.util.Set;

/** The libraries of functions of a keyspace as they go into files. */
public final class FunctionTexts {
  private FunctionTexts() {}

  /** Who is told of changes. */
  private record Listener(Runnable told) {}

  /** A library with the names that it takes: its own, and those of its functions. */
  public static final class Named {
    private final Library library;

    private Named(Library library) {
      this.library = library;
    }

    public String library() {
      return library.name();
    }

    public Set<String> functions() {
      return library.functions().keySet();
    }

    /** The whole text, not to be changed. */
    public byte[] text() {
      return library.code();
    }
  }

  /** All libraries. */
  public static List<Named> named(BuiltinKeyspace keyspace) {
    KeyspaceFunctions functions = keyspace.attachments().ifAny(KeyspaceFunctions.class);
    return functions == null
        ? List.of()
        : functions.libraries().values().stream().map(Named::new).toList();
  }

  /** The texts of all libraries. */
  public static List<byte[]> of(BuiltinKeyspace keyspace) {
    return named(keyspace).stream().map(Named::text).toList();
  }

  /**
   * Whether a Redis that reads a file, and has one set of libraries, is to find this one there. Its
   * keyspace's stream tells it if that is new; on the keyspace's loop.
   */
  public static boolean isShown(BuiltinKeyspace keyspace, Named library) {
    return KeyspaceFunctions.of(keyspace).isShown(library.library);
  }

  /**
   * Adds a library of a file.
   *
   * @param replace whether it may take the place of one of the same name
   * @param shown whether a Redis that reads the file, and has one set of libraries, has it
   * @throws CommandException if the text is not one, or its name is taken
   */
  public static void load(BuiltinKeyspace keyspace, byte[] text, boolean replace, boolean shown) {
    String _ =
        KeyspaceFunctions.of(keyspace).load(text, replace, shown ? Elsewhere.YES : Elsewhere.NO);
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
    FunctionPayload.read(payload).forEach(text -> functions.load(text, true, Elsewhere.ASKED));
  }

  /** Forgets the library of a name, if there is one. */
  public static void delete(BuiltinKeyspace keyspace, String name) {
    boolean _ = KeyspaceFunctions.of(keyspace).delete(name);
  }

  /** Forgets every library. */
  public static void flush(BuiltinKeyspace keyspace) {
    KeyspaceFunctions functions = keyspace.attachments().ifAny(KeyspaceFunctions.class);
    if (functions != null) {
      functions.flush();
    }
  }
}
