package io.keyward.engine.builtin.script.library;

import io.keyward.engine.builtin.script.lua.Arguments;
import io.keyward.engine.builtin.script.lua.BaseLibrary;
import io.keyward.engine.builtin.script.lua.LuaError;
import io.keyward.engine.builtin.script.lua.LuaNumbers;
import io.keyward.engine.builtin.script.lua.LuaState;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.builtin.script.lua.LuaTable;
import io.keyward.engine.builtin.script.lua.Values;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code cmsgpack} table. */
public final class MessagePackLibrary {
  private static final int MOST_RESULTS = 7900;

  private MessagePackLibrary() {}

  /** Puts the table into the state's globals. */
  public static void install(LuaState state) {
    LuaTable pack = state.table();
    BaseLibrary.add(pack, "pack", MessagePackLibrary::pack);
    BaseLibrary.add(pack, "unpack", (s, a) -> unpack(s, Arguments.string(a, 0), 0, 0));
    BaseLibrary.add(
        pack,
        "unpack_one",
        (s, a) -> unpack(s, Arguments.string(a, 0), 1, Arguments.integer(a, 1, 0)));
    BaseLibrary.add(
        pack,
        "unpack_limit",
        (s, a) ->
            unpack(s, Arguments.string(a, 0), Arguments.integer(a, 1), Arguments.integer(a, 2, 0)));
    pack.set(LuaString.of("_NAME"), LuaString.of("cmsgpack"));
    pack.set(LuaString.of("_VERSION"), LuaString.of("lua-cmsgpack 0.4.0"));
    pack.set(LuaString.of("_DESCRIPTION"), LuaString.of("MessagePack C implementation for Lua"));
    state.globals().set(LuaString.of("cmsgpack"), pack);
  }

  private static LuaString pack(LuaState state, @Nullable Object[] arguments) {
    if (arguments.length == 0) {
      throw LuaError.argument(0, "MessagePack pack needs input.");
    }
    MessagePacker packer = new MessagePacker(state);
    for (Object argument : arguments) {
      packer.write(argument, 0);
    }
    return packer.result();
  }

  private static @Nullable Object unpack(LuaState state, LuaString text, long limit, long offset) {
    if (offset < 0 || limit < 0) {
      throw LuaError.message(
          "Invalid request to unpack with offset of "
              + offset
              + " and limit of "
              + text.length()
              + ".");
    }
    if (offset > text.length()) {
      throw LuaError.message(
          "Start offset " + offset + " greater than input length " + text.length() + ".");
    }
    boolean all = limit == 0 && offset == 0;
    long most = all ? Integer.MAX_VALUE : limit;
    MessageUnpacker unpacker = new MessageUnpacker(state, text, (int) offset);
    List<@Nullable Object> values = new ArrayList<>();
    while (values.size() < most && !unpacker.atEnd()) {
      if (values.size() >= MOST_RESULTS) {
        throw LuaError.message(
            "too many return values at once; use unpack_one or unpack_limit instead.");
      }
      values.add(unpacker.read());
    }
    if (!all) {
      values.addFirst(LuaNumbers.box(unpacker.atEnd() ? -1 : unpacker.position()));
    }
    return Values.of(values.toArray());
  }
}
