package io.keyward.engine.builtin;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Request;
import io.keyward.engine.text.Glob;
import org.jspecify.annotations.Nullable;

/**
 * The cursor and options of SCAN, HSCAN, SSCAN and ZSCAN.
 *
 * <p>Without COUNT a call looks at about ten elements; MATCH and TYPE filter what it has looked at.
 */
public final class ScanOptions {
  /**
   * The cursor of SCAN is that of one dictionary, of so many bits, behind the dictionary's number.
   */
  public static final int CURSOR_BITS = 31;

  private static final int USUAL_COUNT = 10;

  /** Redis gives up on a sparse table after ten times as many buckets as elements are wanted. */
  private static final int BUCKETS_PER_ELEMENT = 10;

  private int count = USUAL_COUNT;
  private byte @Nullable [] pattern;
  private @Nullable String type;

  private ScanOptions() {}

  /**
   * The argument as a cursor, an unsigned 64-bit number with an optional sign, as strtoul reads it.
   *
   * @throws CommandException {@link Errors#INVALID_CURSOR} if it is none
   */
  public static long cursor(Request request, int argument) {
    byte[] bytes = request.bytes();
    int at = request.offset(argument);
    int end = at + request.length(argument);
    boolean negative = at < end && bytes[at] == '-';
    if (negative || (at < end && bytes[at] == '+')) {
      at++;
      if (at == end) {
        throw Errors.INVALID_CURSOR;
      }
    }
    long value = 0;
    for (; at < end; at++) {
      int digit = bytes[at] - '0';
      if (digit < 0 || digit > 9 || Math.unsignedMultiplyHigh(value, 10) != 0) {
        throw Errors.INVALID_CURSOR;
      }
      value *= 10;
      if (Long.compareUnsigned(value, -1L - digit) > 0) {
        throw Errors.INVALID_CURSOR;
      }
      value += digit;
    }
    return negative ? -value : value;
  }

  /**
   * Reads the options from the argument {@code from} to the last.
   *
   * @param withType whether TYPE is an option of the command
   */
  public static ScanOptions of(Request request, int from, boolean withType) {
    ScanOptions options = new ScanOptions();
    for (int i = from; i < request.count(); i += 2) {
      boolean hasValue = i + 1 < request.count();
      if (hasValue && request.is(i, "COUNT")) {
        long count = request.integer(i + 1);
        if (count < 1) {
          throw Errors.SYNTAX;
        }
        options.count = (int) Math.min(count, Integer.MAX_VALUE);
      } else if (hasValue && request.is(i, "MATCH")) {
        boolean everything =
            request.length(i + 1) == 1 && request.bytes()[request.offset(i + 1)] == '*';
        options.pattern = everything ? null : request.copyOf(i + 1);
      } else if (hasValue && withType && request.is(i, "TYPE")) {
        options.type = request.text(i + 1);
      } else {
        throw Errors.SYNTAX;
      }
    }
    return options;
  }

  /** How many elements the call is to look at, at least 1. */
  public int count() {
    return count;
  }

  /** How many buckets of a table the call may look at, so that an empty table ends it too. */
  public long mostBuckets() {
    return (long) count * BUCKETS_PER_ELEMENT;
  }

  /** Whether MATCH lets this name through. */
  public boolean matches(byte[] bytes, int offset, int length) {
    byte[] wanted = pattern;
    return wanted == null || Glob.matches(wanted, 0, wanted.length, bytes, offset, length, false);
  }

  /** Whether TYPE lets this type through; a type that does not exist lets nothing through. */
  public boolean matches(Type present) {
    String wanted = type;
    return wanted == null || present.wireName().equalsIgnoreCase(wanted);
  }
}
