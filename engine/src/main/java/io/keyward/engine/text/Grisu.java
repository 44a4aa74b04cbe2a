package io.keyward.engine.text;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Writes a double with few digits that read back as the same double: Grisu2.
 *
 * <p>Florian Loitsch, "Printing Floating-Point Numbers Quickly and Accurately with Integers", PLDI
 * 2010. Redis prints with the same algorithm, so the digits agree with its own even in the one case
 * in a thousand where Grisu2 does not find the shortest.
 *
 * <p>A number is a 64-bit fraction and a binary exponent, {@code f * 2^e}. The double and the two
 * midpoints to its neighbours are scaled by a power of ten until the exponent lies in [-60, -32];
 * then digits are cut off the upper midpoint until what is left falls inside the interval.
 */
final class Grisu {

  private static final long HIDDEN_BIT = 1L << 52;
  private static final int EXPONENT_BIAS = 1023 + 52;

  private static final int MIN_EXPONENT = -60;
  private static final int MAX_EXPONENT = -32;

  /** Powers of ten in steps of 10^8 from 10^-348, rounded to 64 bits with the top bit set. */
  private static final int FIRST_POWER = -348;

  private static final int POWER_STEP = 8;
  private static final int POWERS = 87;
  private static final long[] FRACTIONS = new long[POWERS];
  private static final short[] EXPONENTS = new short[POWERS];

  private static final long[] TENS = new long[20];

  static {
    for (int i = 0; i < POWERS; i++) {
      int power = FIRST_POWER + i * POWER_STEP;
      BigInteger ten = BigInteger.TEN.pow(Math.abs(power));
      int scale;
      BigInteger scaled;
      if (power >= 0) {
        // One bit more than needed, to round by.
        scale = ten.bitLength() - 65;
        scaled = scale >= 0 ? ten.shiftRight(scale) : ten.shiftLeft(-scale);
      } else {
        scale = -ten.bitLength() - 64;
        scaled = BigInteger.ONE.shiftLeft(-scale).divide(ten);
      }
      int surplus = scaled.bitLength() - 64;
      BigInteger rounded = scaled.add(BigInteger.ONE.shiftLeft(surplus - 1)).shiftRight(surplus);
      FRACTIONS[i] = rounded.longValue();
      EXPONENTS[i] = (short) (scale + surplus);
    }
    long ten = 1;
    for (int i = 0; i < TENS.length; i++) {
      TENS[i] = ten;
      ten *= 10;
    }
  }

  private Grisu() {}

  /** Writes a finite double other than zero and returns the length. */
  static int format(double value, byte[] target, int offset) {
    long bits = Double.doubleToRawLongBits(value);
    boolean negative = bits < 0;
    int at = offset;
    if (negative) {
      target[at++] = '-';
    }
    int biased = (int) (bits >>> 52) & 0x7FF;
    long fraction = bits & HIDDEN_BIT - 1;
    if (biased != 0) {
      fraction |= HIDDEN_BIT;
    }
    int exponent = Math.max(biased, 1) - EXPONENT_BIAS;

    long high = fraction << 1 | 1;
    int highShift = Long.numberOfLeadingZeros(high);
    int highExponent = exponent - 1 - highShift;
    high <<= highShift;
    // Below a power of two the neighbour is only half as far away.
    int lowShift = fraction == HIDDEN_BIT ? 2 : 1;
    long low = ((fraction << lowShift) - 1) << (exponent - lowShift - highExponent);
    long middle = fraction << Long.numberOfLeadingZeros(fraction);

    int power = powerFor(highExponent);
    long factor = FRACTIONS[power];
    int scaledExponent = highExponent + EXPONENTS[power] + 64;
    long scaledHigh = multiply(high, factor) - 1;
    long scaledLow = multiply(low, factor) + 1;
    long scaledMiddle = multiply(middle, factor);
    int decimalExponent = -(FIRST_POWER + power * POWER_STEP);
    int length =
        generate(
            scaledHigh,
            scaledHigh - scaledLow,
            scaledHigh - scaledMiddle,
            -scaledExponent,
            decimalExponent,
            target,
            at);
    return at - offset + length;
  }

  /** Index of the cached power that brings the exponent into range. */
  private static int powerFor(int exponent) {
    int estimate = (int) (-(exponent + POWERS) * 0.30102999566398114);
    int index = (estimate - FIRST_POWER) / POWER_STEP;
    while (true) {
      int scaled = exponent + EXPONENTS[index] + 64;
      if (scaled < MIN_EXPONENT) {
        index++;
      } else if (scaled > MAX_EXPONENT) {
        index--;
      } else {
        return index;
      }
    }
  }

  /** The upper half of the product, rounded. */
  private static long multiply(long left, long right) {
    return Math.unsignedMultiplyHigh(left, right) + ((left * right) >>> 63);
  }

  /**
   * Cuts digits off {@code high} until the rest is within {@code width}.
   *
   * @param toMiddle distance from high to the double itself
   * @param point number of bits after the binary point
   */
  private static int generate(
      long high, long width, long toMiddle, int point, int exponent, byte[] target, int at) {
    long one = 1L << point;
    int whole = (int) (high >>> point);
    long rest = high & one - 1;
    long digits = 0;
    int kappa = 10;
    while (kappa > 0) {
      kappa--;
      long ten = TENS[kappa];
      digits = digits * 10 + Integer.toUnsignedLong(whole) / ten;
      whole = (int) (Integer.toUnsignedLong(whole) % ten);
      long left = (Integer.toUnsignedLong(whole) << point) + rest;
      if (Long.compareUnsigned(left, width) <= 0) {
        digits -= excess(width, left, ten << point, toMiddle);
        return layOut(digits, exponent + kappa, target, at);
      }
    }
    long remainingWidth = width;
    long unit = 1;
    while (true) {
      rest *= 10;
      remainingWidth *= 10;
      unit *= 10;
      kappa--;
      digits = digits * 10 + (rest >>> point);
      rest &= one - 1;
      if (Long.compareUnsigned(rest, remainingWidth) < 0) {
        digits -= excess(remainingWidth, rest, one, toMiddle * unit);
        return layOut(digits, exponent + kappa, target, at);
      }
    }
  }

  /** By how much the last digit must fall to come as near as possible to the double. */
  private static int excess(long width, long left, long step, long toMiddle) {
    int count = 0;
    long rest = left;
    while (Long.compareUnsigned(rest, toMiddle) < 0
        && Long.compareUnsigned(width - rest, step) >= 0
        && (Long.compareUnsigned(rest + step, toMiddle) < 0
            || Long.compareUnsigned(toMiddle - rest, rest + step - toMiddle) > 0)) {
      count++;
      rest += step;
    }
    return count;
  }

  /**
   * Writes {@code digits * 10^exponent}: in full up to seven zeros at the end, with a point if the
   * value has up to six digits after it or lies within 10^±4, else as {@code d.ddde±x}.
   */
  private static int layOut(long digits, int exponent, byte[] target, int at) {
    int length = Numbers.formatInteger(digits, target, at);
    int magnitude = Math.abs(exponent + length - 1);
    if (exponent >= 0 && magnitude < length + 7) {
      Arrays.fill(target, at + length, at + length + exponent, (byte) '0');
      return length + exponent;
    }
    if (exponent < 0 && (exponent > -7 || magnitude < 4)) {
      int whole = length + exponent;
      if (whole > 0) {
        System.arraycopy(target, at + whole, target, at + whole + 1, -exponent);
        target[at + whole] = '.';
        return length + 1;
      }
      System.arraycopy(target, at, target, at + 2 - whole, length);
      Arrays.fill(target, at, at + 2 - whole, (byte) '0');
      target[at + 1] = '.';
      return length + 2 - whole;
    }
    int end = at + 1;
    if (length > 1) {
      System.arraycopy(target, at + 1, target, at + 2, length - 1);
      target[at + 1] = '.';
      end = at + length + 1;
    }
    target[end++] = 'e';
    target[end++] = (byte) (exponent + length - 1 < 0 ? '-' : '+');
    return end + Numbers.formatInteger(magnitude, target, end) - at;
  }
}
