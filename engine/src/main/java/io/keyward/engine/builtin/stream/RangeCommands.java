package io.keyward.engine.builtin.stream;

import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandGroup.STREAM;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;

import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;

/** XLEN, XRANGE and XREVRANGE. */
final class RangeCommands {
  private static final String COMPLEXITY =
      "O(log(M)+N), M being the number of nodes and N the number of entries returned.";

  private RangeCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("xlen", STREAM)
            .since("5.0.0")
            .summary("Returns the number of entries in a stream.")
            .complexity("O(1)")
            .syntax("key")
            .arity(2)
            .flags(READONLY, FAST)
            .key(1, RO)
            .handler(RangeCommands::length));
    table.add(
        Command.named("xrange", STREAM)
            .since("5.0.0")
            .summary("Returns the entries of a range of ids.")
            .complexity(COMPLEXITY)
            .syntax("key start:string end:string [COUNT count]")
            .arity(-4)
            .flags(READONLY)
            .key(1, RO, ACCESS)
            .handler((request, reply) -> range(request, reply, false)));
    table.add(
        Command.named("xrevrange", STREAM)
            .since("5.0.0")
            .summary("Returns the entries of a range of ids, the last first.")
            .complexity(COMPLEXITY)
            .syntax("key end:string start:string [COUNT count]")
            .arity(-4)
            .flags(READONLY)
            .key(1, RO, ACCESS)
            .handler((request, reply) -> range(request, reply, true)));
  }

  private static void length(Request request, Reply reply) {
    Stream stream = StreamValue.read(request, 1);
    reply.integer(stream == null ? 0 : stream.length());
  }

  private static void range(Request request, Reply reply, boolean backward) {
    StreamId start = IdArgument.start(request, backward ? 3 : 2);
    StreamId end = IdArgument.end(request, backward ? 2 : 3);
    long most = Long.MAX_VALUE;
    for (int at = 4; at < request.count(); at += 2) {
      if (!request.is(at, "COUNT") || at + 1 == request.count()) {
        throw Errors.SYNTAX;
      }
      most = Math.max(0, request.integer(at + 1));
    }
    Stream stream = StreamValue.read(request, 1);
    if (stream == null) {
      reply.array(0);
    } else if (most == 0) {
      reply.nothingArray();
    } else {
      Slices.expect(request, counted(stream, walk(stream, start, end, backward), most));
      send(request, reply, walk(stream, start, end, backward), most);
    }
  }

  private static EntryCursor walk(Stream stream, StreamId start, StreamId end, boolean backward) {
    return backward
        ? stream.backward(start.ms(), start.seq(), end.ms(), end.seq())
        : stream.forward(start.ms(), start.seq(), end.ms(), end.seq());
  }

  /**
   * How many entries a walk meets, for {@link Slices#expect}: 0 for few without counting them, as
   * most streams have few, and no more than what makes them many.
   */
  static long counted(Stream stream, EntryCursor at, long most) {
    if (Math.min(stream.length(), most) <= Slices.MANY_STEPS) {
      return 0;
    }
    long met = 0;
    while (met <= Slices.MANY_STEPS && at.next()) {
      met++;
    }
    return met;
  }

  /** Writes an array of at most so many entries. */
  static void send(Request request, Reply reply, EntryCursor at, long most) {
    byte[] scratch = StreamValue.scratch(request);
    Slices slices = Database.of(request).keyspace().slices();
    int header = reply.beginArray();
    long sent = 0;
    while (sent < most && at.next()) {
      slices.step();
      at.send(reply, scratch);
      sent++;
    }
    reply.endArray(header, sent);
  }
}
