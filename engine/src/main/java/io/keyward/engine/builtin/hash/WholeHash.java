package io.keyward.engine.builtin.hash;

import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandGroup.HASH;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.ElementScan;
import io.keyward.engine.builtin.ElementTable;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.FieldExpiry;
import io.keyward.engine.builtin.ScanOptions;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackReply;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.text.Numbers;

/** HGETALL, HKEYS, HVALS, HSCAN. */
final class WholeHash {
  /** What is sent of each field. */
  enum Part {
    NAME,
    VALUE,
    /** Name and value, one after the other. */
    BOTH,
    /** Name and value as an array of two. */
    PAIR
  }

  private WholeHash() {}

  static void declare(CommandTable table) {
    table.add(whole("hgetall", "Returns all fields of a hash with their values."));
    table.add(whole("hkeys", "Returns the names of all fields of a hash."));
    table.add(whole("hvals", "Returns the values of all fields of a hash."));
    table.add(
        Command.named("hscan", HASH)
            .since("2.8.0")
            .summary("Returns some fields of a hash with their values, and a cursor to go on with.")
            .complexity("O(1) for a call, O(N) for a hash of N fields from start to end")
            .syntax("key cursor [MATCH pattern] [COUNT count]")
            .arity(-3)
            .flags(READONLY)
            .key(1, RO, ACCESS)
            .tips("nondeterministic_output")
            .handler(WholeHash::hscan));
  }

  private static CommandBuilder whole(String name, String summary) {
    return Command.named(name, HASH)
        .since("2.0.0")
        .summary(summary)
        .complexity("O(N) where N is the number of fields")
        .syntax("key")
        .arity(2)
        .flags(READONLY)
        .key(1, RO, ACCESS)
        .tips("nondeterministic_output_order")
        .handler(
            switch (name) {
              case "hkeys" -> (request, reply) -> list(request, reply, Part.NAME);
              case "hvals" -> (request, reply) -> list(request, reply, Part.VALUE);
              default -> WholeHash::hgetall;
            });
  }

  private static void hgetall(Request request, Reply reply) {
    Entry hash = LiveHash.readWhole(request);
    Slices.expect(request, hash == null ? 0 : HashValue.size(hash));
    reply.map(hash == null ? 0 : HashValue.size(hash));
    if (hash != null) {
      sendAll(hash, reply, Part.BOTH);
    }
  }

  private static void list(Request request, Reply reply, Part part) {
    Entry hash = LiveHash.readWhole(request);
    Slices.expect(request, hash == null ? 0 : HashValue.size(hash));
    reply.array(hash == null ? 0 : HashValue.size(hash));
    if (hash != null) {
      sendAll(hash, reply, part);
    }
  }

  /** Sends every field, without the header of the aggregate. */
  static void sendAll(Entry hash, Reply reply, Part part) {
    if (HashValue.packed(hash)) {
      byte[] bytes = hash.bytes();
      int field = HashValue.firstField(hash);
      while (field >= 0) {
        int value = Listpack.next(bytes, field);
        sendPacked(bytes, field, value, reply, part);
        field = HashValue.nextField(hash, value);
      }
    } else {
      ElementTable table = HashValue.table(hash);
      Slices slices = hash.database().keyspace().slices();
      table.forEach(
          field -> {
            slices.step();
            send(table, field, reply, part);
          });
    }
  }

  /** Sends a field of a packed hash, given its position and that of its value. */
  static void sendPacked(byte[] bytes, int field, int value, Reply reply, Part part) {
    if (part == Part.PAIR) {
      reply.array(2);
    }
    if (part != Part.VALUE) {
      ListpackReply.send(bytes, field, reply);
    }
    if (part != Part.NAME) {
      ListpackReply.send(bytes, value, reply);
    }
  }

  /** Sends a field of a big hash. */
  static void send(ElementTable table, int field, Reply reply, Part part) {
    if (part == Part.PAIR) {
      reply.array(2);
    }
    if (part != Part.VALUE) {
      HashValue.sendName(table, field, reply);
    }
    if (part != Part.NAME) {
      HashValue.sendValue(table, field, reply);
    }
  }

  private static void hscan(Request request, Reply reply) {
    long cursor = ScanOptions.cursor(request, 2);
    // No argument from 3 on is a field of a big hash: those that are due are passed over below.
    Entry hash = LiveHash.read(request, request.count());
    if (hash == null) {
      reply.array(2);
      reply.bulk("0");
      reply.array(0);
      return;
    }
    ScanOptions options = ScanOptions.of(request, 3, false);
    if (HashValue.packed(hash)) {
      scanPacked(hash, options, reply);
    } else {
      Slices.expect(request, Math.min(options.count(), HashValue.size(hash)));
      scanTable(hash, cursor, options, request.now(), reply);
    }
  }

  private static void scanPacked(Entry hash, ScanOptions options, Reply reply) {
    reply.array(2);
    reply.bulk("0");
    int header = reply.beginArray();
    byte[] bytes = hash.bytes();
    byte[] digits = new byte[Numbers.MAX_INTEGER_LENGTH];
    int sent = 0;
    int field = HashValue.firstField(hash);
    while (field >= 0) {
      int value = Listpack.next(bytes, field);
      if (matches(options, bytes, field, digits)) {
        sendPacked(bytes, field, value, reply, Part.BOTH);
        sent += 2;
      }
      field = HashValue.nextField(hash, value);
    }
    reply.endArray(header, sent);
  }

  private static boolean matches(ScanOptions options, byte[] bytes, int position, byte[] digits) {
    if (Listpack.isIntegerAt(bytes, position)) {
      int length = Numbers.formatInteger(Listpack.integerAt(bytes, position), digits, 0);
      return options.matches(digits, 0, length);
    }
    return options.matches(
        bytes, Listpack.stringOffsetAt(bytes, position), Listpack.stringLengthAt(bytes, position));
  }

  private static void scanTable(
      Entry hash, long cursor, ScanOptions options, long now, Reply reply) {
    ElementTable table = HashValue.table(hash);
    Slices slices = hash.database().keyspace().slices();
    ElementScan scanned = ElementScan.of(table, cursor, options, slices);
    reply.array(2);
    reply.bulk(Long.toUnsignedString(scanned.cursor()));
    int header = reply.beginArray();
    long sent = 0;
    for (int i = 0; i < scanned.size(); i++) {
      slices.step();
      long time = table.expiry(scanned.get(i));
      if (time == FieldExpiry.NEVER || time > now) {
        send(table, scanned.get(i), reply, Part.BOTH);
        sent += 2;
      }
    }
    reply.endArray(header, sent);
  }
}
