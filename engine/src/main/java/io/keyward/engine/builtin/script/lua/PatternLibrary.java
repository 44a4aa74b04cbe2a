package io.keyward.engine.builtin.script.lua;

import org.jspecify.annotations.Nullable;

/** The functions of the {@code string} table that take patterns. */
final class PatternLibrary {
  private PatternLibrary() {}

  static void install(LuaTable string) {
    BaseLibrary.add(string, "find", (s, a) -> find(s, a, true));
    BaseLibrary.add(string, "match", (s, a) -> find(s, a, false));
    BaseLibrary.add(string, "gmatch", PatternLibrary::globalMatch);
    BaseLibrary.add(string, "gfind", PatternLibrary::globalMatch);
    BaseLibrary.add(string, "gsub", PatternLibrary::substitute);
  }

  private static boolean anchored(LuaString pattern) {
    return pattern.length() > 0 && pattern.at(0) == '^';
  }

  private static boolean plain(LuaString pattern) {
    for (int i = 0; i < pattern.length(); i++) {
      if ("^$*+?.([%-".indexOf(pattern.at(i)) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable Object find(
      LuaState state, @Nullable Object[] arguments, boolean positions) {
    LuaString source = Arguments.string(arguments, 0);
    LuaString pattern = Arguments.string(arguments, 1);
    long start = StringLibrary.position(Arguments.integer(arguments, 2, 1), source.length()) - 1;
    int from = (int) Math.min(Math.max(0, start), source.length());
    if (positions && (Expression.truth(Arguments.value(arguments, 3)) || plain(pattern))) {
      int at = indexOf(state, source, pattern, from);
      return at < 0
          ? null
          : Values.of(LuaNumbers.box(at + 1), LuaNumbers.box(at + pattern.length()));
    }
    LuaPattern matcher = new LuaPattern(state, source, pattern);
    boolean anchored = anchored(pattern);
    int at = from;
    do {
      int end = matcher.match(at, anchored ? 1 : 0);
      if (end >= 0) {
        return positions ? positions(matcher, at, end) : Values.of(matcher.allCaptures(at, end));
      }
      at++;
    } while (at <= source.length() && !anchored);
    return null;
  }

  private static @Nullable Object positions(LuaPattern matcher, int from, int to) {
    int captures = matcher.captures();
    @Nullable Object[] values = new @Nullable Object[2 + captures];
    values[0] = LuaNumbers.box(from + 1);
    values[1] = LuaNumbers.box(to);
    for (int i = 0; i < captures; i++) {
      values[2 + i] = matcher.capture(i, from, to);
    }
    return Values.of(values);
  }

  private static int indexOf(LuaState state, LuaString source, LuaString wanted, int from) {
    byte[] bytes = source.bytes();
    byte[] sought = wanted.bytes();
    if (sought.length == 0) {
      return from;
    }
    for (int at = from; at <= bytes.length - sought.length; at++) {
      if (at % LuaState.BYTES_IN_A_STEP == 0) {
        state.step();
      }
      if (bytes[at] == sought[0]) {
        state.step();
        int i = 1;
        while (i < sought.length && bytes[at + i] == sought[i]) {
          i++;
        }
        if (i == sought.length) {
          return at;
        }
        state.work(i);
      }
    }
    return -1;
  }

  private static Object globalMatch(LuaState state, @Nullable Object[] arguments) {
    LuaString source = Arguments.string(arguments, 0);
    LuaString pattern = Arguments.string(arguments, 1);
    int[] next = {0};
    return new NativeFunction(
        (s, ignored) -> {
          LuaPattern matcher = new LuaPattern(s, source, pattern);
          for (int at = next[0]; at <= source.length(); at++) {
            int end = matcher.match(at, 0);
            if (end >= 0) {
              next[0] = end == at ? end + 1 : end;
              return Values.of(matcher.allCaptures(at, end));
            }
          }
          next[0] = source.length() + 1;
          return null;
        });
  }

  private static @Nullable Object substitute(LuaState state, @Nullable Object[] arguments) {
    LuaString source = Arguments.string(arguments, 0);
    LuaString pattern = Arguments.string(arguments, 1);
    Object replacement = Arguments.value(arguments, 2);
    if (replacement instanceof Double) {
      replacement = Operations.stringOf(replacement);
    }
    if (!(replacement instanceof LuaString
        || replacement instanceof LuaTable
        || replacement instanceof LuaFunction)) {
      throw Arguments.mismatch(arguments, 2, "string/function/table");
    }
    long most = Arguments.integer(arguments, 3, source.length() + 1L);
    boolean anchored = anchored(pattern);
    LuaPattern matcher = new LuaPattern(state, source, pattern);
    ByteBuilder out = new ByteBuilder(state);
    int at = 0;
    int count = 0;
    while (count < most) {
      int end = matcher.match(at, anchored ? 1 : 0);
      if (end >= 0) {
        count++;
        replace(state, matcher, source, at, end, replacement, out);
      }
      if (end > at) {
        at = end;
      } else if (at < source.length()) {
        out.add(source.at(at++));
      } else {
        break;
      }
      if (anchored) {
        break;
      }
    }
    if (at < source.length()) {
      out.add(source.bytes(), at, source.length() - at);
    }
    return Values.of(out.string(), LuaNumbers.box(count));
  }

  private static void replace(
      LuaState state,
      LuaPattern matcher,
      LuaString source,
      int from,
      int to,
      Object replacement,
      ByteBuilder out) {
    Object value;
    switch (replacement) {
      case LuaString template -> {
        expand(state, matcher, from, to, template, out);
        return;
      }
      case LuaTable table -> value = Operations.index(state, table, matcher.capture(0, from, to));
      default ->
          value = Values.first(Operations.call(state, replacement, matcher.allCaptures(from, to)));
    }
    if (!Expression.truth(value)) {
      out.add(source.bytes(), from, to - from);
      return;
    }
    LuaString text = Operations.stringOf(value);
    if (text == null) {
      throw LuaError.message("invalid replacement value (a " + Operations.typeName(value) + ")");
    }
    out.add(text);
  }

  private static void expand(
      LuaState state, LuaPattern matcher, int from, int to, LuaString template, ByteBuilder out) {
    int at = 0;
    while (at < template.length()) {
      state.step();
      int c = template.at(at++);
      if (c != '%') {
        out.add(c);
        continue;
      }
      int escaped = at < template.length() ? template.at(at) : 0;
      at++;
      if (escaped < '0' || escaped > '9') {
        out.add(escaped);
      } else {
        Object capture =
            escaped == '0' ? matcher.whole(from, to) : matcher.capture(escaped - '1', from, to);
        LuaString text = Operations.stringOf(capture);
        if (text != null) {
          out.add(text);
        }
      }
    }
  }
}
