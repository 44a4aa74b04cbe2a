package io.keyward.engine.builtin.script;

import io.keyward.engine.builtin.LibraryText;
import io.keyward.engine.builtin.script.lua.Closure;
import io.keyward.engine.builtin.script.lua.LuaFunction;
import io.keyward.engine.builtin.script.lua.LuaString;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A library of functions that FUNCTION LOAD has read. */
final class Library {
  /** One function, with what it declares in the form of a first line. */
  record Function(
      String name, @Nullable LuaString description, Shebang declared, LuaFunction body) {}

  private final String name;
  private final byte[] code;
  private final Map<String, Function> functions = new LinkedHashMap<>();
  private @Nullable Closure compiled;
  private @Nullable LibraryText text;

  /** A library without functions yet; the code must not be changed afterwards. */
  Library(String name, byte[] code) {
    this.name = name;
    this.code = code;
  }

  /** The same library for another keyspace of the same loop, without functions yet. */
  Library anew() {
    Library other = new Library(name, code);
    other.compiled = compiled;
    return other;
  }

  /** The text as it is executed, null before it has been read. */
  @Nullable Closure compiled() {
    return compiled;
  }

  void compiled(Closure text) {
    compiled = text;
  }

  String name() {
    return name;
  }

  /** The whole text, first line included. */
  byte[] code() {
    return code;
  }

  /** About how many bytes text and compiled form take. */
  long bytes() {
    return 1024 + 4L * code.length;
  }

  Map<String, Function> functions() {
    return functions;
  }

  /** What others need to know of it, when it has its functions. */
  LibraryText text() {
    LibraryText known = text;
    if (known == null) {
      known =
          new LibraryText(
              name,
              functions.keySet().stream()
                  .map(function -> function.toLowerCase(Locale.ROOT))
                  .collect(Collectors.toUnmodifiableSet()),
              code);
      text = known;
    }
    return known;
  }
}
