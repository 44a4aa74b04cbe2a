package io.keyward.engine.builtin.stream;

import io.keyward.engine.CommandException;
import io.keyward.engine.Request;

/**
 * The options of XCLAIM.
 *
 * @param minIdle milliseconds for which an entry must have waited
 * @param firstOption the argument after the last id
 * @param deliveredAt the time of delivery to note, in milliseconds since 1970
 * @param retries the number of deliveries to note, -1 to count on
 * @param force whether entries that are not pending become so
 * @param justId whether only ids are replied, and no delivery is counted
 * @param last the id up to which the group counts as read, if it has not read so far
 */
record ClaimOptions(
    long minIdle,
    int firstOption,
    long deliveredAt,
    long retries,
    boolean force,
    boolean justId,
    StreamId last) {
  static final int FIRST_ID = 5;

  private static final CommandException MIN_IDLE =
      CommandException.error("Invalid min-idle-time argument for XCLAIM");
  private static final CommandException IDLE =
      CommandException.error("Invalid IDLE option argument for XCLAIM");
  private static final CommandException TIME =
      CommandException.error("Invalid TIME option argument for XCLAIM");
  private static final CommandException RETRIES =
      CommandException.error("Invalid RETRYCOUNT option argument for XCLAIM");

  static ClaimOptions of(Request request) {
    long minIdle = Math.max(0, request.integer(4, MIN_IDLE));
    int firstOption = FIRST_ID;
    while (firstOption < request.count() && IdArgument.exactOrNull(request, firstOption) != null) {
      firstOption++;
    }
    long now = Consumers.now(request);
    long deliveredAt = now;
    long retries = -1;
    boolean force = false;
    boolean justId = false;
    StreamId last = StreamId.MIN;
    for (int at = firstOption; at < request.count(); at++) {
      boolean valued = at + 1 < request.count();
      if (request.is(at, "FORCE")) {
        force = true;
      } else if (request.is(at, "JUSTID")) {
        justId = true;
      } else if (valued && request.is(at, "IDLE")) {
        deliveredAt = now - request.integer(++at, IDLE);
      } else if (valued && request.is(at, "TIME")) {
        deliveredAt = request.integer(++at, TIME);
      } else if (valued && request.is(at, "RETRYCOUNT")) {
        retries = request.integer(++at, RETRIES);
      } else if (valued && request.is(at, "LASTID")) {
        last = IdArgument.exact(request, ++at, 0);
      } else {
        throw CommandException.error("Unrecognized XCLAIM option '" + request.text(at) + "'");
      }
    }
    // A time that cannot be is taken for now: clients compute it by clocks of their own.
    long noted = deliveredAt < 0 || deliveredAt > now ? now : deliveredAt;
    return new ClaimOptions(minIdle, firstOption, noted, retries, force, justId, last);
  }
}
