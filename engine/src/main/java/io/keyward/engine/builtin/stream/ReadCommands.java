package io.keyward.engine.builtin.stream;

import static io.keyward.engine.command.CommandFlag.BLOCKING;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandGroup.STREAM;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;

import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.KeySpec;
import io.keyward.engine.command.KeySpec.Begin;
import io.keyward.engine.command.KeySpec.Find;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** XREAD, which waits for entries beyond given ids. */
final class ReadCommands {
  private static final CommandException GROUP_ID =
      CommandException.error(
          "The > ID can be specified only when calling XREADGROUP using the GROUP <group>"
              + " <consumer> option.");

  private ReadCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("xread", STREAM)
            .since("5.0.0")
            .summary(
                "Returns the entries of streams that come after given ids, waiting for some if"
                    + " BLOCK is given.")
            .complexity("O(log(M)+N) for each stream, M being its nodes and N what is returned.")
            .syntax("[COUNT count] [BLOCK milliseconds] STREAMS key [key ...] id [id ...]")
            .arity(-4)
            .flags(READONLY, BLOCKING)
            .keys(keysAfterStreams(1))
            .keysBy(ReadArguments::keysOfRead)
            .handler(ReadCommands::read));
  }

  /** The keys are the first half of what follows STREAMS, as COMMAND INFO tells it. */
  static KeySpec keysAfterStreams(int from) {
    return new KeySpec(
        Set.of(RO, ACCESS), new Begin.Keyword("STREAMS", from), new Find.Range(-1, 1, 2), "");
  }

  private static void read(Request request, Reply reply) {
    ReadArguments arguments = ReadArguments.of(request, false);
    int end = arguments.firstKey() + arguments.keys();
    int ready = 0;
    long entries = 0;
    for (int key = arguments.firstKey(); key < end; key++) {
      Slices.step(request);
      Stream stream = StreamValue.read(request, key);
      StreamId after = after(request, arguments.idOf(key), stream);
      if (stream != null && stream.hasAfter(after.ms(), after.seq())) {
        ready++;
        entries += RangeCommands.counted(stream, from(stream, after), arguments.most());
      }
    }
    if (ready == 0) {
      waitOrNothing(request, reply, arguments);
      return;
    }
    Slices.expect(request, entries);
    beginStreams(reply, ready);
    for (int key = arguments.firstKey(); key < end; key++) {
      Stream stream = StreamValue.write(request, key);
      if (stream == null) {
        continue;
      }
      StreamId after = after(request, arguments.idOf(key), stream);
      if (stream.hasAfter(after.ms(), after.seq())) {
        beginStream(request, reply, key);
        RangeCommands.send(request, reply, from(stream, after), arguments.most());
      }
    }
  }

  private static EntryCursor from(Stream stream, StreamId after) {
    StreamId from = after.next();
    return stream.forward(from.ms(), from.seq(), -1, -1);
  }

  private static StreamId after(Request request, int argument, @Nullable Stream stream) {
    if (request.is(argument, "$")) {
      return stream == null ? StreamId.MIN : stream.last();
    }
    if (request.is(argument, ">")) {
      throw GROUP_ID;
    }
    return IdArgument.exact(request, argument, 0);
  }

  /** A map of streams; pairs in an array for RESP2. */
  static void beginStreams(Reply reply, int streams) {
    if (reply.resp3()) {
      reply.map(streams);
    } else {
      reply.array(streams);
    }
  }

  static void beginStream(Request request, Reply reply, int key) {
    if (!reply.resp3()) {
      reply.array(2);
    }
    reply.bulk(request.bytes(), request.offset(key), request.length(key));
  }

  private static void waitOrNothing(Request request, Reply reply, ReadArguments arguments) {
    if (arguments.timeout() == ReadArguments.NO_WAIT) {
      reply.nothingArray();
      return;
    }
    Database.of(request)
        .blocked()
        .block(
            resolved(request, arguments),
            reply,
            Type.STREAM,
            arguments.positions().toArray(),
            arguments.timeout(),
            Reply::nothingArray);
  }

  /** The request with the last ids of now for each {@code $}, which would be later ones later. */
  private static Request resolved(Request request, ReadArguments arguments) {
    int first = arguments.idOf(arguments.firstKey());
    return request.with(
        argument ->
            argument >= first && request.is(argument, "$")
                ? after(request, argument, StreamValue.write(request, argument - arguments.keys()))
                    .text()
                : null);
  }
}
