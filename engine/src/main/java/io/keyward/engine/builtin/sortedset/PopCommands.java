package io.keyward.engine.builtin.sortedset;

import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.SORTED_SET;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.DELETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Effects;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.KeySpec;

/** ZPOPMIN, ZPOPMAX and ZMPOP. */
final class PopCommands {
  private static final CommandException KEY_COUNT =
      CommandException.error("numkeys should be greater than 0");
  private static final CommandException MEMBER_COUNT =
      CommandException.error("count should be greater than 0");

  private PopCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("zpopmin", SORTED_SET)
            .since("5.0.0")
            .summary("Removes and returns the members with the lowest scores.")
            .complexity(
                "O(log(N)*M), N being the size of the sorted set and M the number of members"
                    + " removed.")
            .syntax("key [count]")
            .arity(-2)
            .flags(WRITE, FAST)
            .key(1, RW, ACCESS, DELETE)
            .handler((request, reply) -> pop(request, reply, false)));
    table.add(
        Command.named("zpopmax", SORTED_SET)
            .since("5.0.0")
            .summary("Removes and returns the members with the highest scores.")
            .complexity(
                "O(log(N)*M), N being the size of the sorted set and M the number of members"
                    + " removed.")
            .syntax("key [count]")
            .arity(-2)
            .flags(WRITE, FAST)
            .key(1, RW, ACCESS, DELETE)
            .handler((request, reply) -> pop(request, reply, true)));
    table.add(
        Command.named("zmpop", SORTED_SET)
            .since("7.0.0")
            .summary("Removes and returns members of the first sorted set that has any.")
            .complexity(
                "O(K) + O(M*log(N)), K being the number of keys, N the size of the sorted set and"
                    + " M the number of members removed.")
            .syntax("numkeys key [key ...] <MIN | MAX> [COUNT count]")
            .arity(-4)
            .flags(WRITE)
            .keys(KeySpec.counted(1, RW, ACCESS, DELETE))
            .handler(PopCommands::popFromFirst));
  }

  private static void pop(Request request, Reply reply, boolean highest) {
    if (request.count() > 3) {
      throw Errors.SYNTAX;
    }
    boolean counted = request.count() == 3;
    long wanted = counted ? request.integer(2, 0, Long.MAX_VALUE, Errors.NOT_POSITIVE) : 1;
    Entry entry = Database.of(request).write(request, 1, Type.SORTED_SET);
    if (entry == null || wanted == 0) {
      reply.array(0);
      return;
    }
    int count = (int) Math.min(wanted, SortedSetValue.size(entry));
    Slices.expect(request, count);
    boolean pairs = counted && reply.resp3();
    reply.array(pairs ? count : 2L * count);
    take(request, 1, entry, count, highest, pairs, reply);
  }

  /**
   * Writes members from one end of the order and removes them.
   *
   * @param pairs whether each member and its score make an array of their own
   */
  static void take(
      Request request,
      int argument,
      Entry entry,
      int count,
      boolean highest,
      boolean pairs,
      Reply reply) {
    int size = SortedSetValue.size(entry);
    int place = SortedSetValue.at(entry, highest ? size - 1 : 0);
    Slices slices = entry.database().keyspace().slices();
    for (int left = count; left > 0; left--) {
      slices.step();
      if (pairs) {
        reply.array(2);
      }
      SortedSetValue.sendName(entry, place, reply);
      reply.number(SortedSetValue.score(entry, place));
      if (left > 1) {
        place = highest ? SortedSetValue.previous(entry, place) : SortedSetValue.next(entry, place);
      }
    }
    SortedSetValue.removeRanks(entry, highest ? size - count : 0, count);
    RemoveCommands.removed(
        Database.of(request), entry, request, argument, highest ? "zpopmax" : "zpopmin");
    writeEffect(request, argument, count, highest);
  }

  /** What has looked for a sorted set, or waited for one, becomes a pop from the one it found. */
  private static void writeEffect(Request request, int argument, int count, boolean highest) {
    Effects effects = Database.of(request).keyspace().effects();
    String name = request.command().name();
    if (effects.wanted() && !name.startsWith("zpop")) {
      boolean counted = name.endsWith("mpop");
      effects
          .begin(request, highest ? "ZPOPMAX" : "ZPOPMIN", counted ? 3 : 2)
          .key(request, argument);
      if (counted) {
        effects.number(count);
      }
      effects.end();
    }
  }

  private static void popFromFirst(Request request, Reply reply) {
    Several several = Several.of(request, 1);
    if (!several.take(request, reply)) {
      reply.nothingArray();
    }
  }

  /**
   * What ZMPOP and BZMPOP ask for: keys, the end of the order, and how many members.
   *
   * @param firstKey the argument of the first key
   */
  record Several(int firstKey, int keys, boolean highest, long count) {

    /** Reads what stands from the number of keys on. */
    static Several of(Request request, int numberAt) {
      long keys = request.integer(numberAt, 1, Long.MAX_VALUE, KEY_COUNT);
      if (keys >= request.count() - numberAt - 1) {
        throw Errors.SYNTAX;
      }
      int end = numberAt + 1 + (int) keys;
      boolean highest = request.is(end, "MAX");
      if (!highest && !request.is(end, "MIN")) {
        throw Errors.SYNTAX;
      }
      long count = -1;
      for (int i = end + 1; i < request.count(); i += 2) {
        if (count != -1 || !request.is(i, "COUNT") || i + 1 == request.count()) {
          throw Errors.SYNTAX;
        }
        count = request.integer(i + 1, 1, Long.MAX_VALUE, MEMBER_COUNT);
      }
      return new Several(numberAt + 1, (int) keys, highest, Math.max(1, count));
    }

    /** Takes from the first sorted set that is there, and says whether there was one. */
    boolean take(Request request, Reply reply) {
      Database database = Database.of(request);
      for (int i = firstKey; i < firstKey + keys; i++) {
        Slices.step(request);
        Entry entry = database.write(request, i, Type.SORTED_SET);
        if (entry != null) {
          int taken = (int) Math.min(count, SortedSetValue.size(entry));
          Slices.expect(request, taken);
          reply.array(2);
          reply.bulk(request.bytes(), request.offset(i), request.length(i));
          reply.array(taken);
          PopCommands.take(request, i, entry, taken, highest, true, reply);
          return true;
        }
      }
      return false;
    }
  }
}
