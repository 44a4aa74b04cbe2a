package io.keyward.engine.builtin.string;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.STRING;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Effects;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.text.LongDouble;
import io.keyward.engine.text.Numbers;

/** INCR and its relatives: strings that are numbers. */
final class CounterCommands {
  private static final CommandException DECREMENT_OVERFLOW =
      CommandException.error("decrement would overflow");

  private CounterCommands() {}

  static void declare(CommandTable table) {
    table.add(
        counter("incr", "Adds one to the integer value of a key, which begins at 0.")
            .syntax("key")
            .arity(2)
            .handler((request, reply) -> add(request, reply, 1)));
    table.add(
        counter("decr", "Takes one from the integer value of a key, which begins at 0.")
            .syntax("key")
            .arity(2)
            .handler((request, reply) -> add(request, reply, -1)));
    table.add(
        counter("incrby", "Adds a number to the integer value of a key, which begins at 0.")
            .syntax("key increment")
            .arity(3)
            .handler((request, reply) -> add(request, reply, request.integer(2))));
    table.add(
        counter("decrby", "Takes a number from the integer value of a key, which begins at 0.")
            .syntax("key decrement")
            .arity(3)
            .handler(CounterCommands::subtract));
    table.add(
        counter("incrbyfloat", "Adds a number to the floating-point value of a key.")
            .since("2.6.0")
            .syntax("key increment:double")
            .arity(3)
            .handler(CounterCommands::addFloat));
  }

  private static CommandBuilder counter(String name, String summary) {
    return Command.named(name, STRING)
        .summary(summary)
        .complexity("O(1)")
        .flags(WRITE, DENYOOM, FAST)
        .key(1, RW, ACCESS, UPDATE);
  }

  private static void subtract(Request request, Reply reply) {
    long decrement = request.integer(2);
    if (decrement == Long.MIN_VALUE) {
      throw DECREMENT_OVERFLOW;
    }
    add(request, reply, -decrement);
  }

  private static void add(Request request, Reply reply, long increment) {
    Database database = Database.of(request);
    Entry entry = database.write(request, 1, Type.STRING);
    long before = 0;
    if (entry == null) {
      entry = database.placement().create(request, 1, Type.STRING, Encoding.INT, Long.BYTES);
    } else {
      before = integer(entry);
      if (increment > 0
          ? before > Long.MAX_VALUE - increment
          : before < Long.MIN_VALUE - increment) {
        throw Errors.OVERFLOW;
      }
      if (entry.encoding() != Encoding.INT) {
        entry.reserve(Long.BYTES);
        entry.encoding(Encoding.INT);
        entry.shrink(Long.BYTES);
      }
    }
    entry.integer(before + increment);
    database.changed(request, 1, KeyspaceNotifications.STRING, "incrby");
    reply.integer(before + increment);
  }

  private static long integer(Entry entry) {
    if (entry.encoding() == Encoding.INT) {
      return entry.integer();
    }
    if (entry.encoding() == Encoding.PIECES
        || !Numbers.isInteger(entry.bytes(), entry.stringOffset(), entry.stringLength())) {
      throw Errors.NOT_AN_INTEGER;
    }
    return Numbers.parseInteger(entry.bytes(), entry.stringOffset(), entry.stringLength());
  }

  private static void addFloat(Request request, Reply reply) {
    Database database = Database.of(request);
    Entry entry = database.write(request, 1, Type.STRING);
    LongDouble before = LongDouble.of(0);
    if (entry != null) {
      if (entry.encoding() == Encoding.PIECES) {
        throw Errors.NOT_A_FLOAT;
      }
      before =
          entry.encoding() == Encoding.INT
              ? LongDouble.of(entry.integer())
              : number(entry.bytes(), entry.stringOffset(), entry.stringLength());
    }
    LongDouble increment = number(request.bytes(), request.offset(2), request.length(2));
    LongDouble sum = before.add(increment);
    if (!sum.isFinite()) {
      throw Errors.NAN_OR_INFINITY;
    }
    byte[] text = sum.text();
    StringValue.setText(database, entry, request, 1, text, entry == null ? -1 : entry.expiry());
    database.changed(request, 1, KeyspaceNotifications.STRING, "incrbyfloat");
    Effects effects = database.keyspace().effects();
    if (effects.wanted()) {
      effects.begin(request, "SET", 4).key(request, 1).argument(text).argument("KEEPTTL").end();
    }
    reply.bulk(text);
  }

  private static LongDouble number(byte[] bytes, int offset, int length) {
    LongDouble number = LongDouble.parse(bytes, offset, length);
    if (number == null) {
      throw Errors.NOT_A_FLOAT;
    }
    return number;
  }
}
