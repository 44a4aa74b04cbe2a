package io.keyward.engine.builtin.script.library;

import io.keyward.engine.builtin.script.lua.ByteBuilder;
import io.keyward.engine.builtin.script.lua.LuaError;
import io.keyward.engine.builtin.script.lua.LuaNumbers;
import io.keyward.engine.builtin.script.lua.LuaState;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.builtin.script.lua.LuaTable;
import io.keyward.engine.builtin.script.lua.Operations;
import io.keyward.engine.builtin.script.lua.UserData;
import org.jspecify.annotations.Nullable;

/** Writes a Lua value as JSON, in the way of {@code cjson.encode}. */
final class JsonEncoder {
  /** Beyond this the Java stack of a script's thread might not do, whatever has been set. */
  private static final int MOST_DEPTH = 1000;

  private static final String[] ESCAPES = new String[256];

  static {
    for (int c = 0; c < 32; c++) {
      ESCAPES[c] = String.format("\\u%04x", c);
    }
    ESCAPES['\b'] = "\\b";
    ESCAPES['\t'] = "\\t";
    ESCAPES['\n'] = "\\n";
    ESCAPES['\f'] = "\\f";
    ESCAPES['\r'] = "\\r";
    ESCAPES['"'] = "\\\"";
    ESCAPES['/'] = "\\/";
    ESCAPES['\\'] = "\\\\";
    ESCAPES[127] = "\\u007f";
  }

  private final LuaState state;
  private final JsonSettings settings;
  private final ByteBuilder out;

  JsonEncoder(LuaState state, JsonSettings settings) {
    this.state = state;
    this.settings = settings;
    this.out = new ByteBuilder(state);
  }

  LuaString encode(@Nullable Object value) {
    write(value, 0);
    return out.string();
  }

  private static LuaError refused(@Nullable Object value, String reason) {
    return LuaError.message("Cannot serialise " + Operations.typeName(value) + ": " + reason);
  }

  private void write(@Nullable Object value, int depth) {
    switch (value) {
      case LuaString text -> string(text);
      case Double number -> number(number);
      case Boolean truth -> out.add(truth ? "true" : "false");
      case LuaTable table -> table(table, depth + 1);
      case null -> out.add("null");
      case UserData data when data == UserData.NULL -> out.add("null");
      default -> throw refused(value, "type not supported");
    }
  }

  private void string(LuaString text) {
    out.add('"');
    byte[] bytes = text.bytes();
    int plainFrom = 0;
    for (int i = 0; i < bytes.length; i++) {
      if ((i + 1) % LuaState.BYTES_IN_A_STEP == 0) {
        state.step();
      }
      String escape = ESCAPES[bytes[i] & 0xff];
      if (escape != null) {
        out.add(bytes, plainFrom, i - plainFrom);
        out.add(escape);
        plainFrom = i + 1;
      }
    }
    out.add(bytes, plainFrom, bytes.length - plainFrom);
    out.add('"');
  }

  private void number(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      switch (settings.encodeInvalid) {
        case OFF -> throw refused(value, "must not be NaN or Inf");
        case NULL -> {
          out.add("null");
          return;
        }
        case ON -> {
          if (Double.isNaN(value)) {
            out.add("nan");
            return;
          }
        }
      }
    }
    out.add(
        settings.precision == 14
            ? LuaNumbers.text(value)
            : LuaNumbers.general(value, settings.precision, false));
  }

  private void table(LuaTable table, int depth) {
    if (depth > settings.encodeDepth || depth > MOST_DEPTH) {
      throw LuaError.message("Cannot serialise, excessive nesting (" + depth + ")");
    }
    int length = arrayLength(table);
    if (length > 0) {
      array(table, length, depth);
    } else {
      object(table, depth);
    }
  }

  /** The largest index of a table that has only indices as keys, else -1. */
  private int arrayLength(LuaTable table) {
    double most = 0;
    int items = 0;
    for (int at = table.entryFrom(0);
        at != Integer.MIN_VALUE;
        at = table.entryFrom(LuaTable.after(at))) {
      state.step();
      if (!(table.keyAt(at) instanceof Double key) || key < 1 || Math.floor(key) != key) {
        return -1;
      }
      most = Math.max(most, key);
      items++;
    }
    if (settings.sparseRatio > 0
        && most > (double) items * settings.sparseRatio
        && most > settings.sparseSafe) {
      if (!settings.sparseAsObject) {
        throw refused(table, "excessively sparse array");
      }
      return -1;
    }
    return (int) most;
  }

  private void array(LuaTable table, int length, int depth) {
    out.add('[');
    for (int i = 1; i <= length; i++) {
      if (i > 1) {
        out.add(',');
      }
      state.step();
      write(table.get(i), depth);
    }
    out.add(']');
  }

  private void object(LuaTable table, int depth) {
    out.add('{');
    boolean first = true;
    for (int at = table.entryFrom(0);
        at != Integer.MIN_VALUE;
        at = table.entryFrom(LuaTable.after(at))) {
      if (!first) {
        out.add(',');
      }
      first = false;
      state.step();
      switch (table.keyAt(at)) {
        case LuaString text -> string(text);
        case Double number -> {
          out.add('"');
          number(number);
          out.add('"');
        }
        case Object other -> throw refused(other, "table key must be a number or string");
      }
      out.add(':');
      write(table.valueAt(at), depth);
    }
    out.add('}');
  }
}
