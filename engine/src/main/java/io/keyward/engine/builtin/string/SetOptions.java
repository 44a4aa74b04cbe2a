package io.keyward.engine.builtin.string;

import io.keyward.engine.Errors;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.ExpiryTime;
import org.jspecify.annotations.Nullable;

/**
 * The options of SET and GETEX.
 *
 * @param expiry milliseconds since 1970, or -1 if the options name none
 */
record SetOptions(
    boolean onlyIfAbsent,
    boolean onlyIfPresent,
    boolean get,
    boolean keepExpiry,
    boolean persist,
    long expiry) {

  static SetOptions ofSet(Request request) {
    boolean onlyIfAbsent = false;
    boolean onlyIfPresent = false;
    boolean get = false;
    boolean keepExpiry = false;
    ExpiryTime.Unit unit = null;
    int time = 0;
    for (int at = 3; at < request.count(); at++) {
      if (request.is(at, "NX") && !onlyIfPresent) {
        onlyIfAbsent = true;
      } else if (request.is(at, "XX") && !onlyIfAbsent) {
        onlyIfPresent = true;
      } else if (request.is(at, "GET")) {
        get = true;
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
        onlyIfAbsent, onlyIfPresent, get, keepExpiry, false, expiry(request, time, unit));
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
    return new SetOptions(false, false, false, false, persist, expiry(request, time, unit));
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

  /** The number is read last: an option that is wrong is complained of first, as in Redis. */
  private static long expiry(Request request, int argument, ExpiryTime.@Nullable Unit unit) {
    return unit == null ? -1 : ExpiryTime.positive(request, argument, unit);
  }
}
