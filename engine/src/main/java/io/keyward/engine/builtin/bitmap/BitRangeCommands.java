package io.keyward.engine.builtin.bitmap;

import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandGroup.BITMAP;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.string.LongString;
import io.keyward.engine.builtin.string.StringValue;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;

/** BITCOUNT and BITPOS: questions to a part of a string value, given in bytes or bits. */
final class BitRangeCommands {
  private static final CommandException NEITHER_ONE_NOR_ZERO =
      CommandException.error("The bit argument must be 1 or 0.");

  private BitRangeCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("bitcount", BITMAP)
            .since("2.6.0")
            .summary("Counts the ones in a string value or a part of it.")
            .complexity("O(N)")
            .syntax("key [start end [BYTE | BIT]]")
            .arity(-2)
            .flags(READONLY)
            .key(1, RO, ACCESS)
            .handler(BitRangeCommands::count));
    table.add(
        Command.named("bitpos", BITMAP)
            .since("2.8.7")
            .summary("Finds the first one or zero in a string value or a part of it.")
            .complexity("O(N)")
            .syntax("key bit [start [end [BYTE | BIT]]]")
            .arity(-3)
            .flags(READONLY)
            .key(1, RO, ACCESS)
            .handler(BitRangeCommands::find));
  }

  /** Whether the unit that an argument names is the bit. */
  private static boolean inBits(Request request, int argument) {
    if (argument >= request.count() || request.is(argument, "BYTE")) {
      return false;
    }
    if (!request.is(argument, "BIT")) {
      throw Errors.SYNTAX;
    }
    return true;
  }

  /** The index from the front, where a negative one counts from the end. */
  private static long fromFront(long index, long size) {
    return index < 0 ? Math.max(0, index + size) : index;
  }

  private static void count(Request request, Reply reply) {
    Entry entry = Database.of(request).read(request, 1, Type.STRING);
    if (entry == null) {
      reply.integer(0);
      return;
    }
    int length = StringValue.length(entry);
    StringValue.expectLength(request, length);
    if (request.count() == 2) {
      reply.integer(length == 0 ? 0 : count(entry, 0, 8L * length - 1));
      return;
    }
    if (request.count() != 4 && request.count() != 5) {
      throw Errors.SYNTAX;
    }
    long start = request.integer(2);
    long end = request.integer(3);
    if (start < 0 && end < 0 && start > end) {
      reply.integer(0);
      return;
    }
    boolean bits = inBits(request, 4);
    long size = bits ? (long) length << 3 : length;
    long first = fromFront(start, size);
    long last = Math.min(fromFront(end, size), size - 1);
    if (first > last) {
      reply.integer(0);
    } else {
      reply.integer(bits ? count(entry, first, last) : count(entry, first << 3, (last << 3) + 7));
    }
  }

  private static long count(Entry entry, long first, long last) {
    return entry.encoding() == Encoding.PIECES
        ? LongBits.count(
            LongString.of(entry).bytes(), first, last, entry.database().keyspace().slices())
        : Bits.count(StringValue.bytes(entry), StringValue.offset(entry), first, last);
  }

  private static void find(Request request, Reply reply) {
    long bit = request.integer(2);
    if (bit != 0 && bit != 1) {
      throw NEITHER_ONE_NOR_ZERO;
    }
    boolean one = bit == 1;
    Entry entry = Database.of(request).read(request, 1, Type.STRING);
    if (entry == null) {
      // As if the row were endless zeros.
      reply.integer(one ? -1 : 0);
      return;
    }
    if (request.count() > 6) {
      throw Errors.SYNTAX;
    }
    int length = StringValue.length(entry);
    StringValue.expectLength(request, length);
    long start = request.count() > 3 ? request.integer(3) : 0;
    boolean bits = inBits(request, 5);
    boolean endGiven = request.count() > 4;
    long size = bits ? (long) length << 3 : length;
    long end = endGiven ? request.integer(4) : size - 1;
    long first = fromFront(start, size);
    long last = Math.min(fromFront(end, size), size - 1);
    if (first > last) {
      reply.integer(-1);
      return;
    }
    long firstBit = bits ? first : first << 3;
    long lastBit = bits ? last : (last << 3) + 7;
    long found = find(entry, firstBit, lastBit, one);
    if (found < 0 && !one && !endGiven) {
      // Without an end the row goes on with zeros.
      found = (long) length << 3;
    }
    reply.integer(found);
  }

  private static long find(Entry entry, long first, long last, boolean one) {
    return entry.encoding() == Encoding.PIECES
        ? LongBits.find(
            LongString.of(entry).bytes(), first, last, one, entry.database().keyspace().slices())
        : Bits.find(StringValue.bytes(entry), StringValue.offset(entry), first, last, one);
  }
}
