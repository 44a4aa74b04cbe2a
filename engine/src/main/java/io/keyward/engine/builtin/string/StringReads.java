package io.keyward.engine.builtin.string;

import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.STRING;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.DELETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Effects;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import org.jspecify.annotations.Nullable;

/** GET and its relatives: what reads strings, and what reads them last. */
final class StringReads {
  private StringReads() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("get", STRING)
            .summary("Returns the string value of a key.")
            .complexity("O(1)")
            .syntax("key")
            .arity(2)
            .flags(READONLY, FAST)
            .key(1, RO, ACCESS)
            .handler(StringReads::get));
    table.add(
        Command.named("mget", STRING)
            .summary("Returns the string values of several keys.")
            .complexity("O(N) with N keys")
            .syntax("key [key ...]")
            .arity(-2)
            .flags(READONLY, FAST)
            .keys(1, -1, 1, RO, ACCESS)
            .tips("request_policy:multi_shard")
            .handler(StringReads::multiGet));
    table.add(
        Command.named("strlen", STRING)
            .since("2.2.0")
            .summary("Returns the length of a string value.")
            .complexity("O(1)")
            .syntax("key")
            .arity(2)
            .flags(READONLY, FAST)
            .key(1, RO)
            .handler(StringReads::length));
    table.add(
        Command.named("getex", STRING)
            .since("6.2.0")
            .summary("Returns the string value of a key and sets when it expires.")
            .complexity("O(1)")
            .syntax(
                "key [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT"
                    + " unix-time-milliseconds | PERSIST]")
            .arity(-2)
            .flags(WRITE, FAST)
            .key(1, RW, ACCESS, UPDATE)
            .handler(StringReads::getAndExpire));
    table.add(
        Command.named("getdel", STRING)
            .since("6.2.0")
            .summary("Returns the string value of a key and deletes the key.")
            .complexity("O(1)")
            .syntax("key")
            .arity(2)
            .flags(WRITE, FAST)
            .key(1, RW, ACCESS, DELETE)
            .handler(StringReads::getAndDelete));
  }

  private static void get(Request request, Reply reply) {
    send(Database.of(request).read(request, 1, Type.STRING), reply);
  }

  /** Replies with a string, or with nothing if there is no key. */
  static void send(@Nullable Entry entry, Reply reply) {
    if (entry == null) {
      reply.nothing();
    } else {
      StringValue.send(entry, reply);
    }
  }

  private static void multiGet(Request request, Reply reply) {
    Database database = Database.of(request);
    reply.array(request.count() - 1L);
    for (int key = 1; key < request.count(); key++) {
      Slices.step(request);
      database.fetchAhead(request, key, 1, 1);
      Entry entry = database.read(request, key);
      send(entry == null || entry.type() != Type.STRING ? null : entry, reply);
    }
  }

  private static void length(Request request, Reply reply) {
    Entry entry = Database.of(request).read(request, 1, Type.STRING);
    reply.integer(entry == null ? 0 : StringValue.length(entry));
  }

  private static void getAndExpire(Request request, Reply reply) {
    SetOptions options = SetOptions.ofGetEx(request);
    Database database = Database.of(request);
    Entry entry = database.read(request, 1, Type.STRING);
    if (entry == null) {
      reply.nothing();
      return;
    }
    long expiry = options.expiry(request);
    StringValue.send(entry, reply);
    Effects effects = database.keyspace().effects();
    if (options.persist()) {
      if (entry.expiry() >= 0) {
        database.placement().expireAt(entry, -1);
        database.changed(request, 1, KeyspaceNotifications.GENERIC, "persist");
        effects.under(request, "PERSIST", 2, 1);
      }
    } else if (expiry >= 0) {
      if (expiry <= request.now()) {
        database.remove(entry);
        database.changed(request, 1, KeyspaceNotifications.GENERIC, "del");
        effects.deleted(request, 1);
      } else {
        database.placement().expireAt(entry, expiry);
        database.changed(request, 1, KeyspaceNotifications.GENERIC, "expire");
        effects.expires(request, 1, expiry);
      }
    }
  }

  private static void getAndDelete(Request request, Reply reply) {
    Database database = Database.of(request);
    Entry entry = database.read(request, 1, Type.STRING);
    send(entry, reply);
    if (entry != null) {
      database.remove(entry);
      database.changed(request, 1, KeyspaceNotifications.GENERIC, "del");
      database.keyspace().effects().deleted(request, 1);
    }
  }
}
