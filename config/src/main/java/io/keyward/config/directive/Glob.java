package io.keyward.config.directive;

/** Redis's glob patterns, on directive names. */
final class Glob {
  private Glob() {}

  /** True if the text holds a character that makes it a pattern to CONFIG GET. */
  static boolean isPattern(String text) {
    return text.indexOf('*') >= 0 || text.indexOf('?') >= 0 || text.indexOf('[') >= 0;
  }

  /**
   * True if {@code pattern} covers the whole name.
   *
   * <p>{@code *} stands for any run of characters, {@code ?} for one, {@code [a-c]} and {@code
   * [^a-c]} for one of a class, a backslash takes the next character as it is. Only the last {@code
   * *} is tried again at later places, so the time is at most the product of the lengths.
   */
  static boolean matches(String pattern, String name) {
    int p = 0;
    int n = 0;
    int afterStar = -1;
    int starMatchedTo = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        afterStar = ++p;
        starMatchedTo = n;
      } else if (p < pattern.length() && one(pattern, p, name.charAt(n))) {
        p = next(pattern, p);
        n++;
      } else if (afterStar >= 0) {
        p = afterStar;
        n = ++starMatchedTo;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p >= pattern.length();
  }

  /** True if the element of the pattern that begins at {@code p} covers the character. */
  private static boolean one(String pattern, int p, char character) {
    return switch (pattern.charAt(p)) {
      case '?' -> true;
      case '[' -> inClass(pattern, p, next(pattern, p), character);
      case '\\' -> pattern.charAt(Math.min(p + 1, pattern.length() - 1)) == character;
      default -> pattern.charAt(p) == character;
    };
  }

  /** Where the element of the pattern that begins at {@code p} ends. */
  private static int next(String pattern, int p) {
    return switch (pattern.charAt(p)) {
      case '[' -> {
        int close = pattern.indexOf(']', p + 1);
        yield close < 0 ? pattern.length() : close + 1;
      }
      case '\\' -> Math.min(p + 2, pattern.length());
      default -> p + 1;
    };
  }

  private static boolean inClass(String pattern, int open, int end, char character) {
    int i = open + 1;
    boolean negated = i < end && pattern.charAt(i) == '^';
    if (negated) {
      i++;
    }
    boolean found = false;
    while (i < end && pattern.charAt(i) != ']') {
      char from = pattern.charAt(i);
      boolean range = i + 2 < end && pattern.charAt(i + 1) == '-' && pattern.charAt(i + 2) != ']';
      char to = range ? pattern.charAt(i + 2) : from;
      found |= character >= Math.min(from, to) && character <= Math.max(from, to);
      i += range ? 3 : 1;
    }
    return found != negated;
  }
}
