package io.keyward.engine.builtin.acl;

import io.keyward.engine.Request;
import io.keyward.engine.command.KeySpec;
import io.keyward.engine.text.Glob;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Names of keys or channels that a rule admits, and for keys what may be done with them.
 *
 * <p>Texts stand byte for character (ISO 8859-1).
 */
final class Pattern {
  static final int ANY_ACCESS = KeySpec.READ | KeySpec.WRITE;

  private final String text;
  private final byte[] glob;
  private final int access;

  Pattern(String text, int access) {
    this.text = text;
    this.access = access;
    glob = text.getBytes(StandardCharsets.ISO_8859_1);
  }

  String text() {
    return text;
  }

  int access() {
    return access;
  }

  boolean grants(int wanted) {
    return (access & wanted) == wanted;
  }

  boolean matches(Request request, int argument) {
    return matches(request.bytes(), request.offset(argument), request.length(argument));
  }

  boolean matches(byte[] bytes, int offset, int length) {
    return Glob.matches(glob, 0, glob.length, bytes, offset, length, false);
  }

  /** Whether the name is this very pattern: patterns of channels are not matched but compared. */
  boolean is(byte[] bytes, int offset, int length) {
    return Arrays.equals(glob, 0, glob.length, bytes, offset, offset + length);
  }

  /** The rule that admits these keys. */
  String keyRule() {
    return switch (access) {
      case KeySpec.READ -> "%R~" + text;
      case KeySpec.WRITE -> "%W~" + text;
      default -> "~" + text;
    };
  }
}
