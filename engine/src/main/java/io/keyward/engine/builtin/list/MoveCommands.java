package io.keyward.engine.builtin.list;

import static io.keyward.engine.command.CommandFlag.BLOCKING;
import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.LIST;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.DELETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.INSERT;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;

import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BlockingTimeout;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.SeenKeys;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;

/** LMOVE and RPOPLPUSH, and those that wait for an element: BLMOVE, BRPOPLPUSH. */
final class MoveCommands {
  private static final long NO_WAIT = -1;

  private MoveCommands() {}

  static void declare(CommandTable table) {
    table.add(
        moving("rpoplpush", "1.2.0", "Moves the last element of a list to the head of another.")
            .syntax("source destination")
            .arity(3)
            .flags(WRITE, DENYOOM)
            .handler((request, reply) -> move(request, reply, false, true, NO_WAIT)));
    table.add(
        moving("lmove", "6.2.0", "Moves an element from an end of a list to an end of another.")
            .syntax("source destination <LEFT | RIGHT> <LEFT | RIGHT>")
            .arity(5)
            .flags(WRITE, DENYOOM)
            .handler(
                (request, reply) -> move(request, reply, left(request, 3), left(request, 4), -1)));
    table.add(
        moving("brpoplpush", "2.2.0", "Does what RPOPLPUSH does, or waits for an element.")
            .syntax("source destination timeout")
            .arity(4)
            .flags(WRITE, DENYOOM, BLOCKING)
            .handler(
                (request, reply) ->
                    move(request, reply, false, true, BlockingTimeout.milliseconds(request, 3))));
    table.add(
        moving("blmove", "6.2.0", "Does what LMOVE does, or waits for an element.")
            .syntax("source destination <LEFT | RIGHT> <LEFT | RIGHT> timeout")
            .arity(6)
            .flags(WRITE, DENYOOM, BLOCKING)
            .handler(
                (request, reply) ->
                    move(
                        request,
                        reply,
                        left(request, 3),
                        left(request, 4),
                        BlockingTimeout.milliseconds(request, 5))));
  }

  private static CommandBuilder moving(String name, String since, String summary) {
    return Command.named(name, LIST)
        .since(since)
        .summary(summary)
        .complexity("O(1)")
        .key(1, RW, ACCESS, DELETE)
        .key(2, RW, INSERT);
  }

  private static boolean left(Request request, int argument) {
    if (request.is(argument, "LEFT")) {
      return true;
    }
    if (request.is(argument, "RIGHT")) {
      return false;
    }
    throw Errors.SYNTAX;
  }

  private static void move(
      Request request, Reply reply, boolean fromFirst, boolean toFirst, long timeout) {
    Database database = Database.of(request);
    Entry source = database.write(request, 1, Type.LIST);
    if (source == null) {
      if (timeout == NO_WAIT || !database.keyspace().mayBlock(request.client())) {
        reply.nothing();
      } else {
        database
            .blocked()
            .block(request, reply, Type.LIST, new int[] {1}, timeout, Reply::nothingArray);
      }
      return;
    }
    Entry targetView = database.newView();
    database.write(request, 2, Type.LIST, targetView);
    long size = ListValue.size(source);
    byte[] element = ListElements.element(source, fromFirst ? 0 : size - 1);
    boolean rotates = SeenKeys.same(database, request, 1, 2);
    if (rotates) {
      if (size > 1) {
        ListValue.removeRange(source, fromFirst ? 0 : size - 1, 1);
        push(source, toFirst, element);
      }
    } else {
      Entry target = ListValue.writeOrCreate(request, 2, targetView);
      push(target, toFirst, element);
      if (size > 1) {
        ListValue.removeRange(source, fromFirst ? 0 : size - 1, 1);
      }
    }
    database.changed(request, 1, KeyspaceNotifications.LIST, fromFirst ? "lpop" : "rpop");
    database.alsoChanged(request, 2, KeyspaceNotifications.LIST, toFirst ? "lpush" : "rpush");
    if (size == 1 && !rotates) {
      database.remove(source);
      database.alsoChanged(request, 1, KeyspaceNotifications.GENERIC, "del");
    }
    if (timeout != NO_WAIT) {
      boolean named = request.count() == 6;
      // Last, since of two keys that do not stand together each is written as it is now.
      database
          .keyspace()
          .effects()
          .under(request, named ? "LMOVE" : "RPOPLPUSH", request.count() - 1, 2);
    }
    reply.bulk(element);
  }

  private static void push(Entry list, boolean first, byte[] element) {
    try {
      ListValue.widen(list, element.length, 1);
      ListValue.push(list, first, element, 0, element.length);
    } catch (OutOfMemoryError full) {
      ListValue.giveUpEmpty(list);
      throw full;
    }
  }
}
