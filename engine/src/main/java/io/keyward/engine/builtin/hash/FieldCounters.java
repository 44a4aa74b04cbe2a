package io.keyward.engine.builtin.hash;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.HASH;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Effects;
import io.keyward.engine.builtin.ElementTable;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.FieldExpiry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.text.LongDouble;
import io.keyward.engine.text.Numbers;
import org.jspecify.annotations.Nullable;

/** HINCRBY and HINCRBYFLOAT. */
final class FieldCounters {
  private static final CommandException VALUE_NOT_AN_INTEGER =
      CommandException.error("hash value is not an integer");
  private static final CommandException VALUE_NOT_A_FLOAT =
      CommandException.error("hash value is not a float");
  private static final CommandException INCREMENT_NOT_FINITE =
      CommandException.error("value is NaN or Infinity");

  private FieldCounters() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("hincrby", HASH)
            .since("2.0.0")
            .summary("Adds to the integer in a field of a hash; a field not there counts as 0.")
            .complexity("O(1)")
            .syntax("key field increment")
            .arity(4)
            .flags(WRITE, DENYOOM, FAST)
            .key(1, RW, ACCESS, UPDATE)
            .handler(FieldCounters::hincrby));
    table.add(
        Command.named("hincrbyfloat", HASH)
            .since("2.6.0")
            .summary("Adds to the number in a field of a hash; a field not there counts as 0.")
            .complexity("O(1)")
            .syntax("key field increment:double")
            .arity(4)
            .flags(WRITE, DENYOOM, FAST)
            .key(1, RW, ACCESS, UPDATE)
            .handler(FieldCounters::hincrbyfloat));
  }

  private static void hincrby(Request request, Reply reply) {
    long increment = request.integer(3);
    Database database = Database.of(request);
    Entry present = LiveHash.write(request, 2, 2);
    long before = present == null ? 0 : integer(present, request);
    long after = before + increment;
    if (((before ^ after) & (increment ^ after)) < 0) {
      throw Errors.OVERFLOW;
    }
    byte[] digits = new byte[Numbers.MAX_INTEGER_LENGTH];
    int length = Numbers.formatInteger(after, digits, 0);
    put(database, present, request, digits, length);
    database.changed(request, 1, KeyspaceNotifications.HASH, "hincrby");
    reply.integer(after);
  }

  private static void put(
      Database database, @Nullable Entry present, Request request, byte[] text, int length) {
    Entry hash = present;
    if (hash == null) {
      hash = HashValue.open(database, null, request, 2);
    }
    HashValue.setKeepingTime(
        hash, request.bytes(), request.offset(2), request.length(2), text, 0, length);
  }

  /** The integer in the field, 0 if the field is not there. */
  private static long integer(Entry hash, Request request) {
    if (HashValue.packed(hash)) {
      int value = packedValue(hash, request);
      if (value < 0) {
        return 0;
      }
      // A listpack keeps every text that is an integer as an integer.
      if (!Listpack.isIntegerAt(hash.bytes(), value)) {
        throw VALUE_NOT_AN_INTEGER;
      }
      return Listpack.integerAt(hash.bytes(), value);
    }
    ElementTable table = HashValue.table(hash);
    int field = table.find(request.bytes(), request.offset(2), request.length(2));
    if (field == ElementTable.ABSENT) {
      return 0;
    }
    byte[] bytes = table.bytes(field);
    int offset = table.valueOffset(field);
    int length = table.valueLength(field);
    if (!Numbers.isInteger(bytes, offset, length)) {
      throw VALUE_NOT_AN_INTEGER;
    }
    return Numbers.parseInteger(bytes, offset, length);
  }

  private static int packedValue(Entry hash, Request request) {
    return HashValue.findPackedValue(hash, request.bytes(), request.offset(2), request.length(2));
  }

  private static void hincrbyfloat(Request request, Reply reply) {
    LongDouble increment = LongDouble.parse(request.bytes(), request.offset(3), request.length(3));
    if (increment == null) {
      throw Errors.NOT_A_FLOAT;
    }
    if (!increment.isFinite()) {
      throw INCREMENT_NOT_FINITE;
    }
    Database database = Database.of(request);
    Entry present = LiveHash.write(request, 2, 2);
    LongDouble before = present == null ? LongDouble.of(0) : number(present, request);
    LongDouble after = before.add(increment);
    if (!after.isFinite()) {
      throw Errors.NAN_OR_INFINITY;
    }
    byte[] text = after.text();
    put(database, present, request, text, text.length);
    database.changed(request, 1, KeyspaceNotifications.HASH, "hincrbyfloat");
    writeEffects(request, text);
    reply.bulk(text);
  }

  /** The sum is written, since others may add in another way; setting it forgets the time. */
  private static void writeEffects(Request request, byte[] sum) {
    Database database = Database.of(request);
    Effects effects = database.keyspace().effects();
    if (!effects.wanted()) {
      return;
    }
    effects.begin(request, "HSET", 4).key(request, 1).argument(request, 2).argument(sum).end();
    Entry hash = database.peek(request, 1, database.scratchView());
    long expiry =
        hash == null
            ? FieldExpiry.NEVER
            : HashValue.expiry(hash, request.bytes(), request.offset(2), request.length(2));
    if (expiry != FieldExpiry.NEVER) {
      effects.begin(request, "HPEXPIREAT", 6).key(request, 1).number(expiry);
      effects.argument("FIELDS").number(1).argument(request, 2).end();
    }
  }

  private static LongDouble number(Entry hash, Request request) {
    LongDouble number;
    if (HashValue.packed(hash)) {
      int value = packedValue(hash, request);
      if (value < 0) {
        return LongDouble.of(0);
      }
      byte[] text = Listpack.entryText(hash.bytes(), value);
      number = LongDouble.parse(text, 0, text.length);
    } else {
      ElementTable table = HashValue.table(hash);
      int field = table.find(request.bytes(), request.offset(2), request.length(2));
      if (field == ElementTable.ABSENT) {
        return LongDouble.of(0);
      }
      number =
          LongDouble.parse(table.bytes(field), table.valueOffset(field), table.valueLength(field));
    }
    if (number == null) {
      throw VALUE_NOT_A_FLOAT;
    }
    return number;
  }
}
