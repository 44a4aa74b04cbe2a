package io.keyward.engine.builtin.string;

import io.keyward.engine.Errors;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.ExpiryTime;
import org.jspecify.annotations.Nullable;

/**
 * The options of SET, GETEX and MSETEX.
 *
 * @param several whether they are those of MSETEX
 * @param comparison what the present value must be, or null
 * @param unit the unit of the time to live, or null if there is none
 * @param time where the time to live stands
 */
record SetOptions(
    boolean onlyIfAbsent,
    boolean onlyIfPresent,
    boolean get,
    boolean keepExpiry,
    boolean persist,
    boolean several,
    @Nullable Comparison comparison,
    ExpiryTime.@Nullable Unit unit,
    int time) {

  static SetOptions ofSet(Request request) {
    return of(request, 3, true);
  }

  /** The options of MSETEX, which begin at this argument. */
  static SetOptions ofMsetEx(Request request, int from) {
    return of(request, from, false);
  }

  private static SetOptions of(Request request, int from, boolean allOfSet) {
    boolean onlyIfAbsent = false;
    boolean onlyIfPresent = false;
    boolean get = false;
    boolean keepExpiry = false;
    Comparison comparison = null;
    ExpiryTime.Unit unit = null;
    int time = 0;
    for (int at = from; at < request.count(); at++) {
      Comparison asked = allOfSet ? Comparison.of(request, at) : null;
      if (request.is(at, "NX") && !onlyIfPresent && comparison == null) {
        onlyIfAbsent = true;
      } else if (request.is(at, "XX") && !onlyIfAbsent && comparison == null) {
        onlyIfPresent = true;
      } else if (allOfSet && request.is(at, "GET")) {
        get = true;
      } else if (asked != null) {
        if (onlyIfAbsent || onlyIfPresent || comparison != null || at + 1 == request.count()) {
          throw Errors.SYNTAX;
        }
        comparison = asked;
        at++;
      } else if (request.is(at, "KEEPTTL") && unit == null) {
        keepExpiry = true;
      } else if (!keepExpiry && unit == null && at + 1 < request.count()) {
        unit = unit(request, at);
        time = ++at;
      } else {
        throw Errors.SYNTAX;
      }
    }
    return new SetOptions(
        onlyIfAbsent, onlyIfPresent, get, keepExpiry, false, !allOfSet, comparison, unit, time);
  }

  static SetOptions ofGetEx(Request request) {
    boolean persist = false;
    ExpiryTime.Unit unit = null;
    int time = 0;
    for (int at = 2; at < request.count(); at++) {
      if (request.is(at, "PERSIST") && unit == null) {
        persist = true;
      } else if (!persist && unit == null && at + 1 < request.count()) {
        unit = unit(request, at);
        time = ++at;
      } else {
        throw Errors.SYNTAX;
      }
    }
    return new SetOptions(false, false, false, false, persist, false, null, unit, time);
  }

  /** Whether the key as it is, or its absence, lets the value be set. */
  boolean allow(@Nullable Entry present, Request request) {
    if (present == null) {
      return !onlyIfPresent && (comparison == null || comparison.holdsForNothing());
    }
    return !onlyIfAbsent && (comparison == null || comparison.holds(present, request));
  }

  /** The unit that a word names, whose number is the argument after it. */
  private static ExpiryTime.Unit unit(Request request, int at) {
    if (request.is(at, "EX")) {
      return ExpiryTime.Unit.SECONDS;
    }
    if (request.is(at, "PX")) {
      return ExpiryTime.Unit.MILLISECONDS;
    }
    if (request.is(at, "EXAT")) {
      return ExpiryTime.Unit.UNIX_SECONDS;
    }
    if (request.is(at, "PXAT")) {
      return ExpiryTime.Unit.UNIX_MILLISECONDS;
    }
    throw Errors.SYNTAX;
  }

  /** Whether Redis 7.2, which reads what is written to files, knows them not. */
  boolean newerThanFiles() {
    return comparison != null || several;
  }

  /** Whether the time is one that means the same whenever the command is executed. */
  boolean tellsTheTime() {
    return unit == ExpiryTime.Unit.UNIX_MILLISECONDS;
  }

  /**
   * When the key is to expire, in milliseconds since 1970, or -1 if the options do not say.
   *
   * @throws io.keyward.engine.CommandException if the time is no number or not to be represented
   */
  long expiry(Request request) {
    return unit == null ? -1 : ExpiryTime.positive(request, time, unit);
  }
}
