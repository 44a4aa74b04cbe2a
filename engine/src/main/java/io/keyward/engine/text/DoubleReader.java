package io.keyward.engine.text;

/**
 * Reads doubles as C's strtod does in its plain locale, with NaN for whatever is no number.
 *
 * <p>Common texts take Clinger's fast path: a mantissa below 2^53 times or over a power of ten up
 * to 10^22 is one correctly rounded operation. The rest goes through {@link Double#parseDouble}
 * with at most {@link #KEPT_DIGITS} digits, so that a long text costs one pass and little memory.
 */
final class DoubleReader {

  /** A double's decimal midpoints have at most 767 digits; more need only be "not all zero". */
  private static final int KEPT_DIGITS = 800;

  private static final double[] EXACT_POWERS = new double[23];

  static {
    for (int i = 0; i < EXACT_POWERS.length; i++) {
      EXACT_POWERS[i] = Double.parseDouble("1e" + i);
    }
  }

  private DoubleReader() {}

  /** The number that the whole text is, unless it is beyond what a double holds. */
  static double read(byte[] bytes, int offset, int length) {
    return read(bytes, offset, length, false);
  }

  /**
   * The number that the text is behind its blanks, be it an infinity for want of range; 0 if there
   * is no text.
   */
  static double readLeniently(byte[] bytes, int offset, int length) {
    int blanks = 0;
    while (blanks < length && isBlank(bytes[offset + blanks])) {
      blanks++;
    }
    return length == 0 ? 0 : read(bytes, offset + blanks, length - blanks, true);
  }

  private static boolean isBlank(byte character) {
    return character == ' ' || (character >= '\t' && character <= '\r');
  }

  private static double read(byte[] bytes, int offset, int length, boolean any) {
    if (length <= 0) {
      return Double.NaN;
    }
    int end = offset + length;
    byte sign = bytes[offset];
    int at = sign == '-' || sign == '+' ? offset + 1 : offset;
    if (at == end) {
      return Double.NaN;
    }
    double magnitude;
    int first = bytes[at] | 0x20;
    if (first == 'i') {
      magnitude =
          isWord(bytes, at, end, "inf") || isWord(bytes, at, end, "infinity")
              ? Double.POSITIVE_INFINITY
              : Double.NaN;
    } else if (bytes[at] == '0' && at + 1 < end && (bytes[at + 1] | 0x20) == 'x') {
      magnitude = hexadecimal(bytes, at + 2, end, any);
    } else {
      magnitude = decimal(bytes, at, end, any);
    }
    return sign == '-' ? -magnitude : magnitude;
  }

  private static boolean isWord(byte[] bytes, int at, int end, String word) {
    if (end - at != word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if ((bytes[at + i] | 0x20) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static double decimal(byte[] bytes, int start, int end, boolean any) {
    long mantissa = 0;
    int significant = 0;
    long scale = 0;
    int digits = 0;
    boolean fraction = false;
    int at = start;
    for (; at < end; at++) {
      int digit = bytes[at] - '0';
      if (digit >= 0 && digit <= 9) {
        digits++;
        if (fraction) {
          scale--;
        }
        if (significant > 0 || digit != 0) {
          significant++;
          if (significant <= 18) {
            mantissa = mantissa * 10 + digit;
          }
        }
      } else if (digit == '.' - '0' && !fraction) {
        fraction = true;
      } else {
        break;
      }
    }
    if (digits == 0) {
      return Double.NaN;
    }
    int mantissaEnd = at;
    if (at < end) {
      if ((bytes[at] | 0x20) != 'e') {
        return Double.NaN;
      }
      long exponent = exponent(bytes, at + 1, end);
      if (exponent == Long.MIN_VALUE) {
        return Double.NaN;
      }
      scale += exponent;
    }
    if (significant == 0) {
      return 0;
    }
    if (significant <= 18 && mantissa <= 1L << 53 && scale >= -22 && scale <= 22) {
      return scale < 0
          ? mantissa / EXACT_POWERS[(int) -scale]
          : mantissa * EXACT_POWERS[(int) scale];
    }
    double value = Double.parseDouble(kept(bytes, start, mantissaEnd, significant, scale));
    return any ? value : inRange(value);
  }

  /** The decimal exponent in [at, end), capped far out of range, or Long.MIN_VALUE for none. */
  private static long exponent(byte[] bytes, int start, int end) {
    int at = start;
    boolean negative = false;
    if (at < end && (bytes[at] == '-' || bytes[at] == '+')) {
      negative = bytes[at++] == '-';
    }
    if (at == end) {
      return Long.MIN_VALUE;
    }
    long value = 0;
    for (; at < end; at++) {
      int digit = bytes[at] - '0';
      if (digit < 0 || digit > 9) {
        return Long.MIN_VALUE;
      }
      value = Math.min(value * 10 + digit, 1L << 40);
    }
    return negative ? -value : value;
  }

  /** The significant digits, cut to what matters, and the exponent that belongs to them. */
  private static String kept(byte[] bytes, int start, int end, int significant, long scale) {
    StringBuilder text = new StringBuilder(Math.min(significant, KEPT_DIGITS) + 24);
    boolean lost = false;
    for (int at = start; at < end; at++) {
      byte digit = bytes[at];
      if (digit == '.' || (digit == '0' && text.isEmpty())) {
        continue;
      }
      if (text.length() < KEPT_DIGITS) {
        text.append((char) digit);
      } else {
        lost |= digit != '0';
      }
    }
    long exponent = scale + significant - text.length();
    if (lost) {
      text.append('1');
      exponent--;
    }
    return text.append('e').append(exponent).toString();
  }

  /** Keeps 15 digits and whether any later one counts, which is enough to round by. */
  private static double hexadecimal(byte[] bytes, int start, int end, boolean any) {
    long mantissa = 0;
    int significant = 0;
    long scale = 0;
    int digits = 0;
    boolean lost = false;
    boolean fraction = false;
    int at = start;
    for (; at < end; at++) {
      int digit = bytes[at] > 0 ? Character.digit(bytes[at], 16) : -1;
      if (digit >= 0) {
        digits++;
        scale -= fraction ? 4 : 0;
        if (significant > 0 || digit != 0) {
          significant++;
          if (significant <= 15) {
            mantissa = mantissa << 4 | digit;
          } else {
            scale += 4;
            lost |= digit != 0;
          }
        }
      } else if (bytes[at] == '.' && !fraction) {
        fraction = true;
      } else {
        break;
      }
    }
    if (digits == 0) {
      return Double.NaN;
    }
    if (at < end) {
      long exponent = (bytes[at] | 0x20) == 'p' ? exponent(bytes, at + 1, end) : Long.MIN_VALUE;
      if (exponent == Long.MIN_VALUE) {
        return Double.NaN;
      }
      scale += exponent;
    }
    if (significant == 0) {
      return 0;
    }
    long sticky = mantissa << 1 | (lost ? 1 : 0);
    long power = Math.clamp(scale - 1, -1_000_000, 1_000_000);
    double value = Double.parseDouble("0x" + Long.toHexString(sticky) + "p" + power);
    return any ? value : inRange(value);
  }

  private static double inRange(double value) {
    return value == 0 || Double.isInfinite(value) ? Double.NaN : value;
  }
}
