package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import org.jspecify.annotations.Nullable;

/**
 * Executes the commands that return or store a range.
 *
 * <p>Whatever the range is given by, it is first found as ranks, in O(log n); so its size is known
 * before the first member is written.
 */
final class RangeQuery {
  /** What the arguments of a range are. */
  enum Order {
    /** Ranks, unless an option says otherwise. */
    ANY,
    RANK,
    SCORE,
    NAME
  }

  private static final CommandException LIMIT_BY_RANK =
      CommandException.error(
          "syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
  private static final CommandException SCORES_BY_NAME =
      CommandException.error("syntax error, WITHSCORES not supported in combination with BYLEX");

  private RangeQuery() {}

  /** Replies with the range of the sorted set that argument 1 names. */
  static void reply(Request request, Reply reply, Order order, boolean reverse) {
    if (request.count() == 4 && (order == Order.ANY || order == Order.RANK)) {
      replyRanks(request, reply, reverse, false);
      return;
    }
    Options options = new Options(request, 1, order, reverse, true);
    if (options.order == Order.RANK) {
      replyRanks(request, reply, options.reverse, options.withScores);
      return;
    }
    Range range = options.range(request, 2);
    Entry entry = Database.of(request).read(request, 1, Type.SORTED_SET);
    options.select(entry, range);
    Slices.expect(request, options.count);
    send(entry, options.first, options.count, options.reverse, options.withScores, reply);
  }

  private static void replyRanks(
      Request request, Reply reply, boolean reverse, boolean withScores) {
    long start = request.integer(2);
    long stop = request.integer(3);
    Entry entry = Database.of(request).read(request, 1, Type.SORTED_SET);
    int size = entry == null ? 0 : SortedSetValue.size(entry);
    int first = Range.firstRank(start, size);
    int count = Range.rankCount(first, stop, size);
    Slices.expect(request, count);
    send(entry, first, count, reverse, withScores, reply);
  }

  /**
   * Writes members from a rank on; backwards, ranks count from the highest score.
   *
   * <p>With scores RESP2 gets names and scores in turn, RESP3 pairs.
   */
  static void send(
      @Nullable Entry entry,
      int first,
      int count,
      boolean reverse,
      boolean withScores,
      Reply reply) {
    reply.array(withScores && !reply.resp3() ? 2L * count : count);
    if (entry == null || count == 0) {
      return;
    }
    int place = SortedSetValue.at(entry, reverse ? SortedSetValue.size(entry) - 1 - first : first);
    Slices slices = entry.database().keyspace().slices();
    for (int left = count; left > 0; left--) {
      slices.step();
      if (withScores && reply.resp3()) {
        reply.array(2);
      }
      SortedSetValue.sendName(entry, place, reply);
      if (withScores) {
        reply.number(SortedSetValue.score(entry, place));
      }
      if (left > 1) {
        place = reverse ? SortedSetValue.previous(entry, place) : SortedSetValue.next(entry, place);
      }
    }
  }

  /** ZRANGESTORE. */
  static void store(Request request, Reply reply) {
    Options options = new Options(request, 2, Order.ANY, false, false);
    Database database = Database.of(request);
    Entry entry;
    if (options.order == Order.RANK) {
      long start = request.integer(3);
      long stop = request.integer(4);
      entry = database.read(request, 2, Type.SORTED_SET, database.newView());
      int size = entry == null ? 0 : SortedSetValue.size(entry);
      options.first = Range.firstRank(start, size);
      options.count = Range.rankCount(options.first, stop, size);
    } else {
      Range range = options.range(request, 3);
      entry = database.read(request, 2, Type.SORTED_SET, database.newView());
      options.select(entry, range);
    }
    Slices.expect(request, options.count);
    Result result = new Result(database.holderOf(request, 1));
    if (entry != null && options.count > 0) {
      int size = SortedSetValue.size(entry);
      MemberCursor cursor =
          new MemberCursor(
              entry, options.reverse ? size - options.first - options.count : options.first);
      Slices slices = database.keyspace().slices();
      for (int left = options.count; left > 0 && cursor.next(); left--) {
        slices.step();
        result.add(cursor.bytes(), cursor.offset(), cursor.length(), cursor.score());
      }
    }
    result.store(request, reply, 1, "zrangestore");
  }

  /** The options behind the range, and the ranks that come of them. */
  private static final class Options {
    private Order order;
    private boolean reverse;
    private boolean withScores;
    private long offset;
    private long limit = -1;
    private int first;
    private int count;

    Options(Request request, int key, Order given, boolean backwards, boolean mayHaveScores) {
      order = given;
      reverse = backwards;
      boolean open = given == Order.ANY;
      for (int i = key + 3; i < request.count(); i++) {
        if (mayHaveScores && request.is(i, "WITHSCORES")) {
          withScores = true;
        } else if (request.is(i, "LIMIT") && i + 2 < request.count()) {
          offset = request.integer(i + 1);
          limit = request.integer(i + 2);
          i += 2;
        } else if (open && !reverse && request.is(i, "REV")) {
          reverse = true;
        } else if (order == Order.ANY && request.is(i, "BYLEX")) {
          order = Order.NAME;
        } else if (order == Order.ANY && request.is(i, "BYSCORE")) {
          order = Order.SCORE;
        } else {
          throw Errors.SYNTAX;
        }
      }
      if (order == Order.ANY) {
        order = Order.RANK;
      }
      if (limit != -1 && order == Order.RANK) {
        throw LIMIT_BY_RANK;
      }
      if (withScores && order == Order.NAME) {
        throw SCORES_BY_NAME;
      }
    }

    /** The range that stands at an argument and the next; backwards the upper bound comes first. */
    Range range(Request request, int argument) {
      int low = reverse ? argument + 1 : argument;
      int high = reverse ? argument : argument + 1;
      return order == Order.SCORE
          ? Range.byScore(request, low, high)
          : Range.byName(request, low, high);
    }

    /** Finds the ranks of the range, LIMIT applied, in the direction of the query. */
    void select(@Nullable Entry entry, Range range) {
      if (entry == null || offset < 0) {
        return;
      }
      int before = SortedSetValue.countBefore(entry, range.low());
      int end = SortedSetValue.countBefore(entry, range.high());
      long left = Math.max(0, end - before - offset);
      count = (int) (limit < 0 ? left : Math.min(left, limit));
      first = (reverse ? SortedSetValue.size(entry) - end : before) + (int) Math.min(offset, end);
    }
  }
}
