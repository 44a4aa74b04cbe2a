package io.keyward.engine.builtin.sortedset;

import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.SORTED_SET;
import static io.keyward.engine.command.KeySpec.KeyFlag.DELETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;

/** ZREM and the ZREMRANGEBY commands. */
final class RemoveCommands {
  private static final String RANGE_COMPLEXITY =
      "O(log(N)+M), N being the size of the sorted set and M the number of members removed.";

  private RemoveCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("zrem", SORTED_SET)
            .since("1.2.0")
            .summary("Removes members from a sorted set, and the key with the last of them.")
            .complexity(
                "O(M*log(N)), N being the size of the sorted set and M the number of members.")
            .syntax("key member [member ...]")
            .arity(-3)
            .flags(WRITE, FAST)
            .key(1, RW, DELETE)
            .handler(RemoveCommands::remove));
    table.add(
        Command.named("zremrangebyrank", SORTED_SET)
            .since("2.0.0")
            .summary("Removes the members of a range of ranks.")
            .complexity(RANGE_COMPLEXITY)
            .syntax("key start stop")
            .arity(4)
            .flags(WRITE)
            .key(1, RW, DELETE)
            .handler(RemoveCommands::removeRanks));
    table.add(
        Command.named("zremrangebyscore", SORTED_SET)
            .since("1.2.0")
            .summary("Removes the members of a range of scores.")
            .complexity(RANGE_COMPLEXITY)
            .syntax("key min max")
            .arity(4)
            .flags(WRITE)
            .key(1, RW, DELETE)
            .handler(
                (request, reply) ->
                    removeBetween(
                        request, reply, Range.byScore(request, 2, 3), "zremrangebyscore")));
    table.add(
        Command.named("zremrangebylex", SORTED_SET)
            .since("2.8.9")
            .summary("Removes the members of a range of names, where all scores are the same.")
            .complexity(RANGE_COMPLEXITY)
            .syntax("key min:string max:string")
            .arity(4)
            .flags(WRITE)
            .key(1, RW, DELETE)
            .handler(
                (request, reply) ->
                    removeBetween(request, reply, Range.byName(request, 2, 3), "zremrangebylex")));
  }

  private static void remove(Request request, Reply reply) {
    Database database = Database.of(request);
    Entry entry = database.write(request, 1, Type.SORTED_SET);
    if (entry == null) {
      reply.integer(0);
      return;
    }
    int left = SortedSetValue.size(entry);
    int removed = 0;
    for (int i = 2; i < request.count() && left > 0; i++) {
      Slices.step(request);
      if (SortedSetValue.remove(entry, request.bytes(), request.offset(i), request.length(i))) {
        removed++;
        left--;
      }
    }
    reply.integer(removed);
    if (removed > 0) {
      removed(database, entry, request, 1, "zrem");
    }
  }

  private static void removeRanks(Request request, Reply reply) {
    long start = request.integer(2);
    long stop = request.integer(3);
    Database database = Database.of(request);
    Entry entry = database.write(request, 1, Type.SORTED_SET);
    if (entry == null) {
      reply.integer(0);
      return;
    }
    int size = SortedSetValue.size(entry);
    int first = Range.firstRank(start, size);
    removeRanks(
        request, reply, entry, first, Range.rankCount(first, stop, size), "zremrangebyrank");
  }

  private static void removeBetween(Request request, Reply reply, Range range, String event) {
    Entry entry = Database.of(request).write(request, 1, Type.SORTED_SET);
    if (entry == null) {
      reply.integer(0);
      return;
    }
    int first = SortedSetValue.countBefore(entry, range.low());
    int end = SortedSetValue.countBefore(entry, range.high());
    removeRanks(request, reply, entry, first, Math.max(0, end - first), event);
  }

  private static void removeRanks(
      Request request, Reply reply, Entry entry, int first, int count, String event) {
    if (count > 0) {
      Slices.expect(request, count);
      SortedSetValue.removeRanks(entry, first, count);
      removed(Database.of(request), entry, request, 1, event);
    }
    reply.integer(count);
  }

  /** Says that members have gone, and removes the key if none is left. */
  static void removed(Database database, Entry entry, Request request, int argument, String event) {
    database.changed(request, argument, KeyspaceNotifications.SORTED_SET, event);
    if (SortedSetValue.size(entry) == 0) {
      database.remove(entry);
      database.alsoChanged(request, argument, KeyspaceNotifications.GENERIC, "del");
    } else {
      SortedSetValue.shrink(entry);
    }
  }
}
