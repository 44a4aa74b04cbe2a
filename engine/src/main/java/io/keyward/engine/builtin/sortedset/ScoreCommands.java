package io.keyward.engine.builtin.sortedset;

import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandGroup.SORTED_SET;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;

import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import org.jspecify.annotations.Nullable;

/** Score and rank of single members: ZSCORE, ZMSCORE, ZRANK, ZREVRANK. */
final class ScoreCommands {
  private ScoreCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("zscore", SORTED_SET)
            .since("1.2.0")
            .summary("Returns the score of a member.")
            .complexity("O(1)")
            .syntax("key member")
            .arity(3)
            .flags(READONLY, FAST)
            .key(1, RO, ACCESS)
            .handler(ScoreCommands::score));
    table.add(
        Command.named("zmscore", SORTED_SET)
            .since("6.2.0")
            .summary("Returns the scores of several members.")
            .complexity("O(N), N being the number of members asked for.")
            .syntax("key member [member ...]")
            .arity(-3)
            .flags(READONLY, FAST)
            .key(1, RO, ACCESS)
            .handler(ScoreCommands::scores));
    table.add(
        Command.named("zrank", SORTED_SET)
            .since("2.0.0")
            .summary("Returns the rank of a member, counted from the lowest score.")
            .complexity("O(log(N))")
            .syntax("key member [WITHSCORE]")
            .arity(-3)
            .flags(READONLY, FAST)
            .key(1, RO, ACCESS)
            .handler((request, reply) -> rank(request, reply, false)));
    table.add(
        Command.named("zrevrank", SORTED_SET)
            .since("2.0.0")
            .summary("Returns the rank of a member, counted from the highest score.")
            .complexity("O(log(N))")
            .syntax("key member [WITHSCORE]")
            .arity(-3)
            .flags(READONLY, FAST)
            .key(1, RO, ACCESS)
            .handler((request, reply) -> rank(request, reply, true)));
  }

  private static int find(@Nullable Entry entry, Request request, int argument) {
    return entry == null
        ? SortedSetValue.NONE
        : SortedSetValue.find(
            entry, request.bytes(), request.offset(argument), request.length(argument));
  }

  private static void score(Request request, Reply reply) {
    Entry entry = Database.of(request).read(request, 1, Type.SORTED_SET);
    sendScore(entry, request, 2, reply);
  }

  private static void scores(Request request, Reply reply) {
    Entry entry = Database.of(request).read(request, 1, Type.SORTED_SET);
    reply.array(request.count() - 2);
    for (int i = 2; i < request.count(); i++) {
      Slices.step(request);
      sendScore(entry, request, i, reply);
    }
  }

  private static void sendScore(@Nullable Entry entry, Request request, int argument, Reply reply) {
    int place = find(entry, request, argument);
    if (entry == null || place == SortedSetValue.NONE) {
      reply.nothing();
    } else {
      reply.number(SortedSetValue.score(entry, place));
    }
  }

  private static void rank(Request request, Reply reply, boolean fromHighest) {
    if (request.count() > 4) {
      throw Errors.wrongArity(request.command().fullName());
    }
    boolean withScore = request.count() == 4;
    if (withScore && !request.is(3, "WITHSCORE")) {
      throw Errors.SYNTAX;
    }
    Entry entry = Database.of(request).read(request, 1, Type.SORTED_SET);
    int place = find(entry, request, 2);
    if (entry == null || place == SortedSetValue.NONE) {
      if (withScore) {
        reply.nothingArray();
      } else {
        reply.nothing();
      }
      return;
    }
    int rank = SortedSetValue.rank(entry, place);
    if (withScore) {
      reply.array(2);
    }
    reply.integer(fromHighest ? SortedSetValue.size(entry) - 1 - rank : rank);
    if (withScore) {
      reply.number(SortedSetValue.score(entry, place));
    }
  }
}
