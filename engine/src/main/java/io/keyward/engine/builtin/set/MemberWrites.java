package io.keyward.engine.builtin.set;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.MAY_MAKE_KEY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.SET;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.DELETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.INSERT;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;

import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import java.util.Objects;

/** SADD, SREM, SMOVE. */
final class MemberWrites {
  private MemberWrites() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("sadd", SET)
            .since("1.0.0")
            .summary("Adds members to a set, making the set if need be.")
            .complexity("O(N) where N is the number of members given")
            .syntax("key member [member ...]")
            .arity(-3)
            .flags(WRITE, DENYOOM, FAST)
            .key(1, RW, INSERT)
            .handler(MemberWrites::sadd));
    table.add(
        Command.named("srem", SET)
            .since("1.0.0")
            .summary("Removes members from a set, and the set when no member is left.")
            .complexity("O(N) where N is the number of members given")
            .syntax("key member [member ...]")
            .arity(-3)
            .flags(WRITE, FAST)
            .key(1, RW, DELETE)
            .handler(MemberWrites::srem));
    table.add(
        Command.named("smove", SET)
            .since("1.0.0")
            .summary("Moves a member from one set to another.")
            .complexity("O(1)")
            .syntax("source destination member")
            .arity(4)
            .flags(WRITE, FAST, MAY_MAKE_KEY)
            .key(1, RW, ACCESS, DELETE)
            .key(2, RW, INSERT)
            .handler(MemberWrites::smove));
  }

  private static void sadd(Request request, Reply reply) {
    Database database = Database.of(request);
    Entry set = database.write(request, 1, Type.SET);
    int last = request.count() - 1;
    if (set == null) {
      set = SetValue.create(database, request, 1, 2, last);
    } else {
      SetValue.expect(set, last - 1);
    }
    int added = 0;
    for (int i = 2; i <= last; i++) {
      Slices.step(request);
      if (SetValue.addFirst(set, request.bytes(), request.offset(i), request.length(i))) {
        added++;
      }
    }
    if (added > 0) {
      database.changed(request, 1, KeyspaceNotifications.SET, "sadd");
    }
    reply.integer(added);
  }

  private static void srem(Request request, Reply reply) {
    Database database = Database.of(request);
    Entry set = database.write(request, 1, Type.SET);
    if (set == null) {
      reply.integer(0);
      return;
    }
    int removed = 0;
    boolean emptied = false;
    for (int i = 2; i < request.count() && !emptied; i++) {
      Slices.step(request);
      if (SetValue.remove(set, request.bytes(), request.offset(i), request.length(i))) {
        removed++;
        emptied = SetValue.size(set) == 0;
      }
    }
    if (removed > 0) {
      removed(database, set, request, "srem", emptied);
    }
    reply.integer(removed);
  }

  /** Says what has been taken out of the set at argument 1, which goes if it is empty now. */
  static void removed(
      Database database, Entry set, Request request, String event, boolean emptied) {
    if (emptied) {
      database.remove(set);
    }
    database.changed(request, 1, KeyspaceNotifications.SET, event);
    if (emptied) {
      database.alsoChanged(request, 1, KeyspaceNotifications.GENERIC, "del");
    }
  }

  private static void takeBack(Entry set, byte[] member, int offset, int length) {
    if (SetValue.size(set) == 1) {
      set.database().remove(set);
    } else {
      boolean _ = SetValue.remove(set, member, offset, length);
    }
  }

  private static void smove(Request request, Reply reply) {
    Database database = Database.of(request);
    Entry source = database.write(request, 1);
    Entry target = database.write(request, 2, database.newView());
    if (source == null) {
      reply.integer(0);
      return;
    }
    if (source.type() != Type.SET || (target != null && target.type() != Type.SET)) {
      throw Errors.WRONG_TYPE;
    }
    byte[] bytes = request.bytes();
    int offset = request.offset(3);
    int length = request.length(3);
    if (target != null && target.reference() == source.reference()) {
      reply.integer(SetValue.contains(source, bytes, offset, length));
      return;
    }
    if (!SetValue.contains(source, bytes, offset, length)) {
      reply.integer(0);
      return;
    }
    if (target == null) {
      Entry sourceView = database.newView();
      target = SetValue.create(database, request, 2, 3, 3);
      source = Objects.requireNonNull(database.write(request, 1, sourceView));
    }
    // First, so that the member is not lost if there is no memory for it there.
    boolean added = SetValue.addFirst(target, bytes, offset, length);
    try {
      boolean _ = SetValue.remove(source, bytes, offset, length);
    } catch (OutOfMemoryError full) {
      if (added) {
        takeBack(target, bytes, offset, length);
      }
      throw full;
    }
    removed(database, source, request, "srem", SetValue.size(source) == 0);
    if (added) {
      database.changed(request, 2, KeyspaceNotifications.SET, "sadd");
    }
    reply.integer(1);
  }
}
