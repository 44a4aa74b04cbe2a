package io.keyward.engine.builtin.script;

import io.keyward.engine.builtin.script.lua.LuaError;
import io.keyward.engine.builtin.script.lua.LuaFunction;
import io.keyward.engine.builtin.script.lua.LuaNumbers;
import io.keyward.engine.builtin.script.lua.LuaState;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.builtin.script.lua.LuaTable;
import io.keyward.engine.builtin.script.lua.Values;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code redis.register_function}: adds a function to the library that is being loaded. */
final class Registration {
  private final LuaState state;
  private @Nullable Library loading;

  Registration(LuaState state) {
    this.state = state;
  }

  /** Functions go to this library from now on, or with null nowhere. */
  void into(@Nullable Library library) {
    loading = library;
  }

  private LuaError error(String text) {
    return LuaError.of(ScriptErrors.of(state, text));
  }

  Object register(LuaState s, @Nullable Object[] arguments) {
    Library library = loading;
    if (library == null) {
      throw error("redis.register_function can only be called on FUNCTION LOAD command");
    }
    if (arguments.length < 1 || arguments.length > 2) {
      throw error("wrong number of arguments to redis.register_function");
    }
    Library.Function function =
        arguments.length == 1 ? named(arguments[0]) : positional(arguments[0], arguments[1]);
    if (!LibraryHeader.isName(function.name())) {
      throw error(LibraryHeader.badName());
    }
    if (library.functions().putIfAbsent(function.name(), function) != null) {
      throw error("Function already exists in the library");
    }
    return Values.NONE;
  }

  private static @Nullable LuaString text(@Nullable Object value) {
    return switch (value) {
      case LuaString text -> text;
      case Double number -> LuaString.of(LuaNumbers.text(number));
      case null, default -> null;
    };
  }

  private static Library.Function function(
      LuaString name, @Nullable LuaString description, Set<Shebang.Flag> flags, LuaFunction body) {
    return new Library.Function(
        name.toString(), description, new Shebang(true, Set.copyOf(flags), 0), body);
  }

  private Library.Function positional(@Nullable Object first, @Nullable Object second) {
    LuaString name = text(first);
    if (name == null) {
      throw error("first argument to redis.register_function must be a string");
    }
    if (!(second instanceof LuaFunction body)) {
      throw error("second argument to redis.register_function must be a function");
    }
    return function(name, null, Set.of(), body);
  }

  private Library.Function named(@Nullable Object argument) {
    if (!(argument instanceof LuaTable table)) {
      throw error(
          "calling redis.register_function with a single argument is only applicable to Lua table"
              + " (representing named arguments).");
    }
    LuaString name = null;
    LuaString description = null;
    LuaFunction body = null;
    Set<Shebang.Flag> flags = Set.of();
    for (int at = table.entryFrom(0);
        at != Integer.MIN_VALUE;
        at = table.entryFrom(LuaTable.after(at))) {
      LuaString key = text(table.keyAt(at));
      if (key == null) {
        throw error("named argument key given to redis.register_function is not a string");
      }
      Object value = table.valueAt(at);
      switch (key.toString().toLowerCase(Locale.ROOT)) {
        case "function_name" -> name = required(text(value), "function_name");
        case "description" -> description = required(text(value), "description");
        case "callback" -> {
          if (!(value instanceof LuaFunction callback)) {
            throw error("callback argument given to redis.register_function must be a function");
          }
          body = callback;
        }
        case "flags" -> flags = flags(value);
        default -> throw error("unknown argument given to redis.register_function");
      }
    }
    if (name == null) {
      throw error("redis.register_function must get a function name argument");
    }
    if (body == null) {
      throw error("redis.register_function must get a callback argument");
    }
    return function(name, description, flags, body);
  }

  private LuaString required(@Nullable LuaString text, String argument) {
    if (text == null) {
      throw error(argument + " argument given to redis.register_function must be a string");
    }
    return text;
  }

  private Set<Shebang.Flag> flags(@Nullable Object value) {
    if (!(value instanceof LuaTable list)) {
      throw error(
          "flags argument to redis.register_function must be a table representing function flags");
    }
    EnumSet<Shebang.Flag> flags = EnumSet.noneOf(Shebang.Flag.class);
    for (int i = 1; list.get(i) != null; i++) {
      LuaString name = text(list.get(i));
      Shebang.Flag flag =
          name == null ? null : Shebang.Flag.named(name.toString().toLowerCase(Locale.ROOT));
      if (flag == null) {
        throw error("unknown flag given");
      }
      flags.add(flag);
    }
    return flags;
  }
}
