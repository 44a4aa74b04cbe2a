package io.keyward.engine.builtin;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Request;

/** The argument that says how long a blocking command waits. */
public final class BlockingTimeout {
  private static final CommandException NOT_AN_INTEGER =
      CommandException.error("timeout is not an integer or out of range");
  private static final CommandException OUT_OF_RANGE =
      CommandException.error("timeout is out of range");

  private BlockingTimeout() {}

  /**
   * Whole milliseconds; 0 means for ever.
   *
   * @throws io.keyward.engine.CommandException if it is no number, negative or too large
   */
  public static long wholeMilliseconds(Request request, int argument) {
    long milliseconds = request.integer(argument, NOT_AN_INTEGER);
    if (milliseconds < 0) {
      throw Errors.TIMEOUT_NEGATIVE;
    }
    if (milliseconds > Long.MAX_VALUE - request.now()) {
      throw OUT_OF_RANGE;
    }
    return milliseconds;
  }

  /**
   * Seconds, with a fraction, as milliseconds, rounded up, so that less than one below 0 is 0; 0
   * means for ever.
   *
   * @throws io.keyward.engine.CommandException if it is no number, negative or too large
   */
  public static long milliseconds(Request request, int argument) {
    double seconds = request.number(argument, Errors.TIMEOUT_NOT_A_FLOAT);
    double milliseconds = Math.ceil(seconds * 1000);
    if (milliseconds < 0) {
      throw Errors.TIMEOUT_NEGATIVE;
    }
    if (milliseconds > Long.MAX_VALUE - request.now()) {
      throw OUT_OF_RANGE;
    }
    return (long) milliseconds;
  }
}
