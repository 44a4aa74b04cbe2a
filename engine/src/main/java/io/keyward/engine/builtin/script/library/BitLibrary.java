package io.keyward.engine.builtin.script.library;

import io.keyward.engine.builtin.script.lua.Arguments;
import io.keyward.engine.builtin.script.lua.BaseLibrary;
import io.keyward.engine.builtin.script.lua.LuaNumbers;
import io.keyward.engine.builtin.script.lua.LuaState;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.builtin.script.lua.LuaTable;
import java.util.function.IntBinaryOperator;
import org.jspecify.annotations.Nullable;

/** The {@code bit} table: operations on 32 bits, as in Lua BitOp. */
public final class BitLibrary {
  /** 2^52 + 2^51: added to a number it leaves the number's low bits at the low end. */
  private static final double SHIFT = 6755399441055744.0;

  private BitLibrary() {}

  /** Puts the table into the state's globals. */
  public static void install(LuaState state) {
    LuaTable bit = state.table();
    BaseLibrary.add(bit, "tobit", (s, a) -> LuaNumbers.box(bits(a, 0)));
    BaseLibrary.add(bit, "bnot", (s, a) -> LuaNumbers.box(~bits(a, 0)));
    fold(bit, "band", (x, y) -> x & y);
    fold(bit, "bor", (x, y) -> x | y);
    fold(bit, "bxor", (x, y) -> x ^ y);
    shift(bit, "lshift", (x, n) -> x << n);
    shift(bit, "rshift", (x, n) -> x >>> n);
    shift(bit, "arshift", (x, n) -> x >> n);
    shift(bit, "rol", Integer::rotateLeft);
    shift(bit, "ror", Integer::rotateRight);
    BaseLibrary.add(bit, "bswap", (s, a) -> LuaNumbers.box(Integer.reverseBytes(bits(a, 0))));
    BaseLibrary.add(bit, "tohex", (s, a) -> hex(a));
    state.globals().set(LuaString.of("bit"), bit);
  }

  private static int bits(@Nullable Object[] arguments, int index) {
    return (int) Double.doubleToRawLongBits(Arguments.number(arguments, index) + SHIFT);
  }

  private static void fold(LuaTable bit, String name, IntBinaryOperator operator) {
    BaseLibrary.add(
        bit,
        name,
        (s, a) -> {
          int value = bits(a, 0);
          for (int i = 1; i < a.length; i++) {
            value = operator.applyAsInt(value, bits(a, i));
          }
          return LuaNumbers.box(value);
        });
  }

  private static void shift(LuaTable bit, String name, IntBinaryOperator operator) {
    BaseLibrary.add(
        bit, name, (s, a) -> LuaNumbers.box(operator.applyAsInt(bits(a, 0), bits(a, 1) & 31)));
  }

  private static LuaString hex(@Nullable Object[] arguments) {
    int value = bits(arguments, 0);
    int digits = arguments.length < 2 ? 8 : bits(arguments, 1);
    boolean upper = digits < 0;
    int count = (int) Math.min(8, Math.abs((long) digits));
    String text = String.format(upper ? "%08X" : "%08x", value);
    return LuaString.of(text.substring(8 - count));
  }
}
