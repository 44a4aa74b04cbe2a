package io.keyward.engine.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Integers and doubles as Redis reads and writes them, over bytes and without allocation.
 *
 * <p>An integer is the canonical decimal text of a signed 64-bit number: no plus sign, no leading
 * zero, no {@code -0}, no space, so that text → number → text gives back the same bytes.
 */
public final class Numbers {

  /** Length of the longest integer text, {@code -9223372036854775808}. */
  public static final int MAX_INTEGER_LENGTH = 20;

  /** Bytes that {@link #formatDouble} may touch from its offset on. */
  public static final int MAX_DOUBLE_LENGTH = 32;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  /** The two digits of 0 to 99 as they lie in memory, tens first. */
  private static final short[] DIGIT_PAIRS = new short[100];

  private static final long[] POWERS_OF_TEN = new long[19];

  /** Integral doubles beyond half of the range of long have the layout of {@link Grisu}. */
  private static final double INTEGRAL_LIMIT = 0x1p62;

  static {
    for (int i = 0; i < 100; i++) {
      DIGIT_PAIRS[i] = (short) ('0' + i / 10 | ('0' + i % 10) << 8);
    }
    long power = 1;
    for (int i = 0; i < POWERS_OF_TEN.length; i++) {
      POWERS_OF_TEN[i] = power;
      power *= 10;
    }
  }

  private Numbers() {}

  /** Whether the text is a canonical signed 64-bit integer. */
  public static boolean isInteger(byte[] bytes, int offset, int length) {
    if (length <= 0 || length > MAX_INTEGER_LENGTH) {
      return false;
    }
    int first = bytes[offset] - '0';
    if (first < 0 || first > 9) {
      return first == '-' - '0'
          && length > 1
          && bytes[offset + 1] != '0'
          && isDigits(bytes, offset + 1, length - 1)
          && (length < MAX_INTEGER_LENGTH || fits(bytes, offset + 1, Long.MIN_VALUE));
    }
    if (first == 0) {
      return length == 1;
    }
    return length < MAX_INTEGER_LENGTH
        && isDigits(bytes, offset + 1, length - 1)
        && (length < MAX_INTEGER_LENGTH - 1 || fits(bytes, offset, Long.MAX_VALUE));
  }

  /** Compares 19 digits with a bound that is read as an unsigned number. */
  private static boolean fits(byte[] bytes, int offset, long bound) {
    return Long.compareUnsigned(parseDigits(bytes, offset, 19), bound) <= 0;
  }

  private static boolean isDigits(byte[] bytes, int offset, int length) {
    int at = offset;
    int end = offset + length;
    for (; end - at >= Long.BYTES; at += Long.BYTES) {
      long eight = (long) LONG.get(bytes, at);
      // A byte is a digit if its high half is 3 and adding 6 leaves that half as it is.
      long halves =
          (eight & 0xF0F0F0F0F0F0F0F0L) | (eight + 0x0606060606060606L & 0xF0F0F0F0F0F0F0F0L) >>> 4;
      if (halves != 0x3333333333333333L) {
        return false;
      }
    }
    for (; at < end; at++) {
      if ((bytes[at] - '0' & 0xFF) > 9) {
        return false;
      }
    }
    return true;
  }

  /** The value of a text for which {@link #isInteger} holds; of any other text, some number. */
  public static long parseInteger(byte[] bytes, int offset, int length) {
    return bytes[offset] == '-'
        ? -parseDigits(bytes, offset + 1, length - 1)
        : parseDigits(bytes, offset, length);
  }

  private static long parseDigits(byte[] bytes, int offset, int length) {
    int at = offset;
    int end = offset + length;
    long value = 0;
    for (; end - at >= Long.BYTES; at += Long.BYTES) {
      value = value * 100_000_000 + parseEight((long) LONG.get(bytes, at));
    }
    for (; at < end; at++) {
      value = value * 10 + (bytes[at] - '0');
    }
    return value;
  }

  /** Folds eight digits, the first in the lowest byte, by pairs, fours and eights. */
  private static long parseEight(long text) {
    long digits = text - 0x3030303030303030L;
    long pairs = digits * 10 + (digits >>> 8);
    return ((pairs & 0x000000FF000000FFL) * 0x000F424000000064L
            + (pairs >>> 16 & 0x000000FF000000FFL) * 0x0000271000000001L)
        >>> 32;
  }

  /** Length of the text of an integer, its sign included. */
  public static int integerLength(long value) {
    if (value >= 0) {
      return digits(value);
    }
    return value == Long.MIN_VALUE ? MAX_INTEGER_LENGTH : digits(-value) + 1;
  }

  private static int digits(long value) {
    // 1233 / 4096 is log10(2), close enough for 64 bits: the estimate is right or one too low.
    int estimate = ((64 - Long.numberOfLeadingZeros(value | 1)) * 1233) >>> 12;
    return estimate < 19 && value >= POWERS_OF_TEN[estimate] ? estimate + 1 : Math.max(estimate, 1);
  }

  /** Writes the text of an integer and returns its length, at most {@link #MAX_INTEGER_LENGTH}. */
  public static int formatInteger(long value, byte[] target, int offset) {
    if (value >= 0) {
      if (value < 10) {
        target[offset] = (byte) ('0' + value);
        return 1;
      }
      int length = digits(value);
      writeDigits(value, target, offset + length);
      return length;
    }
    target[offset] = '-';
    int length = integerLength(value);
    if (value == Long.MIN_VALUE) {
      writeDigits(-(value + 8) / 10, target, offset + length - 1);
      target[offset + length - 1] = '8';
    } else {
      writeDigits(-value, target, offset + length);
    }
    return length;
  }

  /** Writes the digits of a number that is not negative so that they end before {@code end}. */
  private static void writeDigits(long value, byte[] target, int end) {
    int at = end;
    long rest = value;
    while (rest > Integer.MAX_VALUE) {
      long quotient = rest / 100;
      at -= 2;
      SHORT.set(target, at, DIGIT_PAIRS[(int) (rest - quotient * 100)]);
      rest = quotient;
    }
    int small = (int) rest;
    while (small >= 100) {
      int quotient = small / 100;
      at -= 2;
      SHORT.set(target, at, DIGIT_PAIRS[small - quotient * 100]);
      small = quotient;
    }
    if (small >= 10) {
      SHORT.set(target, at - 2, DIGIT_PAIRS[small]);
    } else {
      target[at - 1] = (byte) ('0' + small);
    }
  }

  /** Whether the text is a number that {@link #parseDouble} reads. */
  public static boolean isDouble(byte[] bytes, int offset, int length) {
    return !Double.isNaN(parseDouble(bytes, offset, length));
  }

  /**
   * Reads a double as Redis does: the whole text, decimal or hexadecimal, or an infinity in any
   * case.
   *
   * @return NaN if the text is no number: empty, with spaces, {@code nan}, or so far out of range
   *     that it would become an infinity or a zero
   */
  public static double parseDouble(byte[] bytes, int offset, int length) {
    return DoubleReader.read(bytes, offset, length);
  }

  /**
   * Reads the bound of a range of scores, which Redis leaves to C's strtod alone: as a double, but
   * with blanks before it, 0 if it is empty, and an infinity or the nearest number if it is beyond
   * the range.
   *
   * @return NaN if the text is no number
   */
  public static double parseBound(byte[] bytes, int offset, int length) {
    double value = DoubleReader.read(bytes, offset, length);
    return Double.isNaN(value) ? DoubleReader.readLeniently(bytes, offset, length) : value;
  }

  /**
   * Writes a double as Redis sends scores: {@code inf}, {@code -inf}, {@code nan}, {@code -0},
   * integral values up to 2^62 in full, all others with the digits and layout of {@link Grisu}.
   *
   * @return the length, below {@link #MAX_DOUBLE_LENGTH}
   */
  public static int formatDouble(double value, byte[] target, int offset) {
    long integral = (long) value;
    if (integral == value && Math.abs(value) <= INTEGRAL_LIMIT) {
      if (integral == 0 && Double.doubleToRawLongBits(value) < 0) {
        target[offset] = '-';
        target[offset + 1] = '0';
        return 2;
      }
      return formatInteger(integral, target, offset);
    }
    if (Double.isNaN(value)) {
      return word("nan", target, offset);
    }
    if (Double.isInfinite(value)) {
      return word(value > 0 ? "inf" : "-inf", target, offset);
    }
    return Grisu.format(value, target, offset);
  }

  private static int word(String word, byte[] target, int offset) {
    for (int i = 0; i < word.length(); i++) {
      target[offset + i] = (byte) word.charAt(i);
    }
    return word.length();
  }
}
