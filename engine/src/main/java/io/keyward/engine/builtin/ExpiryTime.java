package io.keyward.engine.builtin;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Request;

/** Turns the arguments that say when a key expires into milliseconds since 1970. */
public final class ExpiryTime {
  private ExpiryTime() {}

  /** The unit and the origin of such an argument. */
  public enum Unit {
    SECONDS(1000, true),
    MILLISECONDS(1, true),
    UNIX_SECONDS(1000, false),
    UNIX_MILLISECONDS(1, false);

    private final int scale;
    private final boolean relative;

    Unit(int scale, boolean relative) {
      this.scale = scale;
      this.relative = relative;
    }
  }

  /**
   * The time that an argument names, which must lie after its origin.
   *
   * @throws CommandException if it is no integer, not positive or not to be represented
   */
  public static long positive(Request request, int argument, Unit unit) {
    long value = request.integer(argument);
    if (value <= 0) {
      throw invalid(request);
    }
    return at(value, unit, request);
  }

  /**
   * The time that an argument names, which may lie in the past.
   *
   * @throws CommandException if it is no integer or not to be represented
   */
  public static long any(Request request, int argument, Unit unit) {
    return at(request.integer(argument), unit, request);
  }

  private static long at(long value, Unit unit, Request request) {
    if (value > Long.MAX_VALUE / unit.scale || value < Long.MIN_VALUE / unit.scale) {
      throw invalid(request);
    }
    long milliseconds = value * unit.scale;
    if (!unit.relative) {
      return milliseconds;
    }
    if (milliseconds > Long.MAX_VALUE - request.now()) {
      throw invalid(request);
    }
    return milliseconds + request.now();
  }

  private static CommandException invalid(Request request) {
    return Errors.invalidExpiry(request.command().fullName());
  }
}
