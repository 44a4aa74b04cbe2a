package io.keyward.engine.builtin.hash;

import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandGroup.HASH;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;

/** HGET, HMGET, HEXISTS, HSTRLEN, HLEN. */
final class FieldReads {
  private FieldReads() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("hget", HASH)
            .since("2.0.0")
            .summary("Returns the value of a field of a hash.")
            .complexity("O(1)")
            .syntax("key field")
            .arity(3)
            .flags(READONLY, FAST)
            .key(1, RO, ACCESS)
            .handler(FieldReads::hget));
    table.add(
        Command.named("hmget", HASH)
            .since("2.0.0")
            .summary("Returns the values of several fields of a hash.")
            .complexity("O(N) where N is the number of fields given")
            .syntax("key field [field ...]")
            .arity(-3)
            .flags(READONLY, FAST)
            .key(1, RO, ACCESS)
            .handler(FieldReads::hmget));
    table.add(
        Command.named("hexists", HASH)
            .since("2.0.0")
            .summary("Tells whether a hash has a field.")
            .complexity("O(1)")
            .syntax("key field")
            .arity(3)
            .flags(READONLY, FAST)
            .key(1, RO)
            .handler(FieldReads::hexists));
    table.add(
        Command.named("hstrlen", HASH)
            .since("3.2.0")
            .summary("Returns the length of the value of a field of a hash.")
            .complexity("O(1)")
            .syntax("key field")
            .arity(3)
            .flags(READONLY, FAST)
            .key(1, RO)
            .handler(FieldReads::hstrlen));
    table.add(
        Command.named("hlen", HASH)
            .since("2.0.0")
            .summary("Returns the number of fields of a hash.")
            .complexity("O(1)")
            .syntax("key")
            .arity(2)
            .flags(READONLY, FAST)
            .key(1, RO)
            .handler(FieldReads::hlen));
  }

  private static void hget(Request request, Reply reply) {
    Entry hash = LiveHash.read(request, 2);
    if (hash == null) {
      reply.nothing();
    } else {
      HashValue.send(hash, request.bytes(), request.offset(2), request.length(2), reply);
    }
  }

  private static void hmget(Request request, Reply reply) {
    Entry hash = LiveHash.read(request, 2);
    reply.array(request.count() - 2L);
    for (int i = 2; i < request.count(); i++) {
      Slices.step(request);
      if (hash == null) {
        reply.nothing();
      } else {
        HashValue.send(hash, request.bytes(), request.offset(i), request.length(i), reply);
      }
    }
  }

  private static void hexists(Request request, Reply reply) {
    Entry hash = LiveHash.read(request, 2);
    reply.integer(
        hash != null
            && HashValue.contains(hash, request.bytes(), request.offset(2), request.length(2)));
  }

  private static void hstrlen(Request request, Reply reply) {
    Entry hash = LiveHash.read(request, 2);
    reply.integer(
        hash == null
            ? 0
            : HashValue.valueLength(hash, request.bytes(), request.offset(2), request.length(2)));
  }

  private static void hlen(Request request, Reply reply) {
    Entry hash = Database.of(request).read(request, 1, Type.HASH);
    reply.integer(hash == null ? 0 : HashValue.size(hash));
  }
}
