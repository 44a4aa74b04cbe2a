package io.keyward.engine.builtin.script.library;

import io.keyward.engine.builtin.script.lua.Arguments;
import io.keyward.engine.builtin.script.lua.BaseLibrary;
import io.keyward.engine.builtin.script.lua.LuaError;
import io.keyward.engine.builtin.script.lua.LuaNumbers;
import io.keyward.engine.builtin.script.lua.LuaState;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.builtin.script.lua.LuaTable;
import io.keyward.engine.builtin.script.lua.UserData;
import io.keyward.engine.builtin.script.lua.Values;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The {@code cjson} table. */
public final class JsonLibrary {
  private JsonLibrary() {}

  /** Puts the table into the state's globals. */
  public static void install(LuaState state) {
    state.globals().set(LuaString.of("cjson"), module(state));
  }

  private static LuaTable module(LuaState state) {
    JsonSettings settings = new JsonSettings();
    LuaTable json = state.table();
    BaseLibrary.add(json, "encode", (s, a) -> new JsonEncoder(s, settings).encode(single(a)));
    BaseLibrary.add(
        json,
        "decode",
        (s, a) -> {
          single(a);
          return new JsonDecoder(s, settings, Arguments.string(a, 0)).decode();
        });
    BaseLibrary.add(json, "encode_sparse_array", (s, a) -> sparse(settings, a));
    integer(
        json,
        "encode_max_depth",
        () -> settings.encodeDepth,
        v -> settings.encodeDepth = v,
        Integer.MAX_VALUE);
    integer(
        json,
        "decode_max_depth",
        () -> settings.decodeDepth,
        v -> settings.decodeDepth = v,
        Integer.MAX_VALUE);
    integer(
        json, "encode_number_precision", () -> settings.precision, v -> settings.precision = v, 14);
    toggle(
        json,
        "encode_keep_buffer",
        s -> settings.keepBuffer,
        (s, v) -> settings.keepBuffer = v,
        settings);
    toggle(
        json,
        "decode_invalid_numbers",
        s -> s.decodeInvalid,
        (s, v) -> s.decodeInvalid = v,
        settings);
    BaseLibrary.add(json, "encode_invalid_numbers", (s, a) -> invalidNumbers(settings, a));
    BaseLibrary.add(json, "new", (s, a) -> module(s));
    json.set(LuaString.of("null"), UserData.NULL);
    json.set(LuaString.of("_NAME"), LuaString.of("cjson"));
    json.set(LuaString.of("_VERSION"), LuaString.of("2.1.0"));
    return json;
  }

  private static @Nullable Object single(@Nullable Object[] arguments) {
    if (arguments.length != 1) {
      throw LuaError.argument(1, "expected 1 argument");
    }
    return arguments[0];
  }

  private static void atMost(@Nullable Object[] arguments, int most) {
    if (arguments.length > most) {
      throw LuaError.argument(most + 1, "found too many arguments");
    }
  }

  private static void integer(
      LuaTable json, String name, IntSupplier current, IntConsumer setting, int most) {
    BaseLibrary.add(
        json,
        name,
        (s, a) -> {
          atMost(a, 1);
          setInteger(a, 0, 1, most, setting);
          return LuaNumbers.box(current.getAsInt());
        });
  }

  private static void setInteger(
      @Nullable Object[] arguments, int index, int least, int most, IntConsumer setting) {
    if (Arguments.value(arguments, index) == null) {
      return;
    }
    long value = Arguments.integer(arguments, index);
    if (value < least || value > most) {
      throw LuaError.argument(1, "expected integer between " + least + " and " + most);
    }
    setting.accept((int) value);
  }

  private static void toggle(
      LuaTable json,
      String name,
      Function<JsonSettings, Boolean> current,
      BiConsumer<JsonSettings, Boolean> setting,
      JsonSettings settings) {
    BaseLibrary.add(
        json,
        name,
        (s, a) -> {
          atMost(a, 1);
          if (Arguments.value(a, 0) != null) {
            setting.accept(settings, choice(a, 0, "off", "on") == 1);
          }
          return current.apply(settings);
        });
  }

  /** The number of the option that an argument names; true means the second. */
  private static int choice(@Nullable Object[] arguments, int index, String... options) {
    if (arguments[index] instanceof Boolean truth) {
      return truth ? 1 : 0;
    }
    String name = Arguments.string(arguments, index).toString();
    for (int i = 0; i < options.length; i++) {
      if (options[i].equals(name)) {
        return i;
      }
    }
    throw LuaError.argument(index + 1, "invalid option '" + name + "'");
  }

  private static @Nullable Object sparse(JsonSettings settings, @Nullable Object[] arguments) {
    atMost(arguments, 3);
    if (Arguments.value(arguments, 0) != null) {
      settings.sparseAsObject = choice(arguments, 0, "off", "on") == 1;
    }
    setInteger(arguments, 1, 0, Integer.MAX_VALUE, v -> settings.sparseRatio = v);
    setInteger(arguments, 2, 0, Integer.MAX_VALUE, v -> settings.sparseSafe = v);
    return Values.of(
        settings.sparseAsObject,
        LuaNumbers.box(settings.sparseRatio),
        LuaNumbers.box(settings.sparseSafe));
  }

  private static Object invalidNumbers(JsonSettings settings, @Nullable Object[] arguments) {
    atMost(arguments, 1);
    if (Arguments.value(arguments, 0) != null) {
      settings.encodeInvalid =
          JsonSettings.InvalidNumbers.values()[choice(arguments, 0, "off", "on", "null")];
    }
    return switch (settings.encodeInvalid) {
      case OFF -> false;
      case ON -> true;
      case NULL -> LuaString.of(settings.encodeInvalid.name().toLowerCase(Locale.ROOT));
    };
  }
}
