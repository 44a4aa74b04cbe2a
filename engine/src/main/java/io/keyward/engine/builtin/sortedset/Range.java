package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.CommandException;
import io.keyward.engine.Request;
import io.keyward.engine.text.Numbers;
import java.util.Arrays;

/** What lies between two bounds, as the arguments of a command give them. */
record Range(Bound low, Bound high) {
  private static final CommandException NOT_A_FLOAT =
      CommandException.error("min or max is not a float");
  private static final CommandException NOT_A_NAME =
      CommandException.error("min or max not valid string range item");

  /** Scores, each exclusive if {@code (} stands before it. */
  static Range byScore(Request request, int least, int most) {
    boolean exclusive = begins(request, least, '(');
    double from = score(request, least, exclusive);
    boolean exclusiveMost = begins(request, most, '(');
    double to = score(request, most, exclusiveMost);
    return new Range(new Bound.ByScore(from, exclusive), new Bound.ByScore(to, !exclusiveMost));
  }

  private static boolean begins(Request request, int argument, char first) {
    return request.length(argument) > 0 && request.bytes()[request.offset(argument)] == first;
  }

  private static double score(Request request, int argument, boolean exclusive) {
    int skipped = exclusive ? 1 : 0;
    double score =
        Numbers.parseBound(
            request.bytes(),
            request.offset(argument) + skipped,
            request.length(argument) - skipped);
    if (Double.isNaN(score)) {
      throw NOT_A_FLOAT;
    }
    return score;
  }

  /** Names after {@code [} or {@code (}, or {@code -} and {@code +} for the ends. */
  static Range byName(Request request, int least, int most) {
    return new Range(name(request, least, '('), name(request, most, '['));
  }

  /** The bound by name; {@code equalBefore} is the sign that puts the name itself before it. */
  private static Bound name(Request request, int argument, char equalBefore) {
    int length = request.length(argument);
    if (length == 1 && begins(request, argument, '-')) {
      return Bound.START;
    }
    if (length == 1 && begins(request, argument, '+')) {
      return Bound.END;
    }
    if (!begins(request, argument, '(') && !begins(request, argument, '[')) {
      throw NOT_A_NAME;
    }
    byte[] sign = request.copyOf(argument);
    byte[] name = Arrays.copyOfRange(sign, 1, length);
    return new Bound.ByName(name, sign[0] == equalBefore);
  }

  /* Ranks, where a negative one counts from the end. */

  /** The first rank of a range that starts at {@code start}; it may lie behind the last. */
  static int firstRank(long start, int size) {
    long first = start < 0 ? Math.max(0, start + size) : start;
    return (int) Math.min(first, size);
  }

  /** How many ranks a range has from {@code first} to {@code stop}. */
  static int rankCount(int first, long stop, int size) {
    long last = Math.min(stop < 0 ? stop + size : stop, size - 1);
    return (int) Math.max(0, last - first + 1);
  }
}
