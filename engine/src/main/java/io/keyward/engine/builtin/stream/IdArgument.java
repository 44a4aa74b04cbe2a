package io.keyward.engine.builtin.stream;

import io.keyward.engine.CommandException;
import io.keyward.engine.Request;
import org.jspecify.annotations.Nullable;

/** Reads ids from the arguments of a request. */
final class IdArgument {
  private static final CommandException INVALID =
      CommandException.error("Invalid stream ID specified as stream command argument");
  private static final CommandException INVALID_START =
      CommandException.error("invalid start ID for the interval");
  private static final CommandException INVALID_END =
      CommandException.error("invalid end ID for the interval");

  /** The longest text that may be an id. */
  private static final int MOST_BYTES = 127;

  private IdArgument() {}

  /** An id in full, or milliseconds alone with {@code missing} as sequence. */
  static StreamId exact(Request request, int argument, long missing) {
    StreamId id =
        read(request.bytes(), request.offset(argument), request.length(argument), missing);
    if (id == null) {
      throw INVALID;
    }
    return id;
  }

  /** An id in full or milliseconds alone with the sequence 0; null if it is none. */
  static @Nullable StreamId exactOrNull(Request request, int argument) {
    return read(request.bytes(), request.offset(argument), request.length(argument), 0);
  }

  /** An id, or {@code -} and {@code +} for the least and the greatest. */
  static StreamId orEdge(Request request, int argument, long missing) {
    if (request.is(argument, "-")) {
      return StreamId.MIN;
    }
    return request.is(argument, "+") ? StreamId.MAX : exact(request, argument, missing);
  }

  /** The least id of an interval; {@code (} before it leaves the id itself out. */
  static StreamId start(Request request, int argument) {
    if (!exclusive(request, argument)) {
      return orEdge(request, argument, 0);
    }
    StreamId id = afterBracket(request, argument, 0);
    if (id.isMax()) {
      throw INVALID_START;
    }
    return id.next();
  }

  /** The greatest id of an interval; {@code (} before it leaves the id itself out. */
  static StreamId end(Request request, int argument) {
    if (!exclusive(request, argument)) {
      return orEdge(request, argument, -1);
    }
    StreamId id = afterBracket(request, argument, -1);
    if (id.isZero()) {
      throw INVALID_END;
    }
    return id.previous();
  }

  /** Whether the argument gives the milliseconds and leaves the sequence open: {@code ms-*}. */
  static boolean openSequence(Request request, int argument) {
    int length = request.length(argument);
    int end = request.offset(argument) + length;
    return length > 2 && request.bytes()[end - 1] == '*' && request.bytes()[end - 2] == '-';
  }

  /** The milliseconds of {@code ms-*}, as an id of the sequence 0. */
  static StreamId milliseconds(Request request, int argument) {
    StreamId id = read(request.bytes(), request.offset(argument), request.length(argument) - 2, 0);
    if (id == null || request.length(argument) > MOST_BYTES) {
      throw INVALID;
    }
    return id;
  }

  private static boolean exclusive(Request request, int argument) {
    return request.length(argument) > 1 && request.bytes()[request.offset(argument)] == '(';
  }

  private static StreamId afterBracket(Request request, int argument, long missing) {
    StreamId id =
        read(request.bytes(), request.offset(argument) + 1, request.length(argument) - 1, missing);
    if (id == null) {
      throw INVALID;
    }
    return id;
  }

  private static @Nullable StreamId read(byte[] bytes, int offset, int length, long missing) {
    if (length > MOST_BYTES) {
      return null;
    }
    int end = offset + length;
    int dash = offset;
    while (dash < end && bytes[dash] != '-') {
      dash++;
    }
    int start = digits(bytes, offset, dash);
    if (!isUnsigned(bytes, start, dash)) {
      return null;
    }
    long ms = unsigned(bytes, start, dash);
    if (dash == end) {
      return new StreamId(ms, missing);
    }
    start = digits(bytes, dash + 1, end);
    return isUnsigned(bytes, start, end) ? new StreamId(ms, unsigned(bytes, start, end)) : null;
  }

  /** Where the digits begin: behind blanks and a plus sign, which C's strtoull passes over. */
  private static int digits(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && (bytes[at] == ' ' || (bytes[at] >= '\t' && bytes[at] <= '\r'))) {
      at++;
    }
    return at < to && bytes[at] == '+' ? at + 1 : at;
  }

  /** Whether the bytes are decimal digits of a number below 2^64. */
  private static boolean isUnsigned(byte[] bytes, int from, int to) {
    if (from == to) {
      return false;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      // 2^64 - 1 is 18446744073709551615.
      int most = Long.compareUnsigned(value, 1_844_674_407_370_955_161L);
      if (most > 0 || (most == 0 && digit > 5)) {
        return false;
      }
      value = value * 10 + digit;
    }
    return true;
  }

  private static long unsigned(byte[] bytes, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      value = value * 10 + (bytes[i] - '0');
    }
    return value;
  }
}
