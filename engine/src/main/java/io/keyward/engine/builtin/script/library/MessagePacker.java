package io.keyward.engine.builtin.script.library;

import io.keyward.engine.builtin.script.lua.ByteBuilder;
import io.keyward.engine.builtin.script.lua.LuaState;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.builtin.script.lua.LuaTable;
import io.keyward.engine.builtin.script.lua.Operations;
import org.jspecify.annotations.Nullable;

/** Writes Lua values in MessagePack; tables nested more than 16 deep become nil. */
final class MessagePacker {
  private static final int MOST_NESTING = 16;

  private final LuaState state;
  private final ByteBuilder out;

  MessagePacker(LuaState state) {
    this.state = state;
    this.out = new ByteBuilder(state);
  }

  LuaString result() {
    return out.string();
  }

  void write(@Nullable Object value, int level) {
    state.step();
    switch (value) {
      case LuaString text -> string(text);
      case Boolean truth -> out.add(truth ? 0xc3 : 0xc2);
      case Double number -> number(number);
      case LuaTable table when level < MOST_NESTING -> table(table, level);
      case null, default -> out.add(0xc0);
    }
  }

  private void big(long value, int bytes) {
    for (int i = bytes - 1; i >= 0; i--) {
      out.add((int) (value >>> (8 * i)) & 0xff);
    }
  }

  private void string(LuaString text) {
    int length = text.length();
    if (length < 32) {
      out.add(0xa0 | length);
    } else if (length <= 0xff) {
      out.add(0xd9);
      out.add(length);
    } else if (length <= 0xffff) {
      out.add(0xda);
      big(length, 2);
    } else {
      out.add(0xdb);
      big(length, 4);
    }
    out.add(text);
  }

  private void number(double value) {
    if (value == Math.rint(value) && value >= -0x1p63 && value < 0x1p63) {
      integer((long) value);
    } else if (value == (float) value) {
      out.add(0xca);
      big(Float.floatToIntBits((float) value), 4);
    } else {
      out.add(0xcb);
      big(Double.doubleToLongBits(value), 8);
    }
  }

  private void integer(long n) {
    if (n >= 0) {
      if (n <= 127) {
        out.add((int) n);
      } else if (n <= 0xff) {
        sized(0xcc, n, 1);
      } else if (n <= 0xffff) {
        sized(0xcd, n, 2);
      } else if (n <= 0xffffffffL) {
        sized(0xce, n, 4);
      } else {
        sized(0xcf, n, 8);
      }
    } else if (n >= -32) {
      out.add((int) n & 0xff);
    } else if (n >= -128) {
      sized(0xd0, n, 1);
    } else if (n >= -32768) {
      sized(0xd1, n, 2);
    } else if (n >= Integer.MIN_VALUE) {
      sized(0xd2, n, 4);
    } else {
      sized(0xd3, n, 8);
    }
  }

  private void sized(int kind, long value, int bytes) {
    out.add(kind);
    big(value, bytes);
  }

  private void header(int fixed, int wide, int wider, int size) {
    if (size <= 15) {
      out.add(fixed | size);
    } else if (size <= 0xffff) {
      sized(wide, size, 2);
    } else {
      sized(wider, size, 4);
    }
  }

  private void table(LuaTable table, int level) {
    int count = 0;
    double most = 0;
    boolean array = true;
    for (int at = table.entryFrom(0);
        at != Integer.MIN_VALUE;
        at = table.entryFrom(LuaTable.after(at))) {
      count++;
      state.step();
      if (table.keyAt(at) instanceof Double key
          && key > 0
          && key <= Integer.MAX_VALUE
          && key == Math.rint(key)) {
        most = Math.max(most, key);
      } else {
        array = false;
      }
    }
    if (array && most == count) {
      header(0x90, 0xdc, 0xdd, count);
      for (int i = 1; i <= count; i++) {
        write(Operations.index(state, table, (double) i), level + 1);
      }
      return;
    }
    header(0x80, 0xde, 0xdf, count);
    for (int at = table.entryFrom(0);
        at != Integer.MIN_VALUE;
        at = table.entryFrom(LuaTable.after(at))) {
      write(table.keyAt(at), level + 1);
      write(table.valueAt(at), level + 1);
    }
  }
}
