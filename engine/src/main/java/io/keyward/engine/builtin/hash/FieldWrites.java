package io.keyward.engine.builtin.hash;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.HASH;
import static io.keyward.engine.command.KeySpec.KeyFlag.DELETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.INSERT;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;

/** HSET, HSETNX, HMSET, HDEL. */
final class FieldWrites {
  private FieldWrites() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("hset", HASH)
            .since("2.0.0")
            .summary("Sets fields of a hash, making the hash and the fields if need be.")
            .complexity("O(N) where N is the number of fields given")
            .syntax("key field value [field value ...]")
            .arity(-4)
            .flags(WRITE, DENYOOM, FAST)
            .key(1, RW, UPDATE)
            .handler(FieldWrites::hset));
    table.add(
        Command.named("hmset", HASH)
            .since("2.0.0")
            .summary("Sets fields of a hash and answers OK; HSET has taken its place.")
            .complexity("O(N) where N is the number of fields given")
            .syntax("key field value [field value ...]")
            .arity(-4)
            .flags(WRITE, DENYOOM, FAST)
            .key(1, RW, UPDATE)
            .handler(FieldWrites::hmset));
    table.add(
        Command.named("hsetnx", HASH)
            .since("2.0.0")
            .summary("Sets a field of a hash unless the field is there already.")
            .complexity("O(1)")
            .syntax("key field value")
            .arity(4)
            .flags(WRITE, DENYOOM, FAST)
            .key(1, RW, INSERT)
            .handler(FieldWrites::hsetnx));
    table.add(
        Command.named("hdel", HASH)
            .differs("A field that has expired is gone already.")
            .since("2.0.0")
            .summary("Removes fields from a hash, and the hash when no field is left.")
            .complexity("O(N) where N is the number of fields given")
            .syntax("key field [field ...]")
            .arity(-3)
            .flags(WRITE, FAST)
            .key(1, RW, DELETE)
            .handler(FieldWrites::hdel));
  }

  private static void hset(Request request, Reply reply) {
    reply.integer(setAll(request));
  }

  private static void hmset(Request request, Reply reply) {
    setAll(request);
    reply.ok();
  }

  private static int setAll(Request request) {
    int count = request.count();
    Slices.expect(request, count);
    if ((count & 1) != 0) {
      throw Errors.wrongArity(request.command().fullName());
    }
    Database database = Database.of(request);
    Entry present = LiveHash.write(request, 2, 2);
    Entry hash = HashValue.open(database, present, request, 2);
    int added = 0;
    for (int i = 2; i < count; i += 2) {
      Slices.step(request);
      if (set(hash, request, i)) {
        added++;
      }
    }
    database.changed(request, 1, KeyspaceNotifications.HASH, "hset");
    return added;
  }

  private static boolean set(Entry hash, Request request, int field) {
    return HashValue.set(
        hash,
        request.bytes(),
        request.offset(field),
        request.length(field),
        request.bytes(),
        request.offset(field + 1),
        request.length(field + 1));
  }

  private static void hsetnx(Request request, Reply reply) {
    Database database = Database.of(request);
    Entry present = LiveHash.write(request, 2, 2);
    if (present != null
        && HashValue.contains(present, request.bytes(), request.offset(2), request.length(2))) {
      reply.integer(0);
      return;
    }
    set(HashValue.open(database, present, request, 2), request, 2);
    database.changed(request, 1, KeyspaceNotifications.HASH, "hset");
    reply.integer(1);
  }

  private static void hdel(Request request, Reply reply) {
    Database database = Database.of(request);
    Entry hash = LiveHash.write(request, 2, 1);
    if (hash == null) {
      reply.integer(0);
      return;
    }
    int deleted = 0;
    boolean emptied = false;
    for (int i = 2; i < request.count() && !emptied; i++) {
      Slices.step(request);
      if (HashValue.delete(hash, request.bytes(), request.offset(i), request.length(i))) {
        deleted++;
        emptied = HashValue.size(hash) == 0;
      }
    }
    if (emptied) {
      database.remove(hash);
    }
    if (deleted > 0) {
      database.changed(request, 1, KeyspaceNotifications.HASH, "hdel");
    }
    if (emptied) {
      database.alsoChanged(request, 1, KeyspaceNotifications.GENERIC, "del");
    }
    reply.integer(deleted);
  }
}
