package io.keyward.engine.builtin.script.lua;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The functions that stand in the global table, as far as Redis leaves them there. */
public final class BaseLibrary {
  static final NativeFunction NEXT = new NativeFunction(BaseLibrary::next);
  private static final LuaString ERR = LuaString.of("err");
  private static final LuaString META = LuaString.of("__metatable");

  private BaseLibrary() {}

  /** Puts the functions into the state's globals. */
  public static void install(LuaState state) {
    LuaTable globals = state.globals();
    globals.set(LuaString.of("_G"), globals);
    globals.set(LuaString.of("_VERSION"), LuaString.of("Lua 5.1"));
    globals.set(LuaString.of("next"), NEXT);
    NativeFunction step = new NativeFunction(BaseLibrary::indexed);
    add(globals, "ipairs", (s, a) -> Values.of(step, Arguments.table(a, 0), LuaNumbers.box(0)));
    add(globals, "pairs", (s, a) -> Values.of(NEXT, Arguments.table(a, 0), null));
    add(globals, "type", (s, a) -> LuaString.of(Operations.typeName(Arguments.any(a, 0))));
    add(globals, "tostring", (s, a) -> Operations.text(s, Arguments.any(a, 0)));
    add(globals, "tonumber", (s, a) -> toNumber(a));
    add(globals, "rawequal", (s, a) -> Operations.rawEquals(any(a, 0), any(a, 1)));
    add(globals, "rawget", (s, a) -> Arguments.table(a, 0).get(any(a, 1)));
    add(globals, "rawset", BaseLibrary::rawSet);
    add(globals, "getmetatable", BaseLibrary::getMetatable);
    add(globals, "setmetatable", BaseLibrary::setMetatable);
    add(globals, "assert", BaseLibrary::assertTrue);
    add(globals, "error", BaseLibrary::error);
    add(globals, "pcall", BaseLibrary::protectedCall);
    add(globals, "xpcall", BaseLibrary::protectedCallWithHandler);
    add(globals, "select", BaseLibrary::select);
    add(globals, "unpack", BaseLibrary::unpack);
    add(globals, "loadstring", BaseLibrary::loadString);
    add(globals, "load", BaseLibrary::load);
    add(globals, "getfenv", BaseLibrary::getEnvironment);
    add(globals, "setfenv", BaseLibrary::setEnvironment);
    add(globals, "newproxy", BaseLibrary::newProxy);
    add(globals, "gcinfo", (s, a) -> kilobytes(s));
    add(globals, "collectgarbage", BaseLibrary::collectGarbage);
  }

  /** Adds a function to a library's table. */
  public static void add(LuaTable library, String name, NativeFunction.Body body) {
    library.set(LuaString.of(name), new NativeFunction(body));
  }

  private static @Nullable Object any(@Nullable Object[] arguments, int index) {
    return Arguments.any(arguments, index);
  }

  private static @Nullable Object next(LuaState state, @Nullable Object[] arguments) {
    LuaTable table = Arguments.table(arguments, 0);
    int after = table.cursorAfter(Arguments.value(arguments, 1));
    int cursor = table.entryFrom(after);
    // Of a table that has been emptied many places are passed over.
    state.work(Long.BYTES * (long) table.passed(after, cursor));
    return cursor == Integer.MIN_VALUE
        ? null
        : Values.of(table.keyAt(cursor), table.valueAt(cursor));
  }

  private static @Nullable Object indexed(LuaState state, @Nullable Object[] arguments) {
    LuaTable table = Arguments.table(arguments, 0);
    int index = (int) Arguments.integer(arguments, 1) + 1;
    Object value = table.get(index);
    return value == null ? null : Values.of(LuaNumbers.box(index), value);
  }

  private static @Nullable Object toNumber(@Nullable Object[] arguments) {
    long base = Arguments.integer(arguments, 1, 10);
    if (base == 10) {
      return LuaNumbers.of(any(arguments, 0));
    }
    LuaString text = Arguments.string(arguments, 0);
    if (base < 2 || base > 36) {
      throw LuaError.argument(2, "base out of range");
    }
    String digits = text.toString().strip();
    boolean negative = digits.startsWith("-");
    if (negative || digits.startsWith("+")) {
      digits = digits.substring(1);
    }
    if (base == 16 && digits.regionMatches(true, 0, "0x", 0, 2)) {
      digits = digits.substring(2);
    }
    double value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = Character.digit(digits.charAt(i), (int) base);
      if (digit < 0) {
        return null;
      }
      value = value * base + digit;
    }
    return digits.isEmpty() ? null : (Object) LuaNumbers.box(negative ? -value : value);
  }

  private static @Nullable Object rawSet(LuaState state, @Nullable Object[] arguments) {
    LuaTable table = Arguments.table(arguments, 0);
    table.set(any(arguments, 1), any(arguments, 2));
    return table;
  }

  private static @Nullable Object getMetatable(LuaState state, @Nullable Object[] arguments) {
    LuaTable meta = Operations.metatable(state, any(arguments, 0));
    if (meta == null) {
      return null;
    }
    Object shown = meta.get(META);
    return shown == null ? meta : shown;
  }

  private static Object setMetatable(LuaState state, @Nullable Object[] arguments) {
    LuaTable table = Arguments.table(arguments, 0);
    Object meta = Arguments.value(arguments, 1);
    if (arguments.length < 2 || (meta != null && !(meta instanceof LuaTable))) {
      throw LuaError.argument(2, "nil or table expected");
    }
    LuaTable present = table.metatable();
    if (present != null && present.get(META) != null) {
      throw LuaError.message("cannot change a protected metatable");
    }
    table.metatable(meta instanceof LuaTable given ? given : null);
    return table;
  }

  private static @Nullable Object assertTrue(LuaState state, @Nullable Object[] arguments) {
    if (Expression.truth(any(arguments, 0))) {
      return Values.of(arguments);
    }
    Object message = Arguments.value(arguments, 1);
    throw LuaError.message(
        message == null ? "assertion failed!" : Arguments.string(arguments, 1).toString());
  }

  private static Object error(LuaState state, @Nullable Object[] arguments) {
    Object value = Arguments.value(arguments, 0);
    long level = Arguments.integer(arguments, 1, 1);
    if (value instanceof Double) {
      value = Operations.stringOf(value);
    }
    throw LuaError.atLevel(value, (int) level);
  }

  /** As Redis has it: of an error table with a text in {@code err}, the text alone. */
  private static @Nullable Object protectedCall(LuaState state, @Nullable Object[] arguments) {
    Object function = any(arguments, 0);
    @Nullable Object[] result = new @Nullable Object[1];
    NativeFunction call =
        new NativeFunction(
            (s, a) -> Operations.call(s, function, Arrays.copyOfRange(a, 1, a.length)));
    LuaError error = state.protectedCall(call, arguments, value -> result[0] = value);
    if (error == null) {
      return prefixed(true, result[0]);
    }
    Object value = error.value();
    if (value instanceof LuaTable table) {
      LuaString text = Operations.stringOf(table.get(ERR));
      if (text != null) {
        value = text;
      }
    }
    return Values.of(false, value);
  }

  private static @Nullable Object prefixed(Object first, @Nullable Object result) {
    @Nullable Object[] rest = Values.all(result);
    @Nullable Object[] all = new @Nullable Object[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return Values.of(all);
  }

  private static @Nullable Object protectedCallWithHandler(
      LuaState state, @Nullable Object[] arguments) {
    Object function = any(arguments, 0);
    Object handler = any(arguments, 1);
    @Nullable Object[] result = new @Nullable Object[1];
    NativeFunction call = new NativeFunction((s, a) -> Operations.call(s, function));
    LuaError error = state.protectedCall(call, Closure.NO_VALUES, value -> result[0] = value);
    if (error == null) {
      return prefixed(true, result[0]);
    }
    return Values.of(false, Values.first(Operations.call(state, handler, error.value())));
  }

  private static @Nullable Object select(LuaState state, @Nullable Object[] arguments) {
    if (Arguments.value(arguments, 0) instanceof LuaString word && word.toString().equals("#")) {
      return LuaNumbers.box(arguments.length - 1);
    }
    long from = Arguments.integer(arguments, 0);
    if (from < 0) {
      from = arguments.length + from;
    } else if (from > arguments.length) {
      from = arguments.length;
    }
    if (from < 1) {
      throw LuaError.argument(1, "index out of range");
    }
    return Values.of(Arrays.copyOfRange(arguments, (int) from, arguments.length));
  }

  private static @Nullable Object unpack(LuaState state, @Nullable Object[] arguments) {
    LuaTable table = Arguments.table(arguments, 0);
    long from = Arguments.integer(arguments, 1, 1);
    long to = Arguments.integer(arguments, 2, table.length());
    if (from > to) {
      return Values.NONE;
    }
    if (to - from >= 8000 || to - from < 0) {
      throw LuaError.message("too many results to unpack");
    }
    @Nullable Object[] values = new @Nullable Object[(int) (to - from) + 1];
    for (int i = 0; i < values.length; i++) {
      values[i] = table.get(LuaNumbers.box((double) (from + i)));
    }
    return Values.of(values);
  }

  private static @Nullable Object compile(LuaState state, LuaString text, String chunk) {
    if (text.length() > 0 && text.at(0) == 27) {
      return Values.of(null, LuaString.of("attempt to load chunk with wrong mode"));
    }
    try {
      state.charge(text.length() * LuaState.BYTES_FOR_TEXT);
      return state.load(text.bytes(), 0, text.length(), chunk);
    } catch (LuaError error) {
      return Values.of(null, error.value());
    }
  }

  /** The name of a chunk as messages show it: of a text its first line. */
  private static String chunkName(LuaString given) {
    String name = given.toString();
    if (name.startsWith("=") || name.startsWith("@")) {
      return name.substring(1);
    }
    int lineEnd = name.indexOf('\n');
    String first = lineEnd < 0 ? name : name.substring(0, lineEnd);
    boolean cut = lineEnd >= 0 || first.length() > 45;
    return "[string \""
        + first.substring(0, Math.min(45, first.length()))
        + (cut ? "..." : "")
        + "\"]";
  }

  private static @Nullable Object loadString(LuaState state, @Nullable Object[] arguments) {
    LuaString text = Arguments.string(arguments, 0);
    return compile(state, text, chunkName(Arguments.string(arguments, 1, text)));
  }

  private static @Nullable Object load(LuaState state, @Nullable Object[] arguments) {
    LuaFunction reader = Arguments.function(arguments, 0);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    while (true) {
      Object part = Values.first(reader.call(state));
      if (part == null || (part instanceof LuaString empty && empty.length() == 0)) {
        break;
      }
      LuaString piece = Operations.stringOf(part);
      if (piece == null) {
        return Values.of(null, LuaString.of("reader function must return a string"));
      }
      state.charge(piece.length());
      text.writeBytes(piece.bytes());
    }
    LuaString name = Arguments.string(arguments, 1, LuaString.of("=(load)"));
    return compile(state, LuaString.of(text.toByteArray()), chunkName(name));
  }

  /** The function that an argument of getfenv or setfenv means: one given, or so many calls up. */
  private static @Nullable LuaFunction meant(LuaState state, @Nullable Object given) {
    if (given instanceof LuaFunction function) {
      return function;
    }
    Double level = LuaNumbers.of(given);
    if (level == null) {
      throw LuaError.argument(1, "number expected, got " + Operations.typeName(given));
    }
    if (level < 0) {
      throw LuaError.argument(1, "level must be non-negative");
    }
    if (level == 0) {
      return null;
    }
    Frame frame = state.top;
    for (int i = 1; i < level && frame != null; i++) {
      frame = frame.caller;
    }
    if (frame == null) {
      throw LuaError.argument(1, "invalid level");
    }
    return frame.closure;
  }

  private static Object getEnvironment(LuaState state, @Nullable Object[] arguments) {
    Object given = arguments.length == 0 ? LuaNumbers.box(1) : arguments[0];
    LuaFunction function = meant(state, given == null ? LuaNumbers.box(1) : given);
    LuaTable environment = function == null ? null : function.environment();
    return environment == null ? state.globals() : environment;
  }

  private static @Nullable Object setEnvironment(LuaState state, @Nullable Object[] arguments) {
    LuaTable environment = Arguments.table(arguments, 1);
    LuaFunction function = meant(state, arguments[0]);
    if (!(function instanceof Closure)) {
      throw LuaError.message("'setfenv' cannot change environment of given object");
    }
    function.environment(environment);
    return function;
  }

  private static Object newProxy(LuaState state, @Nullable Object[] arguments) {
    return switch (Arguments.value(arguments, 0)) {
      case null -> new UserData(null);
      case Boolean wanted -> new UserData(wanted ? state.table() : null);
      case UserData other when other.metatable() != null -> new UserData(other.metatable());
      default -> throw LuaError.argument(1, "boolean or proxy expected");
    };
  }

  private static Double kilobytes(LuaState state) {
    return LuaNumbers.box(state.memory().charged() / 1024.0);
  }

  /** There is nothing to collect by hand: counts as done, or tells what has been allocated. */
  private static Object collectGarbage(LuaState state, @Nullable Object[] arguments) {
    String option = Arguments.string(arguments, 0, LuaString.of("collect")).toString();
    return switch (option) {
      case "count" -> kilobytes(state);
      case "collect", "stop", "restart", "setpause", "setstepmul" -> LuaNumbers.box(0);
      case "step" -> true;
      default -> throw LuaError.argument(1, "invalid option '" + option + "'");
    };
  }
}
