package io.keyward.engine.builtin.sortedset;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.SORTED_SET;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.OW;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;

/** Declares ZRANGE and its older forms, which {@link RangeQuery} executes. */
final class RangeCommands {
  private static final String COMPLEXITY =
      "O(log(N)+M), N being the size of the sorted set and M the number of members returned.";

  private RangeCommands() {}

  static void declare(CommandTable table) {
    table.add(
        range("zrange", "1.2.0")
            .summary("Returns the members of a range of ranks, scores or names.")
            .syntax(
                "key start:string stop:string [BYSCORE | BYLEX] [REV] [LIMIT offset count]"
                    + " [WITHSCORES]")
            .handler(
                (request, reply) -> RangeQuery.reply(request, reply, RangeQuery.Order.ANY, false)));
    table.add(
        range("zrevrange", "1.2.0")
            .summary("Returns the members of a range of ranks, the highest score first.")
            .syntax("key start stop [WITHSCORES]")
            .handler(
                (request, reply) -> RangeQuery.reply(request, reply, RangeQuery.Order.RANK, true)));
    table.add(
        range("zrangebyscore", "1.0.5")
            .summary("Returns the members of a range of scores.")
            .syntax("key min max [WITHSCORES] [LIMIT offset count]")
            .handler(
                (request, reply) ->
                    RangeQuery.reply(request, reply, RangeQuery.Order.SCORE, false)));
    table.add(
        range("zrevrangebyscore", "2.2.0")
            .summary("Returns the members of a range of scores, the highest score first.")
            .syntax("key max min [WITHSCORES] [LIMIT offset count]")
            .handler(
                (request, reply) ->
                    RangeQuery.reply(request, reply, RangeQuery.Order.SCORE, true)));
    table.add(
        range("zrangebylex", "2.8.9")
            .summary("Returns the members of a range of names, where all scores are the same.")
            .syntax("key min:string max:string [LIMIT offset count]")
            .handler(
                (request, reply) ->
                    RangeQuery.reply(request, reply, RangeQuery.Order.NAME, false)));
    table.add(
        range("zrevrangebylex", "2.8.9")
            .summary(
                "Returns the members of a range of names, the last first, where all scores are"
                    + " the same.")
            .syntax("key max:string min:string [LIMIT offset count]")
            .handler(
                (request, reply) -> RangeQuery.reply(request, reply, RangeQuery.Order.NAME, true)));
    table.add(
        Command.named("zrangestore", SORTED_SET)
            .since("6.2.0")
            .summary("Stores the members of a range of ranks, scores or names in another key.")
            .complexity(
                "O(log(N)+M), N being the size of the sorted set and M the number of members"
                    + " stored.")
            .syntax("dst src min:string max:string [BYSCORE | BYLEX] [REV] [LIMIT offset count]")
            .arity(-5)
            .flags(WRITE, DENYOOM)
            .key(1, OW, UPDATE)
            .key(2, RO, ACCESS)
            .handler(RangeQuery::store));
  }

  private static CommandBuilder range(String name, String since) {
    return Command.named(name, SORTED_SET)
        .since(since)
        .complexity(COMPLEXITY)
        .arity(-4)
        .flags(READONLY)
        .key(1, RO, ACCESS);
  }
}
