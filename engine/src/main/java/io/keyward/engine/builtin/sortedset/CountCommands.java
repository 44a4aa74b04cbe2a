package io.keyward.engine.builtin.sortedset;

import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandGroup.SORTED_SET;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;

/** ZCARD, ZCOUNT and ZLEXCOUNT. */
final class CountCommands {
  private static final String COMPLEXITY = "O(log(N)), N being the size of the sorted set.";

  private CountCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("zcard", SORTED_SET)
            .since("1.2.0")
            .summary("Returns the number of members of a sorted set.")
            .complexity("O(1)")
            .syntax("key")
            .arity(2)
            .flags(READONLY, FAST)
            .key(1, RO)
            .handler(CountCommands::size));
    table.add(
        Command.named("zcount", SORTED_SET)
            .since("2.0.0")
            .summary("Counts the members of a range of scores.")
            .complexity(COMPLEXITY)
            .syntax("key min max")
            .arity(4)
            .flags(READONLY, FAST)
            .key(1, RO, ACCESS)
            .handler((request, reply) -> count(request, reply, Range.byScore(request, 2, 3))));
    table.add(
        Command.named("zlexcount", SORTED_SET)
            .since("2.8.9")
            .summary("Counts the members of a range of names, where all scores are the same.")
            .complexity(COMPLEXITY)
            .syntax("key min:string max:string")
            .arity(4)
            .flags(READONLY, FAST)
            .key(1, RO, ACCESS)
            .handler((request, reply) -> count(request, reply, Range.byName(request, 2, 3))));
  }

  private static void size(Request request, Reply reply) {
    Entry entry = Database.of(request).read(request, 1, Type.SORTED_SET);
    reply.integer(entry == null ? 0 : SortedSetValue.size(entry));
  }

  private static void count(Request request, Reply reply, Range range) {
    Entry entry = Database.of(request).read(request, 1, Type.SORTED_SET);
    if (entry == null) {
      reply.integer(0);
      return;
    }
    int first = SortedSetValue.countBefore(entry, range.low());
    int end = SortedSetValue.countBefore(entry, range.high());
    reply.integer(Math.max(0, end - first));
  }
}
