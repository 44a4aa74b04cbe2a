package io.keyward.engine.builtin.script.lua;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The {@code string} table, patterns left aside. */
public final class StringLibrary {
  /** What every function is dumped as: compiled code that is refused wherever it is loaded. */
  private static final LuaString DUMP = LuaString.of("\33Lua");

  private static final int COPIED_AT_ONCE = 64 * 1024;

  private StringLibrary() {}

  /** Puts the table into the state's globals and behind every string. */
  public static void install(LuaState state) {
    LuaTable string = state.table();
    BaseLibrary.add(string, "byte", StringLibrary::bytes);
    BaseLibrary.add(string, "char", StringLibrary::characters);
    BaseLibrary.add(
        string,
        "dump",
        (s, a) -> {
          Arguments.function(a, 0);
          return DUMP;
        });
    BaseLibrary.add(string, "format", StringFormat::format);
    BaseLibrary.add(string, "len", (s, a) -> LuaNumbers.box(Arguments.string(a, 0).length()));
    BaseLibrary.add(string, "lower", (s, a) -> cased(s, Arguments.string(a, 0), 'A', 'Z'));
    BaseLibrary.add(string, "upper", (s, a) -> cased(s, Arguments.string(a, 0), 'a', 'z'));
    BaseLibrary.add(string, "rep", StringLibrary::repeat);
    BaseLibrary.add(string, "reverse", StringLibrary::reverse);
    BaseLibrary.add(string, "sub", StringLibrary::part);
    PatternLibrary.install(string);
    state.globals().set(LuaString.of("string"), string);
    state.strings().set(LuaString.of("__index"), string);
  }

  /** A position that may count from the end, as one from 1 on. */
  static long position(long given, int length) {
    return given >= 0 ? given : Math.max(0, length + given + 1);
  }

  private static @Nullable Object bytes(LuaState state, @Nullable Object[] arguments) {
    LuaString text = Arguments.string(arguments, 0);
    long from = position(Arguments.integer(arguments, 1, 1), text.length());
    long to = position(Arguments.integer(arguments, 2, from), text.length());
    from = Math.max(1, from);
    to = Math.min(text.length(), to);
    if (from > to) {
      return Values.NONE;
    }
    if (to - from >= 8000) {
      throw LuaError.message("string slice too long");
    }
    @Nullable Object[] values = new @Nullable Object[(int) (to - from) + 1];
    for (int i = 0; i < values.length; i++) {
      values[i] = LuaNumbers.box(text.at((int) from - 1 + i));
    }
    return Values.of(values);
  }

  private static LuaString characters(LuaState state, @Nullable Object[] arguments) {
    byte[] bytes = new byte[arguments.length];
    for (int i = 0; i < bytes.length; i++) {
      long value = Arguments.integer(arguments, i);
      if (value < 0 || value > 255) {
        throw LuaError.argument(i + 1, "invalid value");
      }
      bytes[i] = (byte) value;
    }
    return LuaString.of(bytes);
  }

  private static LuaString cased(LuaState state, LuaString text, int first, int last) {
    state.charge(text.length());
    byte[] bytes = text.bytes().clone();
    for (int i = 0; i < bytes.length; i++) {
      if (i % LuaState.BYTES_IN_A_STEP == 0) {
        state.step();
      }
      if (bytes[i] >= first && bytes[i] <= last) {
        bytes[i] ^= 0x20;
      }
    }
    return LuaString.of(bytes);
  }

  private static LuaString repeat(LuaState state, @Nullable Object[] arguments) {
    LuaString text = Arguments.string(arguments, 0);
    long times = Arguments.integer(arguments, 1);
    if (times <= 0 || text.length() == 0) {
      return LuaString.EMPTY;
    }
    state.charge(times > Integer.MAX_VALUE ? Long.MAX_VALUE : times * text.length());
    byte[] bytes = new byte[(int) times * text.length()];
    System.arraycopy(text.bytes(), 0, bytes, 0, text.length());
    int filled = text.length();
    while (filled < bytes.length) {
      int more = Math.min(Math.min(filled, COPIED_AT_ONCE), bytes.length - filled);
      state.work(more);
      System.arraycopy(bytes, 0, bytes, filled, more);
      filled += more;
    }
    return LuaString.of(bytes);
  }

  private static LuaString reverse(LuaState state, @Nullable Object[] arguments) {
    LuaString text = Arguments.string(arguments, 0);
    state.charge(text.length());
    byte[] bytes = Arrays.copyOf(text.bytes(), text.length());
    for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
      if (i % LuaState.BYTES_IN_A_STEP == 0) {
        state.step();
      }
      byte kept = bytes[i];
      bytes[i] = bytes[j];
      bytes[j] = kept;
    }
    return LuaString.of(bytes);
  }

  private static LuaString part(LuaState state, @Nullable Object[] arguments) {
    LuaString text = Arguments.string(arguments, 0);
    long from = Math.max(1, position(Arguments.integer(arguments, 1), text.length()));
    long to = Math.min(text.length(), position(Arguments.integer(arguments, 2, -1), text.length()));
    if (from > to) {
      return LuaString.EMPTY;
    }
    state.charge(to - from);
    return text.slice((int) from - 1, (int) to);
  }
}
