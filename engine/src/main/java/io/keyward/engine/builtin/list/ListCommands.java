package io.keyward.engine.builtin.list;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.LIST;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.DELETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.INSERT;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;
import org.jspecify.annotations.Nullable;

/** The commands on one list that neither pop nor wait. */
public final class ListCommands {
  private ListCommands() {}

  public static void declare(CommandTable table) {
    declarePushes(table);
    declareReads(table);
    declareChanges(table);
    PopCommands.declare(table);
    MoveCommands.declare(table);
    PositionCommand.declare(table);
  }

  private static void declarePushes(CommandTable table) {
    table.add(
        pushing("lpush", "1.0.0", "Adds elements at the head of a list, which is made if absent.")
            .handler((request, reply) -> push(request, reply, true, true)));
    table.add(
        pushing("rpush", "1.0.0", "Adds elements at the tail of a list, which is made if absent.")
            .handler((request, reply) -> push(request, reply, false, true)));
    table.add(
        pushing("lpushx", "2.2.0", "Adds elements at the head of a list that exists.")
            .handler((request, reply) -> push(request, reply, true, false)));
    table.add(
        pushing("rpushx", "2.2.0", "Adds elements at the tail of a list that exists.")
            .handler((request, reply) -> push(request, reply, false, false)));
  }

  private static CommandBuilder pushing(String name, String since, String summary) {
    return Command.named(name, LIST)
        .since(since)
        .summary(summary)
        .complexity("O(N) with N elements added")
        .syntax("key element [element ...]")
        .arity(-3)
        .flags(WRITE, DENYOOM, FAST)
        .key(1, RW, INSERT);
  }

  private static void declareReads(CommandTable table) {
    table.add(
        Command.named("llen", LIST)
            .summary("Returns the length of a list.")
            .complexity("O(1)")
            .syntax("key")
            .arity(2)
            .flags(READONLY, FAST)
            .key(1, RO)
            .handler(ListCommands::length));
    table.add(
        Command.named("lindex", LIST)
            .summary("Returns the element with an index.")
            .complexity("O(N) with N nodes and elements up to the index")
            .syntax("key index")
            .arity(3)
            .flags(READONLY)
            .key(1, RO, ACCESS)
            .handler(ListCommands::index));
    table.add(
        Command.named("lrange", LIST)
            .summary("Returns the elements between two indexes.")
            .complexity("O(S+N) with S elements or nodes up to the first and N elements returned")
            .syntax("key start stop")
            .arity(4)
            .flags(READONLY)
            .key(1, RO, ACCESS)
            .handler(ListCommands::range));
  }

  private static void declareChanges(CommandTable table) {
    table.add(
        Command.named("lset", LIST)
            .differs("An index that no 32-bit number holds is out of range.")
            .summary("Replaces the element with an index.")
            .complexity("O(N) with N nodes and elements up to the index")
            .syntax("key index element")
            .arity(4)
            .flags(WRITE, DENYOOM)
            .key(1, RW, UPDATE)
            .handler(ListCommands::set));
    table.add(
        Command.named("linsert", LIST)
            .since("2.2.0")
            .summary("Adds an element before or after another one.")
            .complexity("O(N) with N elements up to the other one")
            .syntax("key <BEFORE | AFTER> pivot element")
            .arity(5)
            .flags(WRITE, DENYOOM)
            .key(1, RW, INSERT)
            .handler(ListCommands::insert));
    table.add(
        Command.named("ltrim", LIST)
            .summary("Keeps the elements between two indexes and removes all others.")
            .complexity("O(N) with N elements removed")
            .syntax("key start stop")
            .arity(4)
            .flags(WRITE)
            .key(1, RW, DELETE)
            .handler(ListCommands::trim));
    table.add(
        Command.named("lrem", LIST)
            .summary("Removes elements that equal a value.")
            .complexity("O(N) with N elements in the list")
            .syntax("key count element")
            .arity(4)
            .flags(WRITE)
            .key(1, RW, DELETE)
            .handler(ListCommands::remove));
  }

  private static void push(Request request, Reply reply, boolean first, boolean create) {
    Database database = Database.of(request);
    Entry list;
    if (create) {
      list = ListValue.writeOrCreate(request, 1, database.view());
    } else {
      Entry present = database.write(request, 1, Type.LIST);
      if (present == null) {
        reply.integer(0);
        return;
      }
      list = present;
    }
    long bytes = 0;
    for (int i = 2; i < request.count(); i++) {
      bytes += request.length(i);
    }
    try {
      ListValue.widen(list, bytes, request.count() - 2);
      for (int i = 2; i < request.count(); i++) {
        Slices.step(request);
        ListValue.push(list, first, request.bytes(), request.offset(i), request.length(i));
      }
    } catch (OutOfMemoryError full) {
      ListValue.giveUpEmpty(list);
      throw full;
    }
    reply.integer(ListValue.size(list));
    database.changed(request, 1, KeyspaceNotifications.LIST, first ? "lpush" : "rpush");
  }

  private static void length(Request request, Reply reply) {
    Entry list = Database.of(request).read(request, 1, Type.LIST);
    reply.integer(list == null ? 0 : ListValue.size(list));
  }

  /** The index counted from the head, or -1 if it lies outside. */
  private static long within(long index, long size) {
    long ahead = index < 0 ? index + size : index;
    return ahead >= 0 && ahead < size ? ahead : -1;
  }

  private static void index(Request request, Reply reply) {
    Entry list = Database.of(request).read(request, 1, Type.LIST);
    if (list == null) {
      reply.nothing();
      return;
    }
    long index = within(request.integer(2), ListValue.size(list));
    if (index < 0) {
      reply.nothing();
    } else {
      ListElements.send(list, index, index, reply);
    }
  }

  private static void range(Request request, Reply reply) {
    long start = request.integer(2);
    long stop = request.integer(3);
    Entry list = Database.of(request).read(request, 1, Type.LIST);
    long size = list == null ? 0 : ListValue.size(list);
    long from = Math.max(0, start < 0 ? start + size : start);
    long to = Math.min(size - 1, stop < 0 ? stop + size : stop);
    if (list == null || from > to) {
      reply.array(0);
      return;
    }
    Slices.expect(request, to - from + 1);
    reply.array(to - from + 1);
    ListElements.send(list, from, to, reply);
  }

  private static void set(Request request, Reply reply) {
    Database database = Database.of(request);
    Entry list = database.write(request, 1, Type.LIST);
    if (list == null) {
      throw Errors.NO_SUCH_KEY;
    }
    long index = within(request.integer(2), ListValue.size(list));
    if (index < 0) {
      throw Errors.INDEX_OUT_OF_RANGE;
    }
    ListValue.set(list, index, request.bytes(), request.offset(3), request.length(3));
    database.changed(request, 1, KeyspaceNotifications.LIST, "lset");
    reply.ok();
  }

  private static void insert(Request request, Reply reply) {
    boolean before = request.is(2, "BEFORE");
    if (!before && !request.is(2, "AFTER")) {
      throw Errors.SYNTAX;
    }
    Database database = Database.of(request);
    Entry list = database.write(request, 1, Type.LIST);
    if (list == null) {
      reply.integer(0);
      return;
    }
    Slices.expect(request, ListValue.size(list));
    ListValue.widen(list, request.length(4), 1);
    if (!ListValue.insert(list, before, request, 3, 4)) {
      reply.integer(-1);
      return;
    }
    reply.integer(ListValue.size(list));
    database.changed(request, 1, KeyspaceNotifications.LIST, "linsert");
  }

  private static void trim(Request request, Reply reply) {
    long start = request.integer(2);
    long stop = request.integer(3);
    Database database = Database.of(request);
    Entry list = database.write(request, 1, Type.LIST);
    if (list == null) {
      reply.ok();
      return;
    }
    long size = ListValue.size(list);
    long from = Math.max(0, start < 0 ? start + size : start);
    long to = Math.min(size - 1, stop < 0 ? stop + size : stop);
    if (from > to) {
      database.changed(request, 1, KeyspaceNotifications.LIST, "ltrim");
      database.remove(list);
      database.alsoChanged(request, 1, KeyspaceNotifications.GENERIC, "del");
    } else {
      if (to < size - 1) {
        ListValue.removeRange(list, to + 1, size - 1 - to);
      }
      if (from > 0) {
        ListValue.removeRange(list, 0, from);
      }
      database.changed(request, 1, KeyspaceNotifications.LIST, "ltrim");
    }
    reply.ok();
  }

  private static void remove(Request request, Reply reply) {
    long limit = request.integer(2);
    Database database = Database.of(request);
    @Nullable Entry list = database.write(request, 1, Type.LIST);
    if (list == null) {
      reply.integer(0);
      return;
    }
    Slices.expect(request, ListValue.size(list) / ListValue.COMPARED_IN_A_STEP);
    long removed = ListValue.remove(list, limit, request, 3);
    if (removed > 0) {
      database.changed(request, 1, KeyspaceNotifications.LIST, "lrem");
      ListValue.removeIfEmpty(list, request, 1);
    }
    reply.integer(removed);
  }
}
