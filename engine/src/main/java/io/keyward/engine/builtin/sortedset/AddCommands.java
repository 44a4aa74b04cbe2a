package io.keyward.engine.builtin.sortedset;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.SORTED_SET;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackEditor;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;

/** ZADD and ZINCRBY. */
final class AddCommands {
  private static final int ONLY_NEW = 1;
  private static final int ONLY_PRESENT = 2;
  private static final int GREATER = 4;
  private static final int LESS = 8;
  private static final int INCREMENT = 16;
  private static final int COUNT_CHANGES = 32;

  /** What has become of one pair. */
  private static final int SKIPPED = 0;

  private static final int KEPT = 1;
  private static final int UPDATED = 2;
  private static final int ADDED = 3;

  /** What a score takes in a listpack at most, but for the rare long text. */
  private static final int SCORE_ROOM = 10;

  private static final CommandException NOT_A_NUMBER =
      CommandException.error("resulting score is not a number (NaN)");
  private static final CommandException NEW_AND_PRESENT =
      CommandException.error("XX and NX options at the same time are not compatible");
  private static final CommandException COMPARISONS =
      CommandException.error("GT, LT, and/or NX options at the same time are not compatible");
  private static final CommandException ONE_INCREMENT =
      CommandException.error("INCR option supports a single increment-element pair");

  private AddCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("zadd", SORTED_SET)
            .since("1.2.0")
            .summary("Adds members to a sorted set, or gives present ones new scores.")
            .complexity("O(log(N)) for each member added, N being the size of the sorted set.")
            .syntax("key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]")
            .arity(-4)
            .flags(WRITE, DENYOOM, FAST)
            .key(1, RW, UPDATE)
            .handler((request, reply) -> add(request, reply, 0)));
    table.add(
        Command.named("zincrby", SORTED_SET)
            .since("1.2.0")
            .summary("Adds to the score of a member, which begins at 0 if it is not there.")
            .complexity("O(log(N)), N being the size of the sorted set.")
            .syntax("key increment member")
            .arity(4)
            .flags(WRITE, DENYOOM, FAST)
            .key(1, RW, ACCESS, UPDATE)
            .handler((request, reply) -> add(request, reply, INCREMENT)));
  }

  private static int option(Request request, int argument) {
    return switch (request.length(argument)) {
      case 2 ->
          request.is(argument, "NX")
              ? ONLY_NEW
              : request.is(argument, "XX")
                  ? ONLY_PRESENT
                  : request.is(argument, "GT")
                      ? GREATER
                      : request.is(argument, "LT")
                          ? LESS
                          : request.is(argument, "CH") ? COUNT_CHANGES : 0;
      case 4 -> request.is(argument, "INCR") ? INCREMENT : 0;
      default -> 0;
    };
  }

  static void add(Request request, Reply reply, int given) {
    int options = given;
    int first = 2;
    for (int option; first < request.count() && (option = option(request, first)) != 0; first++) {
      options |= option;
    }
    checkOptions(options, request.count() - first);
    for (int i = first; i < request.count(); i += 2) {
      request.number(i);
    }
    Database database = Database.of(request);
    Entry entry = database.write(request, 1, Type.SORTED_SET);
    boolean increment = (options & INCREMENT) != 0;
    if (entry == null) {
      if ((options & ONLY_PRESENT) != 0) {
        replyUnchanged(reply, increment);
        return;
      }
      entry = create(database, request, first);
    } else {
      SortedSetValue.expect(entry, (request.count() - first) / 2, 0);
    }
    int added = 0;
    int updated = 0;
    int outcome = SKIPPED;
    for (int i = first; i < request.count(); i += 2) {
      Slices.step(request);
      outcome = putFirst(entry, request, i, options);
      added += outcome == ADDED ? 1 : 0;
      updated += outcome == UPDATED ? 1 : 0;
    }
    if (increment && outcome == SKIPPED) {
      reply.nothing();
    } else if (increment) {
      reply.number(incremented(entry, request, first, outcome));
    } else {
      reply.integer((options & COUNT_CHANGES) != 0 ? added + updated : added);
    }
    if (added + updated > 0) {
      database.changed(request, 1, KeyspaceNotifications.SORTED_SET, increment ? "zincr" : "zadd");
    }
  }

  private static void checkOptions(int options, int arguments) {
    if (arguments == 0 || (arguments & 1) != 0) {
      throw Errors.SYNTAX;
    }
    if ((options & ONLY_NEW) != 0 && (options & ONLY_PRESENT) != 0) {
      throw NEW_AND_PRESENT;
    }
    if (Integer.bitCount(options & (ONLY_NEW | GREATER | LESS)) > 1) {
      throw COMPARISONS;
    }
    if ((options & INCREMENT) != 0 && arguments > 2) {
      throw ONE_INCREMENT;
    }
  }

  private static void replyUnchanged(Reply reply, boolean increment) {
    if (increment) {
      reply.nothing();
    } else {
      reply.integer(0);
    }
  }

  /** The score that the one pair of an increment has led to. */
  private static double incremented(Entry entry, Request request, int argument, int outcome) {
    double given = request.number(argument);
    if (outcome == ADDED) {
      return given;
    }
    int place =
        SortedSetValue.find(
            entry, request.bytes(), request.offset(argument + 1), request.length(argument + 1));
    double score = SortedSetValue.score(entry, place);
    return outcome == KEPT ? score + given : score;
  }

  /** A new sorted set with room for the members that the arguments from {@code first} on name. */
  private static Entry create(Database database, Request request, int first) {
    int pairs = (request.count() - first) / 2;
    boolean packed = SortedSetValue.mayPack(database, pairs, request.length(first + 1));
    int room = Listpack.EMPTY_BYTES;
    if (packed) {
      for (int i = first; i < request.count(); i += 2) {
        room += SCORE_ROOM + request.length(i + 1);
      }
    }
    Entry entry = database.placement().create(request, 1, Type.SORTED_SET, Encoding.LISTPACK, room);
    ListpackEditor.initialize(entry);
    try {
      SortedSetValue.expect(entry, pairs, request.length(first + 1));
    } catch (OutOfMemoryError full) {
      database.remove(entry);
      throw full;
    }
    return entry;
  }

  /** As {@link #put}; a set that has been made for it goes if there is no memory for that. */
  private static int putFirst(Entry entry, Request request, int argument, int options) {
    try {
      return put(entry, request, argument, options);
    } catch (OutOfMemoryError full) {
      if (SortedSetValue.size(entry) == 0) {
        entry.database().remove(entry);
      }
      throw full;
    }
  }

  /** Adds or changes the member of one pair, as the options allow. */
  private static int put(Entry entry, Request request, int argument, int options) {
    double score = request.number(argument);
    byte[] bytes = request.bytes();
    int offset = request.offset(argument + 1);
    int length = request.length(argument + 1);
    int place = SortedSetValue.find(entry, bytes, offset, length);
    if (place == SortedSetValue.NONE) {
      if ((options & ONLY_PRESENT) != 0) {
        return SKIPPED;
      }
      SortedSetValue.insert(entry, score, bytes, offset, length);
      return ADDED;
    }
    if ((options & ONLY_NEW) != 0) {
      return SKIPPED;
    }
    double present = SortedSetValue.score(entry, place);
    if ((options & INCREMENT) != 0) {
      score += present;
      if (Double.isNaN(score)) {
        throw NOT_A_NUMBER;
      }
    }
    if (((options & LESS) != 0 && score >= present)
        || ((options & GREATER) != 0 && score <= present)) {
      return SKIPPED;
    }
    if (score == present) {
      return KEPT;
    }
    SortedSetValue.score(entry, place, score, bytes, offset, length);
    return UPDATED;
  }
}
