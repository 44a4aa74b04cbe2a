package io.keyward.engine.builtin.script.library;

import io.keyward.engine.builtin.script.lua.LuaError;
import io.keyward.engine.builtin.script.lua.LuaNumbers;
import io.keyward.engine.builtin.script.lua.LuaState;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.builtin.script.lua.LuaTable;
import org.jspecify.annotations.Nullable;

/** Reads MessagePack; sizes that a text claims are believed only as far as it reaches. */
final class MessageUnpacker {
  private static final int MOST_NESTING = 1000;

  private final LuaState state;
  private final byte[] data;
  private int at;
  private int depth;

  MessageUnpacker(LuaState state, LuaString text, int offset) {
    this.state = state;
    this.data = text.bytes();
    this.at = offset;
  }

  boolean atEnd() {
    return at >= data.length;
  }

  int position() {
    return at;
  }

  private void need(long bytes) {
    if (bytes > data.length - at) {
      throw LuaError.message("Missing bytes in input.");
    }
  }

  private long big(int bytes) {
    need(bytes);
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = (value << 8) | (data[at++] & 0xff);
    }
    return value;
  }

  @Nullable Object read() {
    state.step();
    need(1);
    int kind = data[at++] & 0xff;
    return switch (kind) {
      case 0xc0 -> null;
      case 0xc2 -> false;
      case 0xc3 -> true;
      case 0xca -> LuaNumbers.box((double) Float.intBitsToFloat((int) big(4)));
      case 0xcb -> LuaNumbers.box(Double.longBitsToDouble(big(8)));
      case 0xcc -> LuaNumbers.box((double) big(1));
      case 0xcd -> LuaNumbers.box((double) big(2));
      case 0xce -> LuaNumbers.box((double) big(4));
      case 0xcf -> unsigned(big(8));
      case 0xd0 -> LuaNumbers.box((int) (byte) big(1));
      case 0xd1 -> LuaNumbers.box((int) (short) big(2));
      case 0xd2 -> LuaNumbers.box((int) big(4));
      case 0xd3 -> LuaNumbers.box((double) big(8));
      case 0xd9 -> string(big(1));
      case 0xda -> string(big(2));
      case 0xdb -> string(big(4));
      case 0xdc -> array(big(2));
      case 0xdd -> array(big(4));
      case 0xde -> map(big(2));
      case 0xdf -> map(big(4));
      default -> small(kind);
    };
  }

  private @Nullable Object small(int kind) {
    if ((kind & 0x80) == 0) {
      return LuaNumbers.box(kind);
    }
    if ((kind & 0xe0) == 0xe0) {
      return LuaNumbers.box((int) (byte) kind);
    }
    if ((kind & 0xe0) == 0xa0) {
      return string(kind & 0x1f);
    }
    if ((kind & 0xf0) == 0x90) {
      return array(kind & 0xf);
    }
    if ((kind & 0xf0) == 0x80) {
      return map(kind & 0xf);
    }
    throw LuaError.message("Bad data format in input.");
  }

  private static Double unsigned(long bits) {
    return LuaNumbers.box(bits >= 0 ? (double) bits : (double) ((bits >>> 1) | (bits & 1)) * 2);
  }

  private LuaString string(long length) {
    need(length);
    state.charge(length);
    LuaString text = LuaString.of(data, at, (int) length);
    at += (int) length;
    return text;
  }

  private void descend() {
    if (++depth > MOST_NESTING) {
      throw LuaError.message("Bad data format in input.");
    }
  }

  private LuaTable array(long length) {
    descend();
    LuaTable table = state.table();
    for (long i = 1; i <= length; i++) {
      table.set((int) i, read());
    }
    depth--;
    return table;
  }

  private LuaTable map(long size) {
    descend();
    LuaTable table = state.table();
    for (long i = 0; i < size; i++) {
      Object key = read();
      table.set(key, read());
    }
    depth--;
    return table;
  }
}
