package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/**
 * An error on its way to the next {@code pcall}, carrying any value.
 *
 * <p>A function written in Java does not know from where it was called: its errors wait for the
 * call ({@code level} calls up) that puts chunk and line before the message.
 */
public final class LuaError extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int NO_ARGUMENT = -1;

  private transient @Nullable Object value;
  private transient int level;
  private transient boolean ofOperation;
  private transient int argument = NO_ARGUMENT;
  private transient int line;

  private LuaError(@Nullable Object value, int level) {
    super(null, null, false, false);
    this.value = value;
    this.level = level;
  }

  /** An error with any value. */
  public static LuaError of(@Nullable Object value) {
    return new LuaError(value, 0);
  }

  /** An error of a function written in Java; the caller's position is put before the message. */
  public static LuaError message(String text) {
    return new LuaError(LuaString.of(text), 1);
  }

  /** An error of an operator; its position is put before the message if it stands in Lua code. */
  static LuaError runtime(String text) {
    LuaError error = message(text);
    error.ofOperation = true;
    return error;
  }

  /** An error whose message gets the position of the call {@code level} calls up. */
  static LuaError atLevel(@Nullable Object value, int level) {
    return new LuaError(value, value instanceof LuaString ? level : 0);
  }

  /** An error about an argument, counted from 1. */
  public static LuaError argument(int number, String text) {
    LuaError error = message(text);
    error.argument = number;
    return error;
  }

  /** An error at a known position. */
  static LuaError at(String chunk, int line, String text) {
    LuaError error = of(LuaString.of(chunk + ":" + line + ": " + text));
    error.line = line;
    return error;
  }

  /** Tells the error that it passes an operator in Lua code, which may have called a function. */
  LuaError inOperation(String chunk, int operatorLine) {
    ofOperation = false;
    return passing(chunk, operatorLine, null, false);
  }

  /** Tells the error that it passes a call in Lua code. */
  LuaError passing(String chunk, int callLine, @Nullable String function, boolean method) {
    if (line == 0) {
      line = callLine;
    }
    if (ofOperation) {
      ofOperation = false;
      level = 0;
    }
    if (level > 0 && --level == 0) {
      value = LuaString.of(chunk + ":" + callLine + ": " + described(function, method));
      argument = NO_ARGUMENT;
    }
    return this;
  }

  private String described(@Nullable String function, boolean method) {
    String text = String.valueOf(value);
    String name = function == null ? "?" : function;
    if (argument == NO_ARGUMENT) {
      return text;
    }
    if (method && argument == 1) {
      return "calling '" + name + "' on bad self (" + text + ")";
    }
    return "bad argument #"
        + (method ? argument - 1 : argument)
        + " to '"
        + name
        + "' ("
        + text
        + ")";
  }

  /** The error's value, as {@code pcall} gives it. */
  public @Nullable Object value() {
    return argument != NO_ARGUMENT ? LuaString.of(described(null, false)) : value;
  }

  /** The line of the innermost Lua code it has passed, or 0. */
  public int line() {
    return line;
  }

  @Override
  public String getMessage() {
    return String.valueOf(value());
  }
}
