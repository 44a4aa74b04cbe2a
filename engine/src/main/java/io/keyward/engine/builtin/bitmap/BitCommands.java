package io.keyward.engine.builtin.bitmap;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.BITMAP;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.config.directive.Directive;
import io.keyward.config.tenant.Limit;
import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Limits;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.string.LongString;
import io.keyward.engine.builtin.string.StringValue;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.text.Numbers;

/** SETBIT and GETBIT. */
final class BitCommands {
  /** No string is longer, whatever proto-max-bulk-len says. */
  private static final long MOST_BYTES = Integer.MAX_VALUE - 128L;

  private static final CommandException BAD_OFFSET =
      CommandException.error("bit offset is not an integer or out of range");
  private static final CommandException BAD_BIT =
      CommandException.error("bit is not an integer or out of range");

  private BitCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("setbit", BITMAP)
            .since("2.2.0")
            .summary("Sets one bit of a string value, which grows if need be, and returns the old.")
            .complexity("O(1)")
            .syntax("key offset value:integer")
            .arity(4)
            .flags(WRITE, DENYOOM)
            .key(1, RW, ACCESS, UPDATE)
            .handler(BitCommands::set));
    table.add(
        Command.named("getbit", BITMAP)
            .since("2.2.0")
            .summary("Returns one bit of a string value; what it does not hold is 0.")
            .complexity("O(1)")
            .syntax("key offset")
            .arity(3)
            .flags(READONLY, FAST)
            .key(1, RO, ACCESS)
            .handler(BitCommands::get));
  }

  /** The bit that an argument names: an offset that a string may have. */
  static long offset(Request request, int argument) {
    return checked(request, request.integer(argument, BAD_OFFSET));
  }

  /** The bit that an argument names, where {@code #n} is the n-th integer of this width. */
  static long offset(Request request, int argument, int width) {
    int at = request.offset(argument);
    if (request.length(argument) == 0 || request.bytes()[at] != '#') {
      return offset(request, argument);
    }
    int length = request.length(argument) - 1;
    if (!Numbers.isInteger(request.bytes(), at + 1, length)) {
      throw BAD_OFFSET;
    }
    long index = Numbers.parseInteger(request.bytes(), at + 1, length);
    if (index > Long.MAX_VALUE / Long.SIZE) {
      throw BAD_OFFSET;
    }
    return checked(request, index * width);
  }

  private static long checked(Request request, long bit) {
    long most =
        Database.of(request).keyspace().home().settings().number(Directive.PROTO_MAX_BULK_LEN);
    if (bit < 0 || bit >>> 3 >= Math.min(most, MOST_BYTES)) {
      throw BAD_OFFSET;
    }
    return bit;
  }

  /** Refuses to make a value so many bytes long if that is beyond the deployment's limit. */
  static void checkLength(Database database, long bytes) {
    Limits limits = database.keyspace().limits();
    if (limits != null && bytes > limits.most(Limit.MAX_VALUE)) {
      throw limits.refusal(Limit.MAX_VALUE);
    }
  }

  private static void set(Request request, Reply reply) {
    long bit = offset(request, 2);
    long value = request.integer(3, 0, 1, BAD_BIT);
    Database database = Database.of(request);
    checkLength(database, (bit >>> 3) + 1);
    int at = (int) (bit >>> 3);
    Entry entry = database.write(request, 1, Type.STRING);
    boolean grown = entry == null || StringValue.length(entry) <= at;
    int shift = 7 - (int) (bit & 7);
    LongString big = LongString.ofLength(database, entry, request, 1, at + 1);
    int before = big == null ? 0 : flip(big, at, shift, (int) value);
    if (big == null) {
      int offset;
      if (entry == null) {
        offset = StringValue.createZeros(database, request, 1, at + 1);
        entry = database.view();
      } else {
        offset = StringValue.extend(entry, at + 1);
      }
      byte[] bytes = entry.bytes();
      before = bytes[offset + at] >>> shift & 1;
      bytes[offset + at] ^= (byte) ((before ^ (int) value) << shift);
    }
    if (grown || before != value) {
      database.changed(request, 1, KeyspaceNotifications.STRING, "setbit");
    }
    reply.integer(before);
  }

  /** Sets a bit of a long string, which grows if need be, and returns the old one. */
  private static int flip(LongString string, int at, int shift, int value) {
    string.extend(at + 1);
    byte former = string.bytes().get(at);
    int before = former >>> shift & 1;
    if (before != value) {
      string.bytes().write(at, new byte[] {(byte) (former ^ 1 << shift)}, 0, 1);
    }
    return before;
  }

  private static void get(Request request, Reply reply) {
    long bit = offset(request, 2);
    Entry entry = Database.of(request).read(request, 1, Type.STRING);
    int at = (int) (bit >>> 3);
    if (entry == null || at >= StringValue.length(entry)) {
      reply.integer(0);
    } else {
      byte value =
          entry.encoding() == Encoding.PIECES
              ? LongString.of(entry).bytes().get(at)
              : StringValue.bytes(entry)[StringValue.offset(entry) + at];
      reply.integer(value >>> (7 - (bit & 7)) & 1);
    }
  }
}
