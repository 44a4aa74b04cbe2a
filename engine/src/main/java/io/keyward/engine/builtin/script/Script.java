package io.keyward.engine.builtin.script;

import io.keyward.engine.builtin.script.lua.Closure;

/** A script that has been read, with its digest and what its first line declares. */
final class Script {
  private final byte[] text;
  private final String digest;
  private final Shebang shebang;
  private final Closure function;

  /** Keeps a script; the text must not be changed afterwards. */
  Script(byte[] text, String digest, Shebang shebang, Closure function) {
    this.text = text;
    this.digest = digest;
    this.shebang = shebang;
    this.function = function;
  }

  byte[] text() {
    return text;
  }

  /** 40 hexadecimal digits in lower case. */
  String digest() {
    return digest;
  }

  Shebang shebang() {
    return shebang;
  }

  Closure function() {
    return function;
  }

  /** About how many bytes it takes. */
  long footprint() {
    return 256L + text.length + function.footprint();
  }
}
