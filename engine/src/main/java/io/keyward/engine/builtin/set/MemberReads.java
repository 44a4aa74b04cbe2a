package io.keyward.engine.builtin.set;

import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandGroup.SET;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.ElementScan;
import io.keyward.engine.builtin.ElementTable;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.ScanOptions;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;

/** SISMEMBER, SMISMEMBER, SCARD, SMEMBERS, SSCAN. */
final class MemberReads {
  private MemberReads() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("sismember", SET)
            .since("1.0.0")
            .summary("Tells whether a set has a member.")
            .complexity("O(1)")
            .syntax("key member")
            .arity(3)
            .flags(READONLY, FAST)
            .key(1, RO)
            .handler(MemberReads::sismember));
    table.add(
        Command.named("smismember", SET)
            .since("6.2.0")
            .summary("Tells for each of several members whether a set has it.")
            .complexity("O(N) where N is the number of members given")
            .syntax("key member [member ...]")
            .arity(-3)
            .flags(READONLY, FAST)
            .key(1, RO, ACCESS)
            .handler(MemberReads::smismember));
    table.add(
        Command.named("scard", SET)
            .since("1.0.0")
            .summary("Returns the number of members of a set.")
            .complexity("O(1)")
            .syntax("key")
            .arity(2)
            .flags(READONLY, FAST)
            .key(1, RO)
            .handler(MemberReads::scard));
    table.add(
        Command.named("smembers", SET)
            .since("1.0.0")
            .summary("Returns all members of a set.")
            .complexity("O(N) where N is the number of members")
            .syntax("key")
            .arity(2)
            .flags(READONLY)
            .key(1, RO, ACCESS)
            .tips("nondeterministic_output_order")
            .handler(MemberReads::smembers));
    table.add(
        Command.named("sscan", SET)
            .since("2.8.0")
            .summary("Returns some members of a set, and a cursor to go on with.")
            .complexity("O(1) for a call, O(N) for a set of N members from start to end")
            .syntax("key cursor [MATCH pattern] [COUNT count]")
            .arity(-3)
            .flags(READONLY)
            .key(1, RO, ACCESS)
            .tips("nondeterministic_output")
            .handler(MemberReads::sscan));
  }

  private static boolean contains(Entry set, Request request, int argument) {
    return SetValue.contains(
        set, request.bytes(), request.offset(argument), request.length(argument));
  }

  private static void sismember(Request request, Reply reply) {
    Entry set = Database.of(request).read(request, 1, Type.SET);
    reply.integer(set != null && contains(set, request, 2));
  }

  private static void smismember(Request request, Reply reply) {
    Entry set = Database.of(request).read(request, 1, Type.SET);
    reply.array(request.count() - 2L);
    for (int i = 2; i < request.count(); i++) {
      Slices.step(request);
      reply.integer(set != null && contains(set, request, i));
    }
  }

  private static void scard(Request request, Reply reply) {
    Entry set = Database.of(request).read(request, 1, Type.SET);
    reply.integer(set == null ? 0 : SetValue.size(set));
  }

  private static void smembers(Request request, Reply reply) {
    Entry set = Database.of(request).read(request, 1, Type.SET);
    Slices.expect(request, set == null ? 0 : SetValue.size(set));
    reply.set(set == null ? 0 : SetValue.size(set));
    if (set != null) {
      SetValue.sendAll(set, reply);
    }
  }

  private static void sscan(Request request, Reply reply) {
    long cursor = ScanOptions.cursor(request, 2);
    Entry set = Database.of(request).read(request, 1, Type.SET);
    if (set == null) {
      reply.array(2);
      reply.bulk("0");
      reply.array(0);
      return;
    }
    ScanOptions options = ScanOptions.of(request, 3, false);
    Slices.expect(request, Math.min(options.count(), SetValue.size(set)));
    reply.array(2);
    if (set.encoding() == Encoding.HASHTABLE) {
      ElementTable table = SetValue.table(set);
      Slices slices = set.database().keyspace().slices();
      ElementScan scan = ElementScan.of(table, cursor, options, slices);
      reply.bulk(Long.toUnsignedString(scan.cursor()));
      reply.array(scan.size());
      for (int i = 0; i < scan.size(); i++) {
        slices.step();
        SetValue.send(table, scan.get(i), reply);
      }
    } else {
      reply.bulk("0");
      sendMatching(set, options, reply);
    }
  }

  private static void sendMatching(Entry set, ScanOptions options, Reply reply) {
    int header = reply.beginArray();
    int[] sent = new int[1];
    SetValue.visit(
        set,
        (bytes, offset, length) -> {
          if (options.matches(bytes, offset, length)) {
            reply.bulk(bytes, offset, length);
            sent[0]++;
          }
          return true;
        });
    reply.endArray(header, sent[0]);
  }
}
