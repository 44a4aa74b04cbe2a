package io.keyward.engine.builtin.script.lua;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Numbers of Lua 5.1: doubles, their text, and small integers that are boxed once. */
public final class LuaNumbers {
  private static final int LEAST = -128;
  private static final int MOST = 1024;
  private static final Double[] BOXED = new Double[MOST - LEAST + 1];

  static {
    for (int i = LEAST; i <= MOST; i++) {
      BOXED[i - LEAST] = (double) i;
    }
  }

  private LuaNumbers() {}

  /** The number as an object. */
  public static Double box(int value) {
    return value >= LEAST && value <= MOST ? BOXED[value - LEAST] : Double.valueOf(value);
  }

  /** The number as an object. */
  public static Double box(double value) {
    int whole = (int) value;
    if (whole == value
        && whole >= LEAST
        && whole <= MOST
        && (whole != 0 || Double.doubleToRawLongBits(value) == 0)) {
      return BOXED[whole - LEAST];
    }
    return value;
  }

  /** A number, or a string that reads as one; else null. */
  public static @Nullable Double of(@Nullable Object value) {
    if (value instanceof Double number) {
      return number;
    }
    return value instanceof LuaString string ? parse(string.bytes(), 0, string.length()) : null;
  }

  /** C's pow, which gives 1 where Java's gives NaN: 1 to any power, -1 to an infinite one. */
  static double power(double base, double exponent) {
    return base == 1 || (base == -1 && Double.isInfinite(exponent)) ? 1 : Math.pow(base, exponent);
  }

  private static boolean space(int c) {
    return c == ' ' || (c >= 9 && c <= 13);
  }

  /** The number that a text holds between white space, as C's strtod reads it; else null. */
  public static @Nullable Double parse(byte[] bytes, int offset, int length) {
    int from = offset;
    int to = offset + length;
    while (from < to && space(bytes[from])) {
      from++;
    }
    while (to > from && space(bytes[to - 1])) {
      to--;
    }
    int end = end(bytes, from, to);
    return end == to && end > from ? value(bytes, from, to) : null;
  }

  /** Where the number that begins at {@code from} ends; {@code from} if there is none. */
  public static int end(byte[] bytes, int from, int to) {
    int at = from;
    if (at < to && (bytes[at] == '-' || bytes[at] == '+')) {
      at++;
    }
    if (at + 1 < to && bytes[at] == '0' && (bytes[at + 1] | 0x20) == 'x') {
      int digits = at + 2;
      while (digits < to && Character.digit(bytes[digits], 16) >= 0) {
        digits++;
      }
      return digits > at + 2 ? digits : at + 1;
    }
    int word = word(bytes, at, to);
    if (word > 0) {
      return at + word;
    }
    int digits = 0;
    while (at < to && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
      digits++;
    }
    if (at < to && bytes[at] == '.') {
      int point = at++;
      while (at < to && bytes[at] >= '0' && bytes[at] <= '9') {
        at++;
        digits++;
      }
      if (digits == 0) {
        at = point;
      }
    }
    if (digits == 0) {
      return from;
    }
    if (at < to && (bytes[at] | 0x20) == 'e') {
      int exponent = at + 1;
      if (exponent < to && (bytes[exponent] == '-' || bytes[exponent] == '+')) {
        exponent++;
      }
      int first = exponent;
      while (exponent < to && bytes[exponent] >= '0' && bytes[exponent] <= '9') {
        exponent++;
      }
      if (exponent > first) {
        at = exponent;
      }
    }
    return at;
  }

  /** The length of inf, infinity or nan at a place, or 0. */
  private static int word(byte[] bytes, int at, int to) {
    for (String word : new String[] {"infinity", "inf", "nan"}) {
      if (to - at >= word.length()) {
        int i = 0;
        while (i < word.length() && (bytes[at + i] | 0x20) == word.charAt(i)) {
          i++;
        }
        if (i == word.length()) {
          return i;
        }
      }
    }
    return 0;
  }

  /** The value of the number whose text {@link #end} has found. */
  public static double value(byte[] bytes, int from, int to) {
    if (to - from <= 15) {
      long whole = 0;
      int at = from;
      while (at < to && bytes[at] >= '0' && bytes[at] <= '9') {
        whole = whole * 10 + (bytes[at++] - '0');
      }
      if (at == to) {
        return whole;
      }
    }
    boolean negative = bytes[from] == '-';
    int at = negative || bytes[from] == '+' ? from + 1 : from;
    double magnitude;
    if (at + 1 < to && (bytes[at + 1] | 0x20) == 'x') {
      magnitude = 0;
      for (int i = at + 2; i < to; i++) {
        magnitude = magnitude * 16 + Character.digit(bytes[i], 16);
      }
    } else if ((bytes[at] | 0x20) == 'i') {
      magnitude = Double.POSITIVE_INFINITY;
    } else if ((bytes[at] | 0x20) == 'n') {
      magnitude = Double.NaN;
    } else {
      magnitude = Double.parseDouble(new String(bytes, at, to - at, StandardCharsets.ISO_8859_1));
    }
    return negative ? -magnitude : magnitude;
  }

  /** The text of a number, as {@code tostring} gives it ({@code %.14g}). */
  public static String text(double value) {
    long whole = (long) value;
    if (whole == value && Math.abs(whole) < 100_000_000_000_000L && (whole != 0 || 1 / value > 0)) {
      return Long.toString(whole);
    }
    return general(value, 14, false);
  }

  static LuaString string(double value) {
    return LuaString.of(text(value));
  }

  /** C's {@code %.<precision>g}; with {@code keepZeros} the alternate form {@code %#g}. */
  public static String general(double value, int precision, boolean keepZeros) {
    if (Double.isNaN(value)) {
      return Double.doubleToRawLongBits(value) < 0 ? "-nan" : "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    int digits = Math.max(1, precision);
    boolean negative = Double.doubleToRawLongBits(value) < 0;
    int exponent = 0;
    String unscaled = "0".repeat(digits);
    if (value != 0) {
      BigDecimal rounded =
          new BigDecimal(Math.abs(value)).round(new MathContext(digits, RoundingMode.HALF_EVEN));
      exponent = rounded.precision() - rounded.scale() - 1;
      unscaled = rounded.unscaledValue().toString();
      unscaled =
          unscaled.length() < digits
              ? unscaled + "0".repeat(digits - unscaled.length())
              : unscaled.substring(0, digits);
    }
    StringBuilder text = new StringBuilder(negative ? "-" : "");
    if (exponent < -4 || exponent >= digits) {
      text.append(stripped(unscaled.charAt(0) + "." + unscaled.substring(1), keepZeros));
      text.append('e').append(exponent < 0 ? '-' : '+');
      int size = Math.abs(exponent);
      text.append(size < 10 ? "0" : "").append(size);
    } else if (exponent < 0) {
      text.append(stripped("0." + "0".repeat(-exponent - 1) + unscaled, keepZeros));
    } else {
      text.append(
          stripped(
              unscaled.substring(0, exponent + 1) + "." + unscaled.substring(exponent + 1),
              keepZeros));
    }
    return text.toString();
  }

  private static String stripped(String fraction, boolean keepZeros) {
    if (keepZeros) {
      return fraction;
    }
    int end = fraction.length();
    while (fraction.charAt(end - 1) == '0') {
      end--;
    }
    if (fraction.charAt(end - 1) == '.') {
      end--;
    }
    return fraction.substring(0, end);
  }
}
