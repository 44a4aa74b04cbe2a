package io.keyward.engine.builtin.sortedset;

import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandGroup.SORTED_SET;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.ScanOptions;
import io.keyward.engine.builtin.Selection;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** ZRANDMEMBER and ZSCAN. */
final class SampleCommands {
  /** From a share of the whole on, a walk over all members is cheaper than drawing ranks. */
  private static final int WALK_FROM_SHARE = 3;

  private static final CommandException COUNT_OUT_OF_RANGE =
      CommandException.error(
          "value is out of range, value must between "
              + -Long.MAX_VALUE
              + " and "
              + Long.MAX_VALUE);

  private SampleCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("zrandmember", SORTED_SET)
            .since("6.2.0")
            .summary("Returns members of a sorted set at random.")
            .complexity("O(N), N being the number of members returned.")
            .syntax("key [count [WITHSCORES]]")
            .arity(-2)
            .flags(READONLY)
            .key(1, RO, ACCESS)
            .tips("nondeterministic_output")
            .handler(SampleCommands::sample));
    table.add(
        Command.named("zscan", SORTED_SET)
            .differs("Writes a score's shortest text.")
            .since("2.8.0")
            .summary("Iterates over the members of a sorted set and their scores.")
            .complexity(
                "O(1) for each call, O(N) for a whole iteration, N being the size of the sorted"
                    + " set.")
            .syntax("key cursor [MATCH pattern] [COUNT count]")
            .arity(-3)
            .flags(READONLY)
            .key(1, RO, ACCESS)
            .tips("nondeterministic_output")
            .handler(SampleCommands::scan));
  }

  private static void sample(Request request, Reply reply) {
    Database database = Database.of(request);
    RandomGenerator random = database.keyspace().home().random();
    if (request.count() == 2) {
      Entry entry = database.read(request, 1, Type.SORTED_SET);
      if (entry == null) {
        reply.nothing();
      } else {
        int rank = random.nextInt(SortedSetValue.size(entry));
        SortedSetValue.sendName(entry, SortedSetValue.at(entry, rank), reply);
      }
      return;
    }
    long count = request.integer(2);
    if (count == Long.MIN_VALUE) {
      throw COUNT_OUT_OF_RANGE;
    }
    boolean withScores = request.count() == 4 && request.is(3, "WITHSCORES");
    if (request.count() > 3 && !withScores) {
      throw Errors.SYNTAX;
    }
    if (withScores && (count < -Long.MAX_VALUE / 2 || count > Long.MAX_VALUE / 2)) {
      throw Errors.OUT_OF_RANGE;
    }
    Entry entry = database.read(request, 1, Type.SORTED_SET);
    if (entry == null || count == 0) {
      reply.array(0);
      return;
    }
    int size = SortedSetValue.size(entry);
    Slices.expect(request, count < 0 ? -count : WALK_FROM_SHARE * Math.min(count, size));
    if (count >= size) {
      RangeQuery.send(entry, 0, size, true, withScores, reply);
      return;
    }
    long drawn = Math.abs(count);
    reply.array(withScores && !reply.resp3() ? 2 * drawn : drawn);
    if (count < 0) {
      Slices slices = database.keyspace().slices();
      for (long left = drawn; left > 0 && !request.client().closing(); left--) {
        slices.step();
        int rank = random.nextInt(size);
        sendOne(entry, SortedSetValue.at(entry, rank), withScores, reply);
      }
    } else if (entry.encoding() == Encoding.LISTPACK || count * WALK_FROM_SHARE > size) {
      walk(entry, (int) count, withScores, random, reply);
    } else {
      draw(entry, (int) count, withScores, random, reply);
    }
  }

  private static void sendOne(Entry entry, int place, boolean withScores, Reply reply) {
    if (withScores && reply.resp3()) {
      reply.array(2);
    }
    SortedSetValue.sendName(entry, place, reply);
    if (withScores) {
      reply.number(SortedSetValue.score(entry, place));
    }
  }

  /** Chooses distinct members in one walk. */
  private static void walk(
      Entry entry, int count, boolean withScores, RandomGenerator random, Reply reply) {
    Selection selection = new Selection(random, SortedSetValue.size(entry), count);
    int place = SortedSetValue.at(entry, 0);
    Slices slices = entry.database().keyspace().slices();
    while (selection.wanted() > 0) {
      slices.step();
      if (selection.next()) {
        sendOne(entry, place, withScores, reply);
      }
      place = SortedSetValue.next(entry, place);
    }
  }

  /** Draws distinct members. */
  private static void draw(
      Entry entry, int count, boolean withScores, RandomGenerator random, Reply reply) {
    int size = SortedSetValue.size(entry);
    Set<Integer> drawn = HashSet.newHashSet(count);
    Slices slices = entry.database().keyspace().slices();
    while (drawn.size() < count) {
      slices.step();
      int rank = random.nextInt(size);
      if (drawn.add(rank)) {
        sendOne(entry, SortedSetValue.at(entry, rank), withScores, reply);
      }
    }
  }

  private static void scan(Request request, Reply reply) {
    long cursor = ScanOptions.cursor(request, 2);
    Database database = Database.of(request);
    Entry entry = database.read(request, 1, Type.SORTED_SET);
    if (entry == null) {
      reply.array(2);
      reply.bulk("0");
      reply.array(0);
      return;
    }
    ScanOptions options = ScanOptions.of(request, 3, false);
    Slices.expect(request, Math.min(options.count(), SortedSetValue.size(entry)));
    reply.array(2);
    if (entry.encoding() == Encoding.LISTPACK) {
      reply.bulk("0");
      scanAll(new MemberCursor(entry), options, reply);
    } else {
      scanSome(entry, cursor, options, reply);
    }
  }

  private static void scanAll(MemberCursor members, ScanOptions options, Reply reply) {
    int position = reply.beginArray();
    long sent = 0;
    while (members.next()) {
      if (options.matches(members.bytes(), members.offset(), members.length())) {
        reply.bulk(members.bytes(), members.offset(), members.length());
        reply.bulkNumber(members.score());
        sent += 2;
      }
    }
    reply.endArray(position, sent);
  }

  private static void scanSome(Entry entry, long cursor, ScanOptions options, Reply reply) {
    OrderedMembers list = (OrderedMembers) entry.held();
    Slices slices = entry.database().keyspace().slices();
    List<Integer> found = new ArrayList<>();
    int[] seen = new int[1];
    long at = cursor;
    long buckets = options.mostBuckets();
    do {
      slices.step();
      at =
          list.scan(
              at,
              reference -> {
                seen[0]++;
                if (options.matches(
                    list.bytes(reference),
                    list.nameOffset(reference),
                    list.nameLength(reference))) {
                  found.add(reference);
                }
              });
    } while (at != 0 && --buckets > 0 && seen[0] < options.count());
    reply.bulkInteger(at);
    reply.array(2L * found.size());
    for (int reference : found) {
      slices.step();
      reply.bulk(list.bytes(reference), list.nameOffset(reference), list.nameLength(reference));
      reply.bulkNumber(list.score(reference));
    }
  }
}
