package io.keyward.engine.builtin.hash;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.FieldExpiry;

/** Reads the arguments that the commands on expiring fields share. */
final class FieldArguments {
  private static final CommandException NO_FIELDS =
      CommandException.error("Mandatory argument FIELDS is missing or not at the right position");
  private static final CommandException COUNT_DIFFERS =
      CommandException.error("The `numfields` parameter must match the number of arguments");
  private static final CommandException TIME_NEGATIVE =
      CommandException.error("invalid expire time, must be >= 0");

  /** The error of most commands for a number of fields that is none. */
  static final CommandException COUNT_NOT_POSITIVE =
      CommandException.error("Number of fields must be a positive integer");

  private FieldArguments() {}

  /**
   * Checks the word FIELDS and the number of fields behind it, up to the end of the request.
   *
   * @param fields where the word belongs
   * @return the first argument that names a field
   */
  static int first(Request request, int fields, CommandException countNotPositive) {
    if (fields + 1 >= request.count() || !request.is(fields, "FIELDS")) {
      throw NO_FIELDS;
    }
    long count = request.integer(fields + 1, 1, Long.MAX_VALUE, countNotPositive);
    int first = fields + 2;
    if (count != request.count() - first) {
      throw COUNT_DIFFERS;
    }
    return first;
  }

  /**
   * The time that an argument says.
   *
   * @param scale milliseconds of its unit
   * @param origin what it counts from: now or, in milliseconds since 1970, 0
   */
  static long time(Request request, int argument, int scale, long origin) {
    long value = request.integer(argument);
    if (value < 0) {
      throw TIME_NEGATIVE;
    }
    if (value > FieldExpiry.LATEST / scale || value * scale > FieldExpiry.LATEST - origin) {
      throw Errors.invalidExpiry(request.command().fullName());
    }
    return value * scale + origin;
  }

  /**
   * The milliseconds of the unit that one of EX, PX, EXAT and PXAT names, or 0 for none of them.
   */
  static int scale(Request request, int word) {
    if (request.is(word, "EX") || request.is(word, "EXAT")) {
      return 1000;
    }
    return request.is(word, "PX") || request.is(word, "PXAT") ? 1 : 0;
  }

  /** What the time after one of EX, PX, EXAT and PXAT counts from. */
  static long origin(Request request, int word) {
    return request.length(word) == 2 ? request.now() : 0;
  }
}
