package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/** Reads the arguments of functions written in Java, with Lua's words when one does not fit. */
public final class Arguments {
  private Arguments() {}

  /** The argument at an index from 0 on, or nil. */
  public static @Nullable Object value(@Nullable Object[] arguments, int index) {
    return index < arguments.length ? arguments[index] : null;
  }

  /** The argument, which must be given, though it may be nil. */
  public static @Nullable Object any(@Nullable Object[] arguments, int index) {
    if (index >= arguments.length) {
      throw LuaError.argument(index + 1, "value expected");
    }
    return arguments[index];
  }

  /** The error that an argument is not of the expected type. */
  public static LuaError mismatch(@Nullable Object[] arguments, int index, String expected) {
    String got = index < arguments.length ? Operations.typeName(arguments[index]) : "no value";
    return LuaError.argument(index + 1, expected + " expected, got " + got);
  }

  public static LuaTable table(@Nullable Object[] arguments, int index) {
    if (value(arguments, index) instanceof LuaTable table) {
      return table;
    }
    throw mismatch(arguments, index, "table");
  }

  public static LuaFunction function(@Nullable Object[] arguments, int index) {
    if (value(arguments, index) instanceof LuaFunction function) {
      return function;
    }
    throw mismatch(arguments, index, "function");
  }

  /** A string, or the text of a number. */
  public static LuaString string(@Nullable Object[] arguments, int index) {
    LuaString text = Operations.stringOf(value(arguments, index));
    if (text == null) {
      throw mismatch(arguments, index, "string");
    }
    return text;
  }

  public static LuaString string(@Nullable Object[] arguments, int index, LuaString otherwise) {
    return value(arguments, index) == null ? otherwise : string(arguments, index);
  }

  /** A number, or a string that reads as one. */
  public static double number(@Nullable Object[] arguments, int index) {
    Double number = LuaNumbers.of(value(arguments, index));
    if (number == null) {
      throw mismatch(arguments, index, "number");
    }
    return number;
  }

  /** A number cut to an integer. */
  public static long integer(@Nullable Object[] arguments, int index) {
    return (long) number(arguments, index);
  }

  public static long integer(@Nullable Object[] arguments, int index, long otherwise) {
    return value(arguments, index) == null ? otherwise : integer(arguments, index);
  }
}
