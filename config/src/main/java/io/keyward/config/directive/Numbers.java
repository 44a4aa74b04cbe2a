package io.keyward.config.directive;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Redis's notations for numbers: strict decimals, and sizes with a unit. */
public final class Numbers {
  private static final Pattern DECIMAL = Pattern.compile("0|-?[1-9][0-9]{0,18}");
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,19})([a-z]*)");

  private Numbers() {}

  /**
   * True if {@code text} is a decimal within the range of a long, without sign {@code +}, leading
   * zeros or blanks.
   */
  static boolean isDecimal(String text) {
    if (!DECIMAL.matcher(text).matches()) {
      return false;
    }
    try {
      Long.parseLong(text);
      return true;
    } catch (NumberFormatException outOfRange) {
      return false;
    }
  }

  /** True if {@code text} is a decimal of at least 0. */
  static boolean isWholeNumber(String text) {
    return isDecimal(text) && Long.parseLong(text) >= 0;
  }

  /**
   * Reads a size such as {@code 100mb}: k, m, g are powers of 1000, kb, mb, gb powers of 1024.
   *
   * @return the size in bytes, or -1 if {@code text} is no size or beyond the range of a long
   */
  public static long parseMemory(String text) {
    Matcher size = SIZE.matcher(text.toLowerCase(Locale.ROOT));
    if (!size.matches()) {
      return -1;
    }
    long unit =
        switch (size.group(2)) {
          case "", "b" -> 1L;
          case "k" -> 1000L;
          case "kb" -> 1L << 10;
          case "m" -> 1000_000L;
          case "mb" -> 1L << 20;
          case "g" -> 1000_000_000L;
          case "gb" -> 1L << 30;
          default -> 0L;
        };
    if (unit == 0) {
      return -1;
    }
    try {
      return Math.multiplyExact(Long.parseLong(size.group(1)), unit);
    } catch (ArithmeticException | NumberFormatException outOfRange) {
      return -1;
    }
  }
}
