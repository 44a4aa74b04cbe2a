package io.keyward.engine.builtin.bitmap;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.BITMAP;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.OW;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.string.LongString;
import io.keyward.engine.builtin.string.StringValue;
import io.keyward.engine.bytes.Pieces;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** BITOP: combines string values bit by bit; the shorter ones go on with zeros. */
final class BitOperations {
  private enum Operation {
    AND,
    OR,
    XOR,
    NOT
  }

  private static final int FIRST_SOURCE = 3;

  private static final CommandException NOT_TAKES_ONE =
      CommandException.error("BITOP NOT must be called with a single source key.");

  private static final byte[] NOTHING = {};

  private BitOperations() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("bitop", BITMAP)
            .since("2.6.0")
            .summary("Combines string values bit by bit and stores the result.")
            .complexity("O(N)")
            .syntax("<AND | OR | XOR | NOT> destkey key [key ...]")
            .arity(-4)
            .flags(WRITE, DENYOOM)
            .key(2, OW, UPDATE)
            .keys(FIRST_SOURCE, -1, 1, RO, ACCESS)
            .handler(BitOperations::combine));
  }

  private static Operation operation(Request request) {
    for (Operation operation : Operation.values()) {
      if (request.is(1, operation.name())) {
        return operation;
      }
    }
    throw Errors.SYNTAX;
  }

  private static void combine(Request request, Reply reply) {
    Operation operation = operation(request);
    if (operation == Operation.NOT && request.count() != FIRST_SOURCE + 1) {
      throw NOT_TAKES_ONE;
    }
    Database database = Database.of(request);
    @Nullable Entry[] sources = new @Nullable Entry[request.count() - FIRST_SOURCE];
    int longest = 0;
    for (int i = 0; i < sources.length; i++) {
      Slices.step(request);
      Entry source = database.read(request, FIRST_SOURCE + i, Type.STRING, database.newView());
      sources[i] = source;
      longest = Math.max(longest, source == null ? 0 : StringValue.length(source));
    }
    StringValue.expectLength(request, longest);
    if (longest >= Pieces.LEAST) {
      Pieces result = new Pieces(database.pool());
      try {
        for (int from = 0; from < longest; from += Pieces.SIZE) {
          database.keyspace().slices().longStep();
          byte[] piece = result(operation, sources, from, Math.min(Pieces.SIZE, longest - from));
          result.append(piece, 0, piece.length);
        }
      } catch (OutOfMemoryError tooLong) {
        result.release();
        throw tooLong;
      }
      LongString _ = LongString.set(database, database.write(request, 2), request, 2, result, -1);
      database.changed(request, 2, KeyspaceNotifications.STRING, "set");
      reply.integer(longest);
      return;
    }
    byte[] result = result(operation, sources, 0, longest);
    Entry present = database.write(request, 2);
    if (longest > 0) {
      StringValue.setRaw(database, present, request, 2, result, -1);
      database.changed(request, 2, KeyspaceNotifications.STRING, "set");
    } else if (present != null) {
      database.remove(present);
      database.changed(request, 2, KeyspaceNotifications.GENERIC, "del");
    }
    reply.integer(longest);
  }

  /** A part of the result, which does not go beyond a piece of a long source. */
  private static byte[] result(
      Operation operation, @Nullable Entry[] sources, int from, int length) {
    byte[] result = new byte[length];
    Entry first = sources[0];
    if (first != null) {
      System.arraycopy(
          bytes(first, from), offset(first, from), result, 0, size(first, from, length));
    }
    if (operation == Operation.NOT) {
      invert(result);
    }
    for (int i = 1; i < sources.length; i++) {
      Entry source = sources[i];
      int size = source == null ? 0 : size(source, from, length);
      if (source != null && size > 0) {
        combine(operation, result, bytes(source, from), offset(source, from), size);
      }
      if (operation == Operation.AND) {
        Arrays.fill(result, size, length, (byte) 0);
      }
    }
    return result;
  }

  private static int size(Entry source, int from, int length) {
    return Math.max(0, Math.min(length, StringValue.length(source) - from));
  }

  /** The array that holds the byte at an index of a source, if it has one there. */
  private static byte[] bytes(Entry source, int from) {
    if (source.encoding() != Encoding.PIECES) {
      return StringValue.bytes(source);
    }
    Pieces row = LongString.of(source).bytes();
    return from < row.length() ? row.array(from / Pieces.SIZE) : NOTHING;
  }

  /** Where that byte is. */
  private static int offset(Entry source, int from) {
    if (source.encoding() == Encoding.PIECES) {
      return 0;
    }
    return size(source, from, 1) == 0 ? 0 : StringValue.offset(source) + from;
  }

  private static void invert(byte[] row) {
    int at = 0;
    for (; at + Long.BYTES <= row.length; at += Long.BYTES) {
      Bytes.putLong(row, at, ~Bytes.getLong(row, at));
    }
    for (; at < row.length; at++) {
      row[at] = (byte) ~row[at];
    }
  }

  private static void combine(
      Operation operation, byte[] row, byte[] other, int offset, int length) {
    int at = 0;
    for (; at + Long.BYTES <= length; at += Long.BYTES) {
      long left = Bytes.getLong(row, at);
      long right = Bytes.getLong(other, offset + at);
      Bytes.putLong(row, at, combine(operation, left, right));
    }
    for (; at < length; at++) {
      row[at] = (byte) combine(operation, row[at], other[offset + at]);
    }
  }

  private static long combine(Operation operation, long left, long right) {
    return switch (operation) {
      case AND -> left & right;
      case OR -> left | right;
      case XOR -> left ^ right;
      case NOT -> ~left;
    };
  }
}
