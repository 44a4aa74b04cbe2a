package io.keyward.engine.builtin.script;

import io.keyward.engine.builtin.script.lua.LuaState;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.builtin.script.lua.LuaTable;
import org.jspecify.annotations.Nullable;

/** Errors as scripts see them: tables with the error line in {@code err}. */
final class ScriptErrors {
  static final LuaString ERR = LuaString.of("err");
  private static final LuaString COUNTED = LuaString.of("ignore_error_stats_update");

  private ScriptErrors() {}

  /** A table for an error line, code first. */
  static LuaTable of(LuaState state, LuaString line) {
    LuaTable table = state.table();
    table.set(ERR, line);
    return table;
  }

  /** A table for an error without a code. */
  static LuaTable of(LuaState state, String text) {
    return of(state, LuaString.of("ERR " + text));
  }

  /** A table for an error that has been counted where it arose. */
  static LuaTable counted(LuaState state, LuaString line) {
    LuaTable table = of(state, withCode(line.toString()));
    table.set(COUNTED, true);
    return table;
  }

  /** Whether the error has been counted where it arose. */
  static boolean isCounted(LuaTable error) {
    return error.get(COUNTED) instanceof Boolean counted && counted;
  }

  /** The error line of a table that stands for an error, or null. */
  static @Nullable LuaString line(LuaTable table) {
    return table.get(ERR) instanceof LuaString line ? line : null;
  }

  /** An error line whose first word is its code; a single word is a message. */
  static LuaString withCode(String line) {
    String trimmed = line.replaceAll("^[\r\n]+|[\r\n]+$", "");
    return LuaString.of(trimmed.indexOf(' ') < 0 ? "ERR " + trimmed : trimmed);
  }
}
