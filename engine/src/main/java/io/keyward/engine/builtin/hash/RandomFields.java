package io.keyward.engine.builtin.hash;

import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandGroup.HASH;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;

import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.ElementTable;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.RandomSubset;
import io.keyward.engine.builtin.Selection;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.hash.WholeHash.Part;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackReply;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import java.util.random.RandomGenerator;

/** HRANDFIELD. */
final class RandomFields {
  private RandomFields() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("hrandfield", HASH)
            .since("6.2.0")
            .summary("Returns random fields of a hash.")
            .complexity("O(N) where N is the number of fields returned")
            .syntax("key [count [WITHVALUES]]")
            .arity(-2)
            .flags(READONLY)
            .key(1, RO, ACCESS)
            .tips("nondeterministic_output")
            .handler(RandomFields::hrandfield));
  }

  private static void hrandfield(Request request, Reply reply) {
    if (request.count() == 2) {
      Entry hash = LiveHash.readWhole(request);
      if (hash == null) {
        reply.nothing();
      } else {
        sendOne(hash, reply);
      }
      return;
    }
    long count = request.integer(2);
    if (count == Long.MIN_VALUE) {
      throw Errors.notBetween(-Long.MAX_VALUE, Long.MAX_VALUE);
    }
    if (request.count() > 4 || (request.count() == 4 && !request.is(3, "WITHVALUES"))) {
      throw Errors.SYNTAX;
    }
    boolean withValues = request.count() == 4;
    if (withValues && Math.abs(count) > Long.MAX_VALUE / 2) {
      throw Errors.OUT_OF_RANGE;
    }
    Entry hash = LiveHash.readWhole(request);
    if (hash == null || count == 0) {
      reply.array(0);
      return;
    }
    Slices.expect(
        request,
        count < 0 ? -count : RandomSubset.WALK_SHARE * Math.min(count, HashValue.size(hash)));
    Part part = !withValues ? Part.NAME : reply.resp3() ? Part.PAIR : Part.BOTH;
    if (count < 0 || count == 1) {
      header(reply, Math.abs(count), part);
      sendRepeatable(hash, Math.abs(count), request, reply, part);
    } else {
      sendDistinct(hash, count, reply, part);
    }
  }

  private static void header(Reply reply, long fields, Part part) {
    reply.array(part == Part.BOTH ? fields * 2 : fields);
  }

  private static RandomGenerator random(Entry hash) {
    return hash.database().keyspace().home().random();
  }

  private static void sendOne(Entry hash, Reply reply) {
    if (HashValue.packed(hash)) {
      int index = random(hash).nextInt(HashValue.size(hash));
      byte[] bytes = hash.bytes();
      ListpackReply.send(bytes, HashValue.seekField(hash, index), reply);
    } else {
      ElementTable table = HashValue.table(hash);
      HashValue.sendName(table, table.random(random(hash)), reply);
    }
  }

  /** Draws with replacement: a field may come several times. */
  private static void sendRepeatable(
      Entry hash, long count, Request request, Reply reply, Part part) {
    RandomGenerator random = random(hash);
    Slices slices = hash.database().keyspace().slices();
    if (!HashValue.packed(hash)) {
      ElementTable table = HashValue.table(hash);
      for (long i = 0; i < count && !request.client().closing(); i++) {
        slices.step();
        WholeHash.send(table, table.random(random), reply, part);
      }
      return;
    }
    byte[] bytes = hash.bytes();
    int[] fields = positions(hash);
    for (long i = 0; i < count && !request.client().closing(); i++) {
      slices.step();
      int field = fields[random.nextInt(fields.length)];
      WholeHash.sendPacked(bytes, field, Listpack.next(bytes, field), reply, part);
    }
  }

  private static int[] positions(Entry hash) {
    byte[] bytes = hash.bytes();
    int[] fields = new int[HashValue.size(hash)];
    int at = HashValue.firstField(hash);
    for (int i = 0; i < fields.length; i++) {
      fields[i] = at;
      at = HashValue.nextField(hash, Listpack.next(bytes, at));
    }
    return fields;
  }

  /** Draws without replacement: every choice of so many fields has the same chance. */
  private static void sendDistinct(Entry hash, long count, Reply reply, Part part) {
    int size = HashValue.size(hash);
    header(reply, Math.min(count, size), part);
    if (count >= size) {
      WholeHash.sendAll(hash, reply, part);
    } else if (HashValue.packed(hash)) {
      byte[] bytes = hash.bytes();
      Selection selection = new Selection(random(hash), size, (int) count);
      int field = HashValue.firstField(hash);
      while (selection.wanted() > 0) {
        int value = Listpack.next(bytes, field);
        if (selection.next()) {
          WholeHash.sendPacked(bytes, field, value, reply, part);
        }
        field = HashValue.nextField(hash, value);
      }
    } else {
      ElementTable table = HashValue.table(hash);
      Slices slices = hash.database().keyspace().slices();
      RandomSubset.visit(
          table,
          (int) count,
          random(hash),
          field -> {
            slices.step();
            WholeHash.send(table, field, reply, part);
          });
    }
  }
}
