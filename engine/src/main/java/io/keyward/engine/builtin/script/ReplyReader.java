package io.keyward.engine.builtin.script;

import io.keyward.engine.Reply;
import io.keyward.engine.builtin.script.lua.LuaNumbers;
import io.keyward.engine.builtin.script.lua.LuaState;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.builtin.script.lua.LuaTable;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Makes Lua values of the reply that a command has written for a script. */
final class ReplyReader {
  /** Bytes of a reply from which on it is looked beforehand whether its values have room. */
  private static final int MUCH = 16 * 1024;

  /** Bytes that values take for each byte of a reply: most for one full of small numbers. */
  private static final int VALUES_TO_BYTES = 4;

  private static final LuaString OK_TEXT = LuaString.of("OK");
  private static final LuaString OK = LuaString.of("ok");
  private static final LuaString MAP = LuaString.of("map");
  private static final LuaString SET = LuaString.of("set");
  private static final LuaString DOUBLE = LuaString.of("double");
  private static final LuaString BIG_NUMBER = LuaString.of("big_number");
  private static final LuaString VERBATIM = LuaString.of("verbatim_string");
  private static final LuaString STRING = LuaString.of("string");
  private static final LuaString FORMAT = LuaString.of("format");

  private final LuaState state;
  private byte[] bytes = {};
  private int at;

  ReplyReader(LuaState state) {
    this.state = state;
  }

  /** The value of a whole reply. */
  @Nullable Object read(Reply reply) {
    if (reply.length() > MUCH) {
      // What is being read belongs to nothing yet that could be measured.
      state.charge((long) reply.length() * VALUES_TO_BYTES);
    }
    bytes = reply.bytes();
    at = 0;
    return next();
  }

  private @Nullable Object next() {
    state.step();
    int kind = bytes[at++];
    return switch (kind) {
      case ':' -> LuaNumbers.box((double) integer());
      case '$' -> {
        int length = (int) integer();
        yield length < 0 ? false : bulk(length);
      }
      case '+' -> status();
      case '-' -> ScriptErrors.counted(state, line());
      case '*' -> {
        int size = (int) integer();
        yield size < 0 ? false : array(size);
      }
      case '%' -> single(MAP, map((int) integer()));
      case '~' -> single(SET, set((int) integer()));
      case '_' -> {
        line();
        yield null;
      }
      case '#' -> line().at(0) == 't';
      case ',' -> {
        LuaString text = line();
        yield single(DOUBLE, LuaNumbers.parse(text.bytes(), 0, text.length()));
      }
      case '(' -> single(BIG_NUMBER, line());
      case '=' -> verbatim((int) integer());
      case '|' -> {
        map((int) integer());
        yield next();
      }
      default -> throw new IllegalStateException("not RESP: " + (char) kind);
    };
  }

  private long integer() {
    boolean negative = bytes[at] == '-';
    if (negative) {
      at++;
    }
    long value = 0;
    while (bytes[at] != '\r') {
      value = value * 10 + (bytes[at++] - '0');
    }
    at += 2;
    return negative ? -value : value;
  }

  private LuaString line() {
    int from = at;
    while (bytes[at] != '\r') {
      at++;
    }
    LuaString line = LuaString.of(bytes, from, at - from);
    at += 2;
    return line;
  }

  private LuaString bulk(int length) {
    state.charge(length + 24L);
    LuaString text = LuaString.of(bytes, at, length);
    at += length + 2;
    return text;
  }

  private LuaTable single(LuaString name, @Nullable Object value) {
    LuaTable table = state.table();
    table.set(name, value);
    return table;
  }

  private LuaTable status() {
    LuaString text =
        bytes[at] == 'O' && bytes[at + 1] == 'K' && bytes[at + 2] == '\r' ? ok() : line();
    return single(OK, text);
  }

  private LuaString ok() {
    at += 4;
    return OK_TEXT;
  }

  private LuaTable array(int size) {
    @Nullable Object[] values = new @Nullable Object[size];
    for (int i = 0; i < size; i++) {
      values[i] = next();
    }
    return state.table(values);
  }

  private LuaTable map(int pairs) {
    LuaTable table = state.table();
    for (int i = 0; i < pairs; i++) {
      Object key = next();
      table.set(key, next());
    }
    return table;
  }

  private LuaTable set(int size) {
    LuaTable table = state.table();
    for (int i = 0; i < size; i++) {
      table.set(next(), true);
    }
    return table;
  }

  private LuaTable verbatim(int length) {
    LuaTable inner = state.table();
    inner.set(FORMAT, LuaString.of(new String(bytes, at, 3, StandardCharsets.ISO_8859_1)));
    at += 4;
    inner.set(STRING, bulk(length - 4));
    return single(VERBATIM, inner);
  }
}
