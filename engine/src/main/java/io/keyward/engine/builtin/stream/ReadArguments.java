package io.keyward.engine.builtin.stream;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BlockingTimeout;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * The arguments of XREAD and XREADGROUP. This parse alone decides which arguments are keys: a
 * group, a consumer or a key may be called STREAMS.
 *
 * @param timeout milliseconds to wait, 0 for ever, {@link #NO_WAIT} without BLOCK
 * @param most entries of each stream
 * @param group the argument with the group's name, the consumer's after it; 0 for none
 * @param noAcknowledge whether entries count as acknowledged at once
 * @param firstKey the argument with the first key
 * @param keys how many keys there are; as many ids follow them
 */
record ReadArguments(
    long timeout, long most, int group, boolean noAcknowledge, int firstKey, int keys) {
  static final long NO_WAIT = -1;

  private static final CommandException NO_GROUP =
      CommandException.error("Missing GROUP option for XREADGROUP");

  static ReadArguments of(Request request, boolean grouped) {
    long timeout = NO_WAIT;
    long most = Long.MAX_VALUE;
    int group = 0;
    boolean noAcknowledge = false;
    for (int at = 1; at < request.count(); at++) {
      int further = request.count() - at - 1;
      if (further >= 1 && request.is(at, "BLOCK")) {
        if (request.client().internal()) {
          throw CommandException.error(
              request.command().fullName()
                  + " command is not allowed with BLOCK option from scripts");
        }
        timeout = BlockingTimeout.wholeMilliseconds(request, ++at);
      } else if (further >= 1 && request.is(at, "COUNT")) {
        long count = request.integer(++at);
        most = count <= 0 ? Long.MAX_VALUE : count;
      } else if (further >= 1 && request.is(at, "STREAMS")) {
        if (further % 2 != 0) {
          throw unbalanced(grouped);
        }
        if (grouped && group == 0) {
          throw NO_GROUP;
        }
        return new ReadArguments(timeout, most, group, noAcknowledge, at + 1, further / 2);
      } else if (further >= 2 && request.is(at, "GROUP")) {
        requireGrouped(grouped, "GROUP");
        group = at + 1;
        at += 2;
      } else if (request.is(at, "NOACK")) {
        requireGrouped(grouped, "NOACK");
        noAcknowledge = true;
      } else {
        throw Errors.SYNTAX;
      }
    }
    throw Errors.SYNTAX;
  }

  private static CommandException unbalanced(boolean grouped) {
    return CommandException.error(
        "Unbalanced '"
            + (grouped ? "xreadgroup" : "xread")
            + "' list of streams: for each stream key an ID or '"
            + (grouped ? '>' : '$')
            + "' must be specified.");
  }

  private static void requireGrouped(boolean grouped, String option) {
    if (!grouped) {
      throw CommandException.error(
          "The " + option + " option is only supported by XREADGROUP. You called XREAD instead.");
    }
  }

  /** Finds the keys of XREAD. */
  static void keysOfRead(Request request, IntConsumer positions) {
    of(request, false).positions().forEach(positions);
  }

  /** Finds the keys of XREADGROUP. */
  static void keysOfGroupRead(Request request, IntConsumer positions) {
    of(request, true).positions().forEach(positions);
  }

  /** The arguments that are keys. */
  IntStream positions() {
    return IntStream.range(firstKey, firstKey + keys);
  }

  /** The argument with the id that belongs to a key. */
  int idOf(int key) {
    return key + keys;
  }
}
