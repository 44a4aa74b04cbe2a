package io.keyward.engine.builtin.string;

import io.keyward.engine.Errors;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.ExpiryTime;

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
    long expiry = -1;
    for (int at = 3; at < request.count(); at++) {
      if (request.is(at, "NX") && !onlyIfPresent) {
        onlyIfAbsent = true;
      } else if (request.is(at, "XX") && !onlyIfAbsent) {
        onlyIfPresent = true;
      } else if (request.is(at, "GET")) {
        get = true;
      } else if (request.is(at, "KEEPTTL") && expiry < 0) {
        keepExpiry = true;
      } else if (!keepExpiry && expiry < 0) {
        expiry = expiry(request, at);
        at++;
      } else {
        throw Errors.SYNTAX;
      }
    }
    return new SetOptions(onlyIfAbsent, onlyIfPresent, get, keepExpiry, false, expiry);
  }

  static SetOptions ofGetEx(Request request) {
    boolean persist = false;
    long expiry = -1;
    for (int at = 2; at < request.count(); at++) {
      if (request.is(at, "PERSIST") && expiry < 0) {
        persist = true;
      } else if (!persist && expiry < 0) {
        expiry = expiry(request, at);
        at++;
      } else {
        throw Errors.SYNTAX;
      }
    }
    return new SetOptions(false, false, false, false, persist, expiry);
  }

  /** The time named by the word at {@code at} and the argument after it. */
  private static long expiry(Request request, int at) {
    ExpiryTime.Unit unit;
    if (request.is(at, "EX")) {
      unit = ExpiryTime.Unit.SECONDS;
    } else if (request.is(at, "PX")) {
      unit = ExpiryTime.Unit.MILLISECONDS;
    } else if (request.is(at, "EXAT")) {
      unit = ExpiryTime.Unit.UNIX_SECONDS;
    } else if (request.is(at, "PXAT")) {
      unit = ExpiryTime.Unit.UNIX_MILLISECONDS;
    } else {
      throw Errors.SYNTAX;
    }
    if (at + 1 >= request.count()) {
      throw Errors.SYNTAX;
    }
    return ExpiryTime.positive(request, at + 1, unit);
  }
}
