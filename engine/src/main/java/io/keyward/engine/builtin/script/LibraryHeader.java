package io.keyward.engine.builtin.script;

import io.keyward.engine.CommandException;
import java.nio.charset.StandardCharsets;
import java.util.StringTokenizer;

/**
 * The first line of a library, such as {@code #!lua name=limits}.
 *
 * @param length bytes of the line, its end left aside
 */
record LibraryHeader(String name, int length) {
  private static final CommandException INVALID =
      CommandException.error("Invalid library metadata");
  private static final String BAD_NAME =
      "Library names can only contain letters, numbers, or underscores(_) and must be at least one"
          + " character long";

  /**
   * Reads the first line.
   *
   * @throws CommandException if it is missing or not as it should be
   */
  static LibraryHeader of(byte[] code) {
    if (code.length < 2 || code[0] != '#' || code[1] != '!') {
      throw CommandException.error("Missing library metadata");
    }
    int end = 0;
    while (end < code.length && code[end] != '\n') {
      end++;
    }
    if (end == code.length) {
      throw INVALID;
    }
    StringTokenizer words =
        new StringTokenizer(new String(code, 0, end, StandardCharsets.ISO_8859_1));
    String engine = words.nextToken().substring(2);
    String name = null;
    while (words.hasMoreTokens()) {
      String word = words.nextToken();
      if (!word.regionMatches(true, 0, "name=", 0, 5)) {
        throw CommandException.error("Invalid metadata value given: " + word);
      }
      if (name != null) {
        throw CommandException.error(
            "Invalid metadata value, name argument was given multiple times");
      }
      name = unquoted(word.substring(5));
    }
    if (name == null) {
      throw CommandException.error("Library name was not given");
    }
    if (!isName(name)) {
      throw CommandException.error(BAD_NAME);
    }
    if (!engine.equalsIgnoreCase("lua")) {
      throw CommandException.error("Engine '" + engine + "' not found");
    }
    return new LibraryHeader(name, end);
  }

  private static String unquoted(String value) {
    int last = value.length() - 1;
    return last > 0 && value.charAt(0) == value.charAt(last) && "\"'".indexOf(value.charAt(0)) >= 0
        ? value.substring(1, last)
        : value;
  }

  /** Whether a library or function may have this name. */
  static boolean isName(String name) {
    return !name.isEmpty()
        && name.chars()
            .allMatch(
                c ->
                    (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || c == '_');
  }

  /** What is said of a name that is none. */
  static String badName() {
    return BAD_NAME;
  }
}
