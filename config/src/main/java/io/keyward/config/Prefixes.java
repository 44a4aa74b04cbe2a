package io.keyward.config;

import java.util.HashMap;
import java.util.Map;

/** What a prefix may look like, and which are taken. */
final class Prefixes {
  static final String FORM =
      "a prefix contains no ::, no {, no } and no space, and does not end with a colon";

  private final Map<String, String> takenBy = new HashMap<>();

  /** Whether keys may be seen behind this prefix. */
  static boolean isValid(String prefix) {
    return !prefix.contains("::")
        && !prefix.endsWith(":")
        && prefix
            .chars()
            .noneMatch(
                character ->
                    character == '{'
                        || character == '}'
                        || Character.isWhitespace(character)
                        || Character.isISOControl(character));
  }

  /** Takes a prefix; the result is who has it already, or an empty text. */
  String take(String prefix, String owner) {
    String present = takenBy.putIfAbsent(prefix, owner);
    return present == null ? "" : present;
  }
}
