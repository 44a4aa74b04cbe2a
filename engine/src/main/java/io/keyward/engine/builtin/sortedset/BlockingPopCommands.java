package io.keyward.engine.builtin.sortedset;

import static io.keyward.engine.command.CommandFlag.BLOCKING;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.SORTED_SET;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.DELETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BlockingTimeout;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.KeySpec;
import java.util.stream.IntStream;

/** BZPOPMIN, BZPOPMAX and BZMPOP, which wait until there is something to take. */
final class BlockingPopCommands {
  private BlockingPopCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("bzpopmin", SORTED_SET)
            .since("5.0.0")
            .summary(
                "Removes and returns the member with the lowest score, waiting for one if there"
                    + " is none.")
            .complexity("O(log(N)), N being the size of the sorted set.")
            .syntax("key [key ...] timeout")
            .arity(-3)
            .flags(WRITE, FAST, BLOCKING)
            .keys(1, -2, 1, RW, ACCESS, DELETE)
            .handler((request, reply) -> pop(request, reply, false)));
    table.add(
        Command.named("bzpopmax", SORTED_SET)
            .since("5.0.0")
            .summary(
                "Removes and returns the member with the highest score, waiting for one if there"
                    + " is none.")
            .complexity("O(log(N)), N being the size of the sorted set.")
            .syntax("key [key ...] timeout")
            .arity(-3)
            .flags(WRITE, FAST, BLOCKING)
            .keys(1, -2, 1, RW, ACCESS, DELETE)
            .handler((request, reply) -> pop(request, reply, true)));
    table.add(
        Command.named("bzmpop", SORTED_SET)
            .since("7.0.0")
            .summary(
                "Removes and returns members of the first sorted set that has any, waiting for"
                    + " one if there is none.")
            .complexity(
                "O(K) + O(M*log(N)), K being the number of keys, N the size of the sorted set and"
                    + " M the number of members removed.")
            .syntax("timeout numkeys key [key ...] <MIN | MAX> [COUNT count]")
            .arity(-5)
            .flags(WRITE, BLOCKING)
            .keys(KeySpec.counted(2, RW, ACCESS, DELETE))
            .handler(BlockingPopCommands::popFromFirst));
  }

  private static void pop(Request request, Reply reply, boolean highest) {
    int keys = request.count() - 2;
    long timeout = BlockingTimeout.milliseconds(request, keys + 1);
    Database database = Database.of(request);
    for (int i = 1; i <= keys; i++) {
      Slices.step(request);
      Entry entry = database.write(request, i, Type.SORTED_SET);
      if (entry != null) {
        reply.array(3);
        reply.bulk(request.bytes(), request.offset(i), request.length(i));
        PopCommands.take(request, i, entry, 1, highest, false, reply);
        return;
      }
    }
    block(request, reply, 1, keys, timeout);
  }

  private static void popFromFirst(Request request, Reply reply) {
    PopCommands.Several several = PopCommands.Several.of(request, 2);
    long timeout = BlockingTimeout.milliseconds(request, 1);
    if (!several.take(request, reply)) {
      block(request, reply, several.firstKey(), several.keys(), timeout);
    }
  }

  private static void block(Request request, Reply reply, int firstKey, int keys, long timeout) {
    Database.of(request)
        .blocked()
        .block(
            request,
            reply,
            Type.SORTED_SET,
            IntStream.range(firstKey, firstKey + keys).toArray(),
            timeout,
            Reply::nothingArray);
  }
}
