package io.keyward.engine.builtin.bitmap;

import io.keyward.engine.CommandException;
import io.keyward.engine.Request;
import io.keyward.engine.text.Numbers;

/**
 * The type of an integer in a row of bits: {@code i5}, {@code u63}.
 *
 * @param width its bits, 1 to 64, or to 63 without a sign
 */
record IntegerField(boolean signed, int width) {
  /** What becomes of a number that does not fit. */
  enum Overflow {
    WRAP,
    SAT,
    FAIL
  }

  private static final CommandException BAD_TYPE =
      CommandException.error(
          "Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64"
              + " is.");

  static IntegerField of(Request request, int argument) {
    byte[] bytes = request.bytes();
    int offset = request.offset(argument);
    int digits = request.length(argument) - 1;
    if (digits < 0
        || (bytes[offset] != 'i' && bytes[offset] != 'u')
        || !Numbers.isInteger(bytes, offset + 1, digits)) {
      throw BAD_TYPE;
    }
    boolean signed = bytes[offset] == 'i';
    long width = Numbers.parseInteger(bytes, offset + 1, digits);
    if (width < 1 || width > (signed ? 64 : 63)) {
      throw BAD_TYPE;
    }
    return new IntegerField(signed, (int) width);
  }

  private long least() {
    return signed ? -1L << (width - 1) : 0;
  }

  private long most() {
    return signed ? ~least() : (1L << width) - 1;
  }

  long get(byte[] bytes, int offset, int length, long bit) {
    long value = Bits.get(bytes, offset, length, bit, width);
    return signed ? signExtended(value) : value;
  }

  private long signExtended(long value) {
    int unused = Long.SIZE - width;
    return value << unused >> unused;
  }

  /** 1 if the number is too large for the type, -1 if it is too small, 0 if it fits. */
  int excess(long value) {
    if (value > most() || (!signed && value < 0)) {
      // A negative number counts as a huge one where there is no sign.
      return 1;
    }
    return value < least() ? -1 : 0;
  }

  /** The same for the sum of a number that fits and an increment. */
  int excess(long value, long increment) {
    long sum = value + increment;
    boolean wrapped = ((value ^ sum) & (increment ^ sum)) < 0;
    if (increment > 0) {
      return wrapped || sum > most() ? 1 : 0;
    }
    return wrapped || sum < least() ? -1 : 0;
  }

  /** What is stored in place of a number that exceeds the type, unless that fails. */
  long instead(long value, int excess, Overflow overflow) {
    if (overflow == Overflow.SAT) {
      return excess > 0 ? most() : least();
    }
    return signed ? signExtended(value) : value & most();
  }
}
