package io.keyward.engine.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of INCRBYFLOAT and HINCRBYFLOAT: the x87 80-bit number, so that sums carry the
 * same last digits as with Redis on x86-64.
 *
 * <p>The value is {@code ±mantissa * 2^exponent} with 64 bits of mantissa, the top one set unless
 * the value is zero. Numbers too small for a normalized 80-bit number keep all their bits; they lie
 * far below the 17 decimals that are ever written.
 */
public final class LongDouble {

  /** What Redis's buffer for one number holds. */
  private static final int MAX_TEXT_LENGTH = 5 * 1024 - 1;

  private static final int PRECISION = 64;

  /** Values from 2^16384 on are infinite, values up to 2^-16446 are zero. */
  private static final int MAX_EXPONENT = 16_384;

  private static final int ZERO_EXPONENT = -16_446;

  /** Decimal exponents beyond this are certainly out of range. */
  private static final int MAX_DECIMAL_EXPONENT = 5_000;

  private static final int DECIMALS = 17;
  private static final BigInteger DECIMAL_SCALE = BigInteger.TEN.pow(DECIMALS);

  private static final Pattern HEXADECIMAL =
      Pattern.compile("0x([0-9a-f]*)\\.?([0-9a-f]*)(?:p([-+]?[0-9]+))?");

  private static final LongDouble ZERO = new LongDouble(false, BigInteger.ZERO, 0);
  private static final int INFINITE = Integer.MAX_VALUE;

  private final boolean negative;
  private final BigInteger mantissa;
  private final int exponent;

  private LongDouble(boolean negative, BigInteger mantissa, int exponent) {
    this.negative = negative;
    this.mantissa = mantissa;
    this.exponent = exponent;
  }

  /**
   * Reads the whole text, decimal or hexadecimal, or an infinity in any case.
   *
   * @return null if Redis would say that the value is not a valid float
   */
  public static @Nullable LongDouble parse(byte[] bytes, int offset, int length) {
    if (length <= 0 || length > MAX_TEXT_LENGTH) {
      return null;
    }
    String text = new String(bytes, offset, length, ISO_8859_1).toLowerCase(Locale.ROOT);
    boolean negative = text.charAt(0) == '-';
    String magnitude = negative || text.charAt(0) == '+' ? text.substring(1) : text;
    if (magnitude.equals("inf") || magnitude.equals("infinity")) {
      return infinity(negative);
    }
    LongDouble value =
        magnitude.startsWith("0x")
            ? hexadecimal(negative, magnitude)
            : decimal(negative, magnitude);
    return value == null || !value.isFinite() ? null : value;
  }

  private static @Nullable LongDouble decimal(boolean negative, String magnitude) {
    if (magnitude.startsWith("-") || magnitude.startsWith("+")) {
      return null;
    }
    BigDecimal value;
    try {
      value = new BigDecimal(magnitude);
    } catch (NumberFormatException e) {
      return null;
    }
    if (value.signum() == 0) {
      return ZERO;
    }
    if (Math.abs((long) value.precision() - value.scale()) > MAX_DECIMAL_EXPONENT) {
      return null;
    }
    BigInteger unscaled = value.unscaledValue();
    if (value.scale() <= 0) {
      return parsed(negative, unscaled.multiply(BigInteger.TEN.pow(-value.scale())), false, 0);
    }
    BigInteger divisor = BigInteger.TEN.pow(value.scale());
    // Two bits more than the mantissa holds, the remainder in a third: enough to round once.
    int shift = Math.max(0, PRECISION + 2 + divisor.bitLength() - unscaled.bitLength());
    BigInteger[] parts = unscaled.shiftLeft(shift).divideAndRemainder(divisor);
    return parsed(negative, parts[0], parts[1].signum() != 0, -shift);
  }

  private static @Nullable LongDouble hexadecimal(boolean negative, String magnitude) {
    Matcher matcher = HEXADECIMAL.matcher(magnitude);
    if (!matcher.matches() || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
      return null;
    }
    BigInteger digits = new BigInteger(matcher.group(1) + matcher.group(2), 16);
    if (digits.signum() == 0) {
      return ZERO;
    }
    String power = matcher.group(3) == null ? "0" : matcher.group(3);
    BigInteger exponent = new BigInteger(power);
    if (exponent.bitLength() > 20) {
      return null;
    }
    return parsed(negative, digits, false, exponent.intValue() - 4 * matcher.group(2).length());
  }

  private static @Nullable LongDouble parsed(
      boolean negative, BigInteger digits, boolean sticky, int exponent) {
    LongDouble value = round(negative, digits, sticky, exponent);
    int top = value.exponent + PRECISION - 1;
    boolean vanishes =
        top < ZERO_EXPONENT || (top == ZERO_EXPONENT && value.mantissa.bitCount() == 1);
    return vanishes ? null : value;
  }

  /**
   * Rounds {@code digits * 2^exponent} to the nearest value, ties to even.
   *
   * @param sticky whether something not zero follows the digits, which are more than 64 bits then
   */
  private static LongDouble round(
      boolean negative, BigInteger digits, boolean sticky, int exponent) {
    int surplus = digits.bitLength() - PRECISION;
    if (surplus <= 0) {
      return inRange(negative, digits.shiftLeft(-surplus), exponent + surplus);
    }
    BigInteger kept = digits.shiftRight(surplus);
    boolean half = digits.testBit(surplus - 1);
    boolean more = sticky || digits.getLowestSetBit() < surplus - 1;
    if (half && (more || kept.testBit(0))) {
      kept = kept.add(BigInteger.ONE);
      if (kept.bitLength() > PRECISION) {
        return inRange(negative, kept.shiftRight(1), exponent + surplus + 1);
      }
    }
    return inRange(negative, kept, exponent + surplus);
  }

  private static LongDouble inRange(boolean negative, BigInteger mantissa, int exponent) {
    return exponent + PRECISION > MAX_EXPONENT
        ? infinity(negative)
        : new LongDouble(negative, mantissa, exponent);
  }

  private static LongDouble infinity(boolean negative) {
    return new LongDouble(negative, BigInteger.ONE, INFINITE);
  }

  /** The value of an integer, which is exact. */
  public static LongDouble of(long value) {
    return value == 0 ? ZERO : round(value < 0, BigInteger.valueOf(value).abs(), false, 0);
  }

  /** The rounded sum; not finite if it overflows or if one of both is infinite. */
  public LongDouble add(LongDouble other) {
    if (!isFinite() || other.mantissa.signum() == 0) {
      return this;
    }
    if (!other.isFinite() || mantissa.signum() == 0) {
      return other;
    }
    LongDouble large = exponent >= other.exponent ? this : other;
    LongDouble small = large == this ? other : this;
    int distance = large.exponent - small.exponent;
    if (distance > 2 * PRECISION) {
      return large;
    }
    BigInteger sum = large.signed().shiftLeft(distance).add(small.signed());
    return sum.signum() == 0 ? ZERO : round(sum.signum() < 0, sum.abs(), false, small.exponent);
  }

  private BigInteger signed() {
    return negative ? mantissa.negate() : mantissa;
  }

  /** Whether the value is a number: if not, the increment would produce NaN or Infinity. */
  public boolean isFinite() {
    return exponent != INFINITE;
  }

  /** The text that Redis stores and sends: 17 decimals, rounded, without zeros at the end. */
  public byte[] text() {
    return toString().getBytes(ISO_8859_1);
  }

  @Override
  public String toString() {
    if (!isFinite()) {
      return negative ? "-inf" : "inf";
    }
    BigInteger scaled = mantissa.multiply(DECIMAL_SCALE);
    if (exponent >= 0) {
      scaled = scaled.shiftLeft(exponent);
    } else {
      BigInteger kept = scaled.shiftRight(-exponent);
      boolean half = scaled.testBit(-exponent - 1);
      boolean more = half && scaled.getLowestSetBit() < -exponent - 1;
      scaled = half && (more || kept.testBit(0)) ? kept.add(BigInteger.ONE) : kept;
    }
    if (scaled.signum() == 0) {
      return "0";
    }
    String text = new BigDecimal(scaled, DECIMALS).stripTrailingZeros().toPlainString();
    return negative ? "-" + text : text;
  }
}
