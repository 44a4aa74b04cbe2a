package io.keyward.engine.builtin.script.library;

import io.keyward.engine.builtin.script.lua.Arguments;
import io.keyward.engine.builtin.script.lua.BaseLibrary;
import io.keyward.engine.builtin.script.lua.ByteBuilder;
import io.keyward.engine.builtin.script.lua.LuaError;
import io.keyward.engine.builtin.script.lua.LuaNumbers;
import io.keyward.engine.builtin.script.lua.LuaState;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.builtin.script.lua.LuaTable;
import io.keyward.engine.builtin.script.lua.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code struct} table: numbers and strings in C's binary layouts. */
public final class StructLibrary {
  private StructLibrary() {}

  /** Puts the table into the state's globals. */
  public static void install(LuaState state) {
    LuaTable struct = state.table();
    BaseLibrary.add(struct, "pack", StructLibrary::pack);
    BaseLibrary.add(struct, "unpack", StructLibrary::unpack);
    BaseLibrary.add(struct, "size", StructLibrary::size);
    state.globals().set(LuaString.of("struct"), struct);
  }

  private static LuaString pack(LuaState state, @Nullable Object[] arguments) {
    StructFormat format = new StructFormat(Arguments.string(arguments, 0));
    ByteBuilder out = new ByteBuilder(state);
    int argument = 1;
    while (format.next(out.length())) {
      state.step();
      state.charge(format.padding());
      for (int i = 0; i < format.padding(); i++) {
        out.add(0);
      }
      switch (format.option()) {
        case 'b', 'B', 'h', 'H', 'l', 'L', 'T', 'i', 'I' ->
            putInteger(out, Arguments.number(arguments, argument++), format);
        case 'x' -> out.add(0);
        case 'f' ->
            put(
                out,
                Float.floatToRawIntBits((float) Arguments.number(arguments, argument++)),
                4,
                format.littleEndian());
        case 'd' ->
            put(
                out,
                Double.doubleToRawLongBits(Arguments.number(arguments, argument++)),
                8,
                format.littleEndian());
        case 'c', 's' -> {
          LuaString text = Arguments.string(arguments, argument++);
          int size = format.size() == 0 ? text.length() : format.size();
          if (text.length() < size) {
            throw LuaError.argument(argument + 1, "string too short");
          }
          out.add(text.bytes(), 0, size);
          if (format.option() == 's') {
            out.add(0);
          }
        }
        default -> {}
      }
    }
    return out.string();
  }

  private static void putInteger(ByteBuilder out, double number, StructFormat format) {
    long value = number >= 0x1p63 ? (long) (number - 0x1p63) + Long.MIN_VALUE : (long) number;
    put(out, value, format.size(), format.littleEndian());
  }

  private static void put(ByteBuilder out, long value, int size, boolean littleEndian) {
    for (int i = 0; i < size; i++) {
      int place = littleEndian ? i : size - 1 - i;
      out.add(place >= 8 ? 0 : (int) (value >>> (8 * place)) & 0xff);
    }
  }

  private static long get(byte[] data, int at, int size, boolean littleEndian) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      int place = littleEndian ? at + size - 1 - i : at + i;
      value = (value << 8) | (data[place] & 0xff);
    }
    return value;
  }

  private static @Nullable Object unpack(LuaState state, @Nullable Object[] arguments) {
    StructFormat format = new StructFormat(Arguments.string(arguments, 0));
    byte[] data = Arguments.string(arguments, 1).bytes();
    long start = Arguments.integer(arguments, 2, 1);
    if (start <= 0) {
      throw LuaError.argument(3, "offset must be 1 or greater");
    }
    long at = start - 1;
    List<@Nullable Object> values = new ArrayList<>();
    while (format.next(at)) {
      state.step();
      at += format.padding();
      int size = format.size();
      fits(data, at, size);
      switch (format.option()) {
        case 'b', 'h', 'l', 'i' -> values.add(signed(data, (int) at, size, format));
        case 'B', 'H', 'L', 'T', 'I' -> values.add(unsigned(data, (int) at, size, format));
        case 'f' ->
            values.add(
                LuaNumbers.box(
                    (double)
                        Float.intBitsToFloat((int) get(data, (int) at, 4, format.littleEndian()))));
        case 'd' ->
            values.add(
                LuaNumbers.box(
                    Double.longBitsToDouble(get(data, (int) at, 8, format.littleEndian()))));
        case 'c' -> {
          if (size == 0) {
            if (values.isEmpty() || !(values.removeLast() instanceof Double given)) {
              throw LuaError.message("format 'c0' needs a previous size");
            }
            fits(data, at, given.longValue());
            size = given.intValue();
          }
          state.work(size);
          values.add(LuaString.of(data, (int) at, size));
        }
        case 's' -> {
          int end = (int) at;
          while (end < data.length && data[end] != 0) {
            end++;
          }
          if (end >= data.length) {
            throw LuaError.message("unfinished string in data");
          }
          state.work(end - at);
          values.add(LuaString.of(data, (int) at, end - (int) at));
          size = end - (int) at + 1;
        }
        default -> {}
      }
      at += size;
    }
    values.add(LuaNumbers.box((double) (at + 1)));
    return Values.of(values.toArray());
  }

  private static void fits(byte[] data, long at, long size) {
    if (size < 0 || size > data.length || at > data.length - size) {
      throw LuaError.argument(2, "data string too short");
    }
  }

  private static Double signed(byte[] data, int at, int size, StructFormat format) {
    long value = get(data, at, size, format.littleEndian());
    int unused = 64 - 8 * Math.min(8, size);
    return LuaNumbers.box((double) (size == 0 ? 0 : value << unused >> unused));
  }

  private static Double unsigned(byte[] data, int at, int size, StructFormat format) {
    long value = get(data, at, size, format.littleEndian());
    double number = (double) (value >>> 1) * 2 + (value & 1);
    return LuaNumbers.box(value >= 0 ? (double) value : number);
  }

  private static Double size(LuaState state, @Nullable Object[] arguments) {
    StructFormat format = new StructFormat(Arguments.string(arguments, 0));
    long at = 0;
    while (format.next(at)) {
      if (format.option() == 's') {
        throw LuaError.argument(1, "option 's' has no fixed size");
      }
      if (format.option() == 'c' && format.size() == 0) {
        throw LuaError.argument(1, "option 'c0' has no fixed size");
      }
      at += format.padding() + (long) format.size();
    }
    return LuaNumbers.box((double) at);
  }
}
