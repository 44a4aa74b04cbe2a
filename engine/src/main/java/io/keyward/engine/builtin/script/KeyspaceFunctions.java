package io.keyward.engine.builtin.script;

import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Effects;
import io.keyward.engine.builtin.FunctionNames;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.script.lua.LuaTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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
    adopt(new LinkedHashMap<>(), Elsewhere.ASKED);
    world = new FunctionWorld(keyspace);
  }

  /** Whether a Redis that has one set of libraries for all keyspaces has what is loaded. */
  enum Elsewhere {
    /** It is told, if it can have it. */
    ASKED,
    YES,
    NO
  }

  /** Reads a library and adds it; returns its name. */
  String load(byte[] code, boolean replace, Elsewhere elsewhere) {
    Library library = read(code, libraries, replace);
    Map<String, Library> others = new LinkedHashMap<>(libraries);
    others.remove(library.name());
    refuseCollision(library, others);
    others.put(library.name(), library);
    adopt(others, elsewhere);
    return library.name();
  }

  /**
   * What has become of a library.
   *
   * @param loaded whether it has come, or gone
   * @param everywhere whether a Redis that has one set of libraries for all keyspaces is to do the
   *     same
   */
  record Change(Library library, boolean loaded, boolean everywhere) {}

  /** Has these libraries from now on, and counts what they take. */
  private void adopt(Map<String, Library> next, Elsewhere elsewhere) {
    long change = bytes(next) - bytes(libraries);
    changes = changes(libraries, next, elsewhere);
    libraries = next;
    keyspace.settingsAccount().add(change);
  }

  /** What the last command has changed, in an order in which no two libraries collide. */
  List<Change> changes() {
    return changes;
  }

  private List<Change> changes(
      Map<String, Library> former, Map<String, Library> next, Elsewhere elsewhere) {
    if (!keyspace.effects().kept()) {
      return List.of();
    }
    List<Library> come =
        next.values().stream().filter(library -> former.get(library.name()) != library).toList();
    List<Change> found = new ArrayList<>();
    FunctionNames names = keyspace.home().functionNames();
    for (Library library : former.values()) {
      Library present = next.get(library.name());
      // One that is replaced alone stays until the other one is there.
      if (present == null || (present != library && come.size() > 1)) {
        found.add(new Change(library, false, names.losesLast(keyspace, library.name())));
      }
    }
    for (Library library : come) {
      found.add(new Change(library, true, isElsewhere(library, elsewhere)));
    }
    if (found.stream().anyMatch(Change::everywhere)) {
      keyspace.home().functionTelling().soon();
    }
    return found;
  }

  private boolean isElsewhere(Library library, Elsewhere elsewhere) {
    FunctionNames names = keyspace.home().functionNames();
    return switch (elsewhere) {
      case ASKED -> gets(library);
      case YES -> {
        names.shows(keyspace, library.name(), lowerCase(library));
        yield true;
      }
      case NO -> {
        names.hides(keyspace, library.name());
        yield false;
      }
    };
  }

  /** Whether a Redis can have a library now; else it is told when it can, if it still is there. */
  private boolean gets(Library library) {
    return keyspace
        .home()
        .functionNames()
        .gets(keyspace, library.name(), lowerCase(library), () -> tellLater(library.name()));
  }

  /** Tells a Redis of a library that it was not told of, or told too early; any thread may call. */
  private void tellLater(String name) {
    Home home = keyspace.home();
    home.loop().execute(() -> home.whenIdle(() -> tellIfPossible(name)));
  }

  private void tellIfPossible(String name) {
    Library library = libraries.get(name);
    if (library != null && gets(library)) {
      tell(library, true);
    }
  }

  private static Set<String> lowerCase(Library library) {
    return library.functions().keySet().stream()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .collect(Collectors.toSet());
  }

  /**
   * Whether a Redis is to have a library of these, and not another keyspace's of its name. It is
   * told if what it has of that name is no keyspace's any more.
   */
  boolean isShown(Library library) {
    FunctionNames names = keyspace.home().functionNames();
    if (names.isShown(keyspace, library.name())) {
      return true;
    }
    boolean takesOver =
        names.takesOver(
            keyspace, library.name(), lowerCase(library), () -> tellLater(library.name()));
    if (takesOver || names.givesUp(keyspace.home(), library.name())) {
      tell(library, takesOver);
    }
    return takesOver;
  }

  private void tell(Library library, boolean shown) {
    Effects effects = keyspace.effects();
    effects.beginUnit();
    try {
      if (!shown) {
        effects.whole().libraryDeleted(0, library.name(), true);
      }
      effects.whole().libraryLoaded(0, library.code(), shown);
    } finally {
      effects.endUnit();
    }
    keyspace.home().functionTelling().soon();
  }

  /** Forgets a library; false if there is none of this name. */
  boolean delete(String name) {
    Map<String, Library> others = new LinkedHashMap<>(libraries);
    boolean known = others.remove(name) != null;
    adopt(others, Elsewhere.ASKED);
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
    adopt(result, Elsewhere.ASKED);
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
