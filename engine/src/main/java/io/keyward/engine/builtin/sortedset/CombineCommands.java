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
import io.keyward.engine.command.Handler;
import io.keyward.engine.command.KeySpec;

/** Declares ZUNION, ZINTER, ZDIFF and their relatives, which {@link Combination} executes. */
final class CombineCommands {
  private static final String UNION_COMPLEXITY =
      "O(N)+O(M*log(M)), N being the sizes of the inputs together and M that of the result.";
  private static final String INTERSECTION_COMPLEXITY =
      "O(N*K)+O(M*log(M)), N being the size of the smallest input, K the number of inputs and M"
          + " the size of the result.";
  private static final String DIFFERENCE_COMPLEXITY =
      "O(N*K)+O(M*log(M)), N being the size of the first input, K the number of inputs and M the"
          + " size of the result.";
  private static final String WEIGHTED =
      "numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX>]";

  private CombineCommands() {}

  static void declare(CommandTable table) {
    table.add(
        reading("zunion", "6.2.0", UNION_COMPLEXITY)
            .summary("Returns the union of sets and sorted sets.")
            .syntax(WEIGHTED + " [WITHSCORES]")
            .handler(sent(Combination.Operation.UNION)));
    table.add(
        reading("zinter", "6.2.0", INTERSECTION_COMPLEXITY)
            .summary("Returns the intersection of sets and sorted sets.")
            .syntax(WEIGHTED + " [WITHSCORES]")
            .handler(sent(Combination.Operation.INTERSECTION)));
    table.add(
        reading("zdiff", "6.2.0", DIFFERENCE_COMPLEXITY)
            .summary("Returns what the first set or sorted set holds and the others do not.")
            .syntax("numkeys key [key ...] [WITHSCORES]")
            .handler(sent(Combination.Operation.DIFFERENCE)));
    table.add(
        reading("zintercard", "7.0.0", INTERSECTION_COMPLEXITY)
            .summary("Counts the members of an intersection, up to a limit.")
            .syntax("numkeys key [key ...] [LIMIT limit]")
            .handler(Combination::count));
    table.add(
        storing("zunionstore", "2.0.0", UNION_COMPLEXITY)
            .summary("Stores the union of sets and sorted sets in a key.")
            .syntax("destination " + WEIGHTED)
            .handler(stored(Combination.Operation.UNION, "zunionstore")));
    table.add(
        storing("zinterstore", "2.0.0", INTERSECTION_COMPLEXITY)
            .summary("Stores the intersection of sets and sorted sets in a key.")
            .syntax("destination " + WEIGHTED)
            .handler(stored(Combination.Operation.INTERSECTION, "zinterstore")));
    table.add(
        storing("zdiffstore", "6.2.0", DIFFERENCE_COMPLEXITY)
            .summary(
                "Stores what the first set or sorted set holds and the others do not in a key.")
            .syntax("destination numkeys key [key ...]")
            .handler(stored(Combination.Operation.DIFFERENCE, "zdiffstore")));
  }

  private static Handler sent(Combination.Operation operation) {
    return (request, reply) -> Combination.send(request, reply, operation);
  }

  private static Handler stored(Combination.Operation operation, String event) {
    return (request, reply) -> Combination.store(request, reply, operation, event);
  }

  private static CommandBuilder reading(String name, String since, String complexity) {
    return Command.named(name, SORTED_SET)
        .since(since)
        .complexity(complexity)
        .arity(-3)
        .flags(READONLY)
        .keys(KeySpec.counted(1, RO, ACCESS));
  }

  private static CommandBuilder storing(String name, String since, String complexity) {
    return Command.named(name, SORTED_SET)
        .since(since)
        .complexity(complexity)
        .arity(-4)
        .flags(WRITE, DENYOOM)
        .key(1, OW, UPDATE)
        .keys(KeySpec.counted(2, RO, ACCESS));
  }
}
