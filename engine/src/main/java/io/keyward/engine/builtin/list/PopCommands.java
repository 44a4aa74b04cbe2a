package io.keyward.engine.builtin.list;

import static io.keyward.engine.command.CommandFlag.BLOCKING;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.LIST;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.DELETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BlockingTimeout;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Effects;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.KeySpec;
import java.util.stream.IntStream;

/** LPOP, RPOP and LMPOP, and those that wait for an element: BLPOP, BRPOP, BLMPOP. */
final class PopCommands {
  private static final CommandException KEYS_NOT_POSITIVE =
      CommandException.error("numkeys should be greater than 0");
  private static final CommandException COUNT_NOT_POSITIVE =
      CommandException.error("count should be greater than 0");

  private PopCommands() {}

  static void declare(CommandTable table) {
    table.add(
        popping("lpop", "Removes and returns the first elements of a list.")
            .handler((request, reply) -> pop(request, reply, true)));
    table.add(
        popping("rpop", "Removes and returns the last elements of a list.")
            .handler((request, reply) -> pop(request, reply, false)));
    table.add(
        waiting("blpop", "Removes and returns the first element of a list, or waits for one.")
            .handler((request, reply) -> popOrWait(request, reply, true)));
    table.add(
        waiting("brpop", "Removes and returns the last element of a list, or waits for one.")
            .handler((request, reply) -> popOrWait(request, reply, false)));
    table.add(
        Command.named("lmpop", LIST)
            .since("7.0.0")
            .summary("Removes and returns elements of the first list that has any.")
            .complexity("O(N+M) with N keys and M elements returned")
            .syntax("numkeys key [key ...] <LEFT | RIGHT> [COUNT count]")
            .arity(-4)
            .flags(WRITE)
            .keys(KeySpec.counted(1, RW, ACCESS, DELETE))
            .handler((request, reply) -> popMany(request, reply, 1, false)));
    table.add(
        Command.named("blmpop", LIST)
            .since("7.0.0")
            .summary("Removes and returns elements of the first list that has any, or waits.")
            .complexity("O(N+M) with N keys and M elements returned")
            .syntax("timeout numkeys key [key ...] <LEFT | RIGHT> [COUNT count]")
            .arity(-5)
            .flags(WRITE, BLOCKING)
            .keys(KeySpec.counted(2, RW, ACCESS, DELETE))
            .handler((request, reply) -> popMany(request, reply, 2, true)));
  }

  private static CommandBuilder popping(String name, String summary) {
    return Command.named(name, LIST)
        .summary(summary)
        .complexity("O(N) with N elements returned")
        .syntax("key [count]")
        .arity(-2)
        .flags(WRITE, FAST)
        .key(1, RW, ACCESS, DELETE);
  }

  private static CommandBuilder waiting(String name, String summary) {
    return Command.named(name, LIST)
        .since("2.0.0")
        .summary(summary)
        .complexity("O(N) with N keys")
        .syntax("key [key ...] timeout")
        .arity(-3)
        .flags(WRITE, BLOCKING)
        .keys(1, -2, 1, RW, ACCESS, DELETE);
  }

  private static void pop(Request request, Reply reply, boolean first) {
    if (request.count() > 3) {
      throw Errors.wrongArity(request.command().fullName());
    }
    boolean counted = request.count() == 3;
    long count = counted ? request.integer(2, 0, Long.MAX_VALUE, Errors.NOT_POSITIVE) : 1;
    Database database = Database.of(request);
    Entry list = database.write(request, 1, Type.LIST);
    if (list == null) {
      if (counted) {
        reply.nothingArray();
      } else {
        reply.nothing();
      }
      return;
    }
    if (counted) {
      count = Math.min(count, ListValue.size(list));
      Slices.expect(request, count);
      reply.array(count);
      if (count == 0) {
        return;
      }
    }
    take(list, request, 1, first, count, reply);
  }

  /** Sends so many elements of one end, removes them, and the key with the last; tells so. */
  static void take(
      Entry list, Request request, int keyArgument, boolean first, long count, Reply reply) {
    long size = ListValue.size(list);
    if (first) {
      ListElements.send(list, 0, count - 1, reply);
      if (count < size) {
        ListValue.removeRange(list, 0, count);
      }
    } else {
      ListElements.send(list, size - 1, size - count, reply);
      if (count < size) {
        ListValue.removeRange(list, size - count, count);
      }
    }
    Database database = Database.of(request);
    database.changed(request, keyArgument, KeyspaceNotifications.LIST, first ? "lpop" : "rpop");
    writeEffect(request, keyArgument, first, count);
    if (count == size) {
      database.remove(list);
      database.alsoChanged(request, keyArgument, KeyspaceNotifications.GENERIC, "del");
    }
  }

  /** What has looked for a list, or waited for one, becomes a pop from the one that it found. */
  private static void writeEffect(Request request, int keyArgument, boolean first, long count) {
    Effects effects = Database.of(request).keyspace().effects();
    String name = request.command().name();
    if (effects.wanted() && !name.equals("lpop") && !name.equals("rpop")) {
      boolean counted = name.endsWith("mpop");
      effects.begin(request, first ? "LPOP" : "RPOP", counted ? 3 : 2).key(request, keyArgument);
      if (counted) {
        effects.number(count);
      }
      effects.end();
    }
  }

  private static void popOrWait(Request request, Reply reply, boolean first) {
    int timeoutArgument = request.count() - 1;
    long timeout = BlockingTimeout.milliseconds(request, timeoutArgument);
    Database database = Database.of(request);
    for (int key = 1; key < timeoutArgument; key++) {
      Slices.step(request);
      Entry list = database.write(request, key, Type.LIST);
      if (list != null) {
        reply.array(2);
        reply.bulk(request.bytes(), request.offset(key), request.length(key));
        take(list, request, key, first, 1, reply);
        return;
      }
    }
    int[] keys = IntStream.range(1, timeoutArgument).toArray();
    database.blocked().block(request, reply, Type.LIST, keys, timeout, Reply::nothingArray);
  }

  /** LMPOP, or BLMPOP, which waits as long as its first argument says. */
  private static void popMany(Request request, Reply reply, int countAt, boolean waits) {
    long keys = request.integer(countAt, 1, Long.MAX_VALUE, KEYS_NOT_POSITIVE);
    int firstKey = countAt + 1;
    if (keys >= request.count() - firstKey) {
      throw Errors.SYNTAX;
    }
    int side = firstKey + (int) keys;
    boolean first = request.is(side, "LEFT");
    if (!first && !request.is(side, "RIGHT")) {
      throw Errors.SYNTAX;
    }
    long count = 1;
    if (side + 1 < request.count()) {
      if (side + 3 > request.count() || !request.is(side + 1, "COUNT")) {
        throw Errors.SYNTAX;
      }
      count = request.integer(side + 2, 1, Long.MAX_VALUE, COUNT_NOT_POSITIVE);
      if (side + 3 < request.count()) {
        throw Errors.SYNTAX;
      }
    }
    long timeout = waits ? BlockingTimeout.milliseconds(request, 1) : 0;
    Database database = Database.of(request);
    for (int key = firstKey; key < side; key++) {
      Slices.step(request);
      Entry list = database.write(request, key, Type.LIST);
      if (list != null) {
        long taken = Math.min(count, ListValue.size(list));
        Slices.expect(request, taken);
        reply.array(2);
        reply.bulk(request.bytes(), request.offset(key), request.length(key));
        reply.array(taken);
        take(list, request, key, first, taken, reply);
        return;
      }
    }
    if (!waits) {
      reply.nothingArray();
      return;
    }
    int[] arguments = IntStream.range(firstKey, side).toArray();
    database.blocked().block(request, reply, Type.LIST, arguments, timeout, Reply::nothingArray);
  }
}
