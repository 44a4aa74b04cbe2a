package io.keyward.engine.builtin.script;

import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.FunctionNames;
import io.keyward.engine.builtin.script.lua.LuaTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The function libraries of one keyspace. */
final class KeyspaceFunctions {
  private final BuiltinKeyspace keyspace;
  private FunctionWorld world;
  private Map<String, Library> libraries = new LinkedHashMap<>();

  private List<Change> changes = List.of();

  /** Those of another keyspace of the same loop, whose texts need not be read once more. */
  private Map<String, Library> known = Map.of();

  private KeyspaceFunctions(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
    world = new FunctionWorld(keyspace);
  }

  /** The functions of the keyspace in which a request runs. */
  static KeyspaceFunctions of(Request request) {
    return of(Database.of(request).keyspace());
  }

  /** The functions of a keyspace. */
  static KeyspaceFunctions of(BuiltinKeyspace keyspace) {
    return keyspace.attachments().get(KeyspaceFunctions.class, KeyspaceFunctions::new);
  }

  /** Lends a keyspace of the same loop what it needs of a text that is a library here. */
  void lendTo(KeyspaceFunctions borrower) {
    borrower.known = libraries;
  }

  /** Gives back what was lent. */
  void giveBack() {
    known = Map.of();
  }

  Map<String, Library> libraries() {
    return libraries;
  }

  int functionCount() {
    return libraries.values().stream().mapToInt(library -> library.functions().size()).sum();
  }

  /** About how many bytes the texts and compiled forms of the libraries take. */
  long libraryBytes() {
    return bytes(libraries);
  }

  private static long bytes(Map<String, Library> of) {
    return of.values().stream().mapToLong(Library::bytes).sum();
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
    world = new FunctionWorld(keyspace);
  }

  /** Reads a library and adds it. */
  Library load(byte[] code, boolean replace) {
    Library library = read(code, libraries, replace);
    Map<String, Library> others = new LinkedHashMap<>(libraries);
    others.remove(library.name());
    refuseCollision(library, others);
    others.put(library.name(), library);
    adopt(others);
    return library;
  }

  /**
   * What has become of a library.
   *
   * @param loaded whether it has come, or gone
   */
  record Change(Library library, boolean loaded) {}

  /** Has these libraries from now on, and counts what they take. */
  private void adopt(Map<String, Library> next) {
    long change = bytes(next) - bytes(libraries);
    changes = List.of();
    if (keyspace.effects().kept()) {
      List<Change> found = changes(libraries, next);
      gets(found);
      libraries.keySet().stream().filter(name -> !next.containsKey(name)).forEach(this::loses);
      changes = found;
    }
    libraries = next;
    keyspace.settingsAccount().add(change);
  }

  /** What the last command has changed, in an order in which no two libraries collide. */
  List<Change> changes() {
    return changes;
  }

  private static List<Change> changes(Map<String, Library> former, Map<String, Library> next) {
    List<Library> come =
        next.values().stream().filter(library -> former.get(library.name()) != library).toList();
    List<Change> found = new ArrayList<>();
    for (Library library : former.values()) {
      Library present = next.get(library.name());
      // One that is replaced alone stays until the other one is there.
      if (present == null || (present != library && come.size() > 1)) {
        found.add(new Change(library, false));
      }
    }
    come.forEach(library -> found.add(new Change(library, true)));
    return found;
  }

  private FunctionNames names() {
    return keyspace.home().functionNames();
  }

  private void loses(String library) {
    names().loses(keyspace, library);
  }

  /** Says which libraries have come, or none if there is no memory to say it. */
  private void gets(List<Change> found) {
    try {
      for (Change change : found) {
        if (change.loaded()) {
          names().gets(keyspace, change.library().text());
        }
      }
    } catch (OutOfMemoryError full) {
      for (Change change : found) {
        String name = change.library().name();
        Library former = libraries.get(name);
        if (former == null) {
          loses(name);
        } else if (change.loaded()) {
          names().gets(keyspace, former.text());
        }
      }
      throw full;
    }
  }

  /** Whether a Redis that has one set of libraries for all keyspaces does the same now. */
  boolean isEverywhere(Change change) {
    return change.loaded()
        ? names().tells(keyspace, change.library().text())
        : names().tellsLoss(keyspace, change.library().name());
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
    Library same = known.get(header.name());
    Library library =
        same != null && Arrays.equals(same.code(), code)
            ? same.anew()
            : new Library(header.name(), code);
    world.load(header, library);
    if (library.functions().isEmpty()) {
      throw CommandException.error("No functions registered");
    }
    return library;
  }

  private static void refuseCollision(Library library, Map<String, Library> others) {
    Map<String, String> names = new HashMap<>();
    library.functions().keySet().forEach(name -> names.put(name.toLowerCase(Locale.ROOT), name));
    for (Library other : others.values()) {
      for (String taken : other.functions().keySet()) {
        String name = names.get(taken.toLowerCase(Locale.ROOT));
        if (name != null) {
          throw CommandException.error("Function " + name + " already exists");
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
    LuaWorld lua = world.lua();
    LuaTable keyTable = lua.words(request, 3, keys);
    LuaTable arguments = lua.words(request, 3 + keys, request.count() - 3 - keys);
    lua.run(
        request,
        reply,
        function.name(),
        function.declared(),
        readOnlyCommand,
        state -> function.body().call(state, keyTable, arguments));
  }
}
