package io.keyward.engine.builtin.script.library;

import io.keyward.engine.builtin.script.lua.ByteBuilder;
import io.keyward.engine.builtin.script.lua.LuaError;
import io.keyward.engine.builtin.script.lua.LuaNumbers;
import io.keyward.engine.builtin.script.lua.LuaState;
import io.keyward.engine.builtin.script.lua.LuaString;
import io.keyward.engine.builtin.script.lua.LuaTable;
import io.keyward.engine.builtin.script.lua.UserData;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads JSON, in the way and with the errors of {@code cjson.decode}. */
final class JsonDecoder {
  /** Beyond this the Java stack of a script's thread might not do, whatever has been set. */
  private static final int MOST_DEPTH = 1000;

  private enum Kind {
    T_OBJ_BEGIN,
    T_OBJ_END,
    T_ARR_BEGIN,
    T_ARR_END,
    T_STRING,
    T_NUMBER,
    T_BOOLEAN,
    T_NULL,
    T_COLON,
    T_COMMA,
    T_END,
    T_ERROR
  }

  private final LuaState state;
  private final JsonSettings settings;
  private final byte[] data;
  private int at;
  private int depth;

  private Kind kind = Kind.T_END;
  private int tokenStart;
  private @Nullable Object value;
  private String problem = "";

  JsonDecoder(LuaState state, JsonSettings settings, LuaString text) {
    this.state = state;
    this.settings = settings;
    this.data = text.bytes();
  }

  @Nullable Object decode() {
    if (data.length >= 2 && (data[0] == 0 || data[1] == 0)) {
      throw LuaError.message("JSON parser does not support UTF-16 or UTF-32");
    }
    next();
    Object result = value();
    next();
    if (kind != Kind.T_END) {
      throw unexpected("the end");
    }
    return result;
  }

  private int current() {
    return at < data.length ? data[at] & 0xff : 0;
  }

  private LuaError unexpected(String expected) {
    String found = kind == Kind.T_ERROR ? problem : kind.name();
    return LuaError.message(
        "Expected " + expected + " but found " + found + " at character " + (tokenStart + 1));
  }

  private void fail(String text) {
    kind = Kind.T_ERROR;
    tokenStart = at;
    problem = text;
  }

  /** Goes on by a byte of what may be long. */
  private void passOne() {
    at++;
    if (at % LuaState.BYTES_IN_A_STEP == 0) {
      state.step();
    }
  }

  private void one(Kind found) {
    kind = found;
    at++;
  }

  private void next() {
    while (current() == ' ' || current() == '\t' || current() == '\n' || current() == '\r') {
      passOne();
    }
    tokenStart = at;
    int c = current();
    switch (c) {
      case 0 -> kind = Kind.T_END;
      case '{' -> one(Kind.T_OBJ_BEGIN);
      case '}' -> one(Kind.T_OBJ_END);
      case '[' -> one(Kind.T_ARR_BEGIN);
      case ']' -> one(Kind.T_ARR_END);
      case ',' -> one(Kind.T_COMMA);
      case ':' -> one(Kind.T_COLON);
      case '"' -> string();
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
        if (!settings.decodeInvalid && invalidNumber()) {
          fail("invalid number");
        } else {
          number();
        }
      }
      case 't', 'f', 'n', 'N', 'i', 'I', '+' -> word();
      default -> fail("invalid token");
    }
  }

  private boolean startsWith(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (at + i >= data.length || data[at + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void word() {
    if (startsWith("true")) {
      constant(Kind.T_BOOLEAN, true, 4);
    } else if (startsWith("false")) {
      constant(Kind.T_BOOLEAN, false, 5);
    } else if (startsWith("null")) {
      constant(Kind.T_NULL, UserData.NULL, 4);
    } else if (settings.decodeInvalid && invalidNumber()) {
      number();
    } else {
      fail("invalid token");
    }
  }

  private void constant(Kind found, Object constant, int length) {
    kind = found;
    value = constant;
    at += length;
  }

  /** Whether a number that C would read is none in JSON: a sign +, 0x, leading zeros, inf, nan. */
  private boolean invalidNumber() {
    int p = at;
    if (current() == '+') {
      return true;
    }
    if (current() == '-') {
      p++;
    }
    int first = p < data.length ? data[p] : 0;
    if (first == '0') {
      int second = p + 1 < data.length ? data[p + 1] : 0;
      return (second | 0x20) == 'x' || (second >= '0' && second <= '9');
    }
    if (first <= '9') {
      return false;
    }
    return word(p, "inf") || word(p, "nan");
  }

  private boolean word(int from, String lowerCase) {
    for (int i = 0; i < lowerCase.length(); i++) {
      if (from + i >= data.length || (data[from + i] | 0x20) != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void number() {
    int end = LuaNumbers.end(data, at, data.length);
    if (end == at) {
      fail("invalid number");
      return;
    }
    kind = Kind.T_NUMBER;
    value = LuaNumbers.box(LuaNumbers.value(data, at, end));
    at = end;
  }

  private void string() {
    int from = ++at;
    while (at < data.length && data[at] != '"' && data[at] != '\\' && data[at] != 0) {
      passOne();
    }
    if (current() == '"') {
      kind = Kind.T_STRING;
      state.charge(at - from);
      value = LuaString.of(data, from, at - from);
      at++;
      return;
    }
    ByteBuilder text = new ByteBuilder(state);
    text.add(data, from, at - from);
    while (current() != '"') {
      int c = current();
      if (c == 0) {
        fail("unexpected end of string");
        return;
      }
      if (c != '\\') {
        text.add(c);
        passOne();
      } else if (!escape(text)) {
        return;
      }
    }
    at++;
    kind = Kind.T_STRING;
    value = text.string();
  }

  private boolean escape(ByteBuilder text) {
    int c = at + 1 < data.length ? data[at + 1] : 0;
    int plain =
        switch (c) {
          case '"', '\\', '/' -> c;
          case 'b' -> '\b';
          case 't' -> '\t';
          case 'n' -> '\n';
          case 'f' -> '\f';
          case 'r' -> '\r';
          default -> 0;
        };
    if (c == 'u') {
      return unicode(text);
    }
    if (plain == 0) {
      fail("invalid escape code");
      return false;
    }
    text.add(plain);
    at += 2;
    return true;
  }

  private int hex(int from) {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = from + i < data.length ? Character.digit(data[from + i], 16) : -1;
      if (digit < 0) {
        return -1;
      }
      code = code << 4 | digit;
    }
    return code;
  }

  private boolean unicode(ByteBuilder text) {
    int code = hex(at + 2);
    int length = 6;
    if ((code & 0xF800) == 0xD800 && code >= 0) {
      int low =
          (code & 0x400) == 0 && at + 7 < data.length && data[at + 6] == '\\' && data[at + 7] == 'u'
              ? hex(at + 8)
              : -1;
      code =
          low < 0 || (low & 0xFC00) != 0xDC00
              ? -1
              : (((code & 0x3FF) << 10) | (low & 0x3FF)) + 0x10000;
      length = 12;
    }
    if (code < 0) {
      fail("invalid unicode escape code");
      return false;
    }
    byte[] utf8 = Character.toString(code).getBytes(StandardCharsets.UTF_8);
    text.add(utf8, 0, utf8.length);
    at += length;
    state.step();
    return true;
  }

  private @Nullable Object value() {
    return switch (kind) {
      case T_STRING, T_NUMBER, T_BOOLEAN, T_NULL -> value;
      case T_OBJ_BEGIN -> object();
      case T_ARR_BEGIN -> array();
      default -> throw unexpected("value");
    };
  }

  private void descend() {
    depth++;
    if (depth > settings.decodeDepth || depth > MOST_DEPTH) {
      throw LuaError.message(
          "Found too many nested data structures (" + depth + ") at character " + at);
    }
  }

  private LuaTable object() {
    descend();
    LuaTable table = state.table();
    next();
    if (kind != Kind.T_OBJ_END) {
      while (true) {
        if (kind != Kind.T_STRING) {
          throw unexpected("object key string");
        }
        Object key = value;
        next();
        if (kind != Kind.T_COLON) {
          throw unexpected("colon");
        }
        next();
        table.set(key, value());
        state.step();
        next();
        if (kind == Kind.T_OBJ_END) {
          break;
        }
        if (kind != Kind.T_COMMA) {
          throw unexpected("comma or object end");
        }
        next();
      }
    }
    depth--;
    return table;
  }

  private LuaTable array() {
    descend();
    LuaTable table = state.table();
    next();
    if (kind != Kind.T_ARR_END) {
      for (int i = 1; ; i++) {
        table.set(i, value());
        state.step();
        next();
        if (kind == Kind.T_ARR_END) {
          break;
        }
        if (kind != Kind.T_COMMA) {
          throw unexpected("comma or array end");
        }
        next();
      }
    }
    depth--;
    return table;
  }
}
