package io.keyward.engine.builtin.string;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.STRING;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.INSERT;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.config.tenant.Limit;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.Limits;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** APPEND, GETRANGE and SETRANGE: parts of a string value. */
final class RangeCommands {
  private RangeCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("append", STRING)
            .since("2.0.0")
            .summary("Appends to the string value of a key, which begins empty.")
            .complexity("O(1) amortised for small pieces")
            .syntax("key value")
            .arity(3)
            .flags(WRITE, DENYOOM, FAST)
            .key(1, RW, INSERT)
            .piecesAt(2)
            .handler(RangeCommands::append));
    table.add(
        Command.named("getrange", STRING)
            .since("2.4.0")
            .summary("Returns the part of a string value between two offsets.")
            .complexity("O(N) with N bytes returned")
            .syntax("key start end")
            .arity(4)
            .flags(READONLY)
            .key(1, RO, ACCESS)
            .handler(RangeCommands::getRange));
    table.add(
        Command.named("substr", STRING)
            .summary("Returns the part of a string value between two offsets.")
            .complexity("O(N) with N bytes returned")
            .syntax("key start end")
            .arity(4)
            .flags(READONLY)
            .key(1, RO, ACCESS)
            .handler(RangeCommands::getRange));
    table.add(
        Command.named("setrange", STRING)
            .since("2.2.0")
            .summary("Overwrites part of a string value from an offset on; a gap becomes zeros.")
            .complexity("O(N) with N bytes written")
            .syntax("key offset value")
            .arity(4)
            .flags(WRITE, DENYOOM)
            .key(1, RW, UPDATE)
            .piecesAt(3)
            .handler(RangeCommands::setRange));
  }

  private static void append(Request request, Reply reply) {
    StringValue.expectLength(request, request.length(2));
    Database database = Database.of(request);
    Entry entry = database.write(request, 1, Type.STRING);
    int more = request.length(2);
    if (entry == null) {
      StringValue.set(database, null, request, 1, 2, -1);
      database.changed(request, 1, KeyspaceNotifications.STRING, "append");
      reply.integer(more);
      return;
    }
    int before = StringValue.length(entry);
    checkLength(database, (long) before + more);
    int length = before + more;
    LongString value = LongString.ofLength(database, entry, request, 1, length);
    if (value == null) {
      int offset = StringValue.resize(entry, length);
      System.arraycopy(request.bytes(), request.offset(2), entry.bytes(), offset + before, more);
    } else {
      value.write(before, request, 2, database.keyspace().slices());
    }
    database.changed(request, 1, KeyspaceNotifications.STRING, "append");
    reply.integer(length);
  }

  private static void getRange(Request request, Reply reply) {
    long start = request.integer(2);
    long end = request.integer(3);
    Entry entry = Database.of(request).read(request, 1, Type.STRING);
    if (entry == null) {
      reply.bulk("");
      return;
    }
    int length = StringValue.length(entry);
    if (start < 0 && end < 0 && start > end) {
      reply.bulk("");
      return;
    }
    long from = Math.max(0, start < 0 ? start + length : start);
    long to = Math.min(length - 1L, Math.max(0, end < 0 ? end + length : end));
    if (from > to || length == 0) {
      reply.bulk("");
    } else if (entry.encoding() == Encoding.PIECES) {
      reply.bulk(LongString.of(entry).bytes(), (int) from, (int) (to - from + 1));
    } else {
      int offset = StringValue.offset(entry) + (int) from;
      reply.bulk(StringValue.bytes(entry), offset, (int) (to - from + 1));
    }
  }

  private static void setRange(Request request, Reply reply) {
    StringValue.expectLength(request, request.length(3));
    long at = request.integer(2);
    if (at < 0) {
      throw offsetOutOfRange();
    }
    Database database = Database.of(request);
    Entry entry = database.write(request, 1, Type.STRING);
    int more = request.length(3);
    int before = entry == null ? 0 : StringValue.length(entry);
    if (more == 0) {
      reply.integer(before);
      return;
    }
    if (at > Integer.MAX_VALUE) {
      throw Errors.STRING_TOO_LONG;
    }
    checkLength(database, at + more);
    int length = (int) Math.max(before, at + more);
    LongString value = LongString.ofLength(database, entry, request, 1, length);
    if (value == null) {
      setRange(database, entry, request, (int) at, length);
    } else {
      write(database, entry == null, value, before, (int) at, request);
    }
    database.changed(request, 1, KeyspaceNotifications.STRING, "setrange");
    reply.integer(length);
  }

  /**
   * Writes over a long string, which stays as long as it was if memory does not suffice, and goes
   * if it was not there.
   */
  private static void write(
      Database database, boolean made, LongString value, int before, int at, Request request) {
    try {
      value.extend(at);
      value.write(at, request, 3, database.keyspace().slices());
    } catch (OutOfMemoryError full) {
      value.truncate(before);
      Entry unwanted = made ? database.write(request, 1, Type.STRING) : null;
      if (unwanted != null) {
        database.remove(unwanted);
      }
      throw full;
    }
  }

  private static void setRange(
      Database database, @Nullable Entry present, Request request, int at, int length) {
    int before = present == null ? 0 : StringValue.length(present);
    Entry entry = present;
    int offset;
    if (entry == null) {
      int room = Entry.lengthBytes(length) + length;
      entry = database.placement().create(request, 1, Type.STRING, Encoding.RAW, room);
      offset = entry.writeStringLength(length);
    } else {
      offset = StringValue.resize(entry, length);
    }
    if (at > before) {
      Arrays.fill(entry.bytes(), offset + before, offset + at, (byte) 0);
    }
    int more = request.length(3);
    System.arraycopy(request.bytes(), request.offset(3), entry.bytes(), offset + at, more);
  }

  /** Refuses a string of so many bytes if it is longer than a value may be. */
  private static void checkLength(Database database, long length) {
    BuiltinKeyspace keyspace = database.keyspace();
    if (length <= keyspace.longestString() && length <= Integer.MAX_VALUE - 64) {
      return;
    }
    Limits limits = keyspace.limits();
    throw limits != null && length > limits.most(Limit.MAX_VALUE)
        ? limits.refusal(Limit.MAX_VALUE)
        : Errors.STRING_TOO_LONG;
  }

  private static CommandException offsetOutOfRange() {
    return CommandException.error("offset is out of range");
  }
}
