package io.keyward.engine.builtin.stream;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.STREAM;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Effects;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import org.jspecify.annotations.Nullable;

/** XADD. */
final class AddCommand {
  private static final CommandException ZERO =
      CommandException.error("The ID specified in XADD must be greater than 0-0");
  private static final CommandException EXHAUSTED =
      CommandException.error(
          "The stream has exhausted the last possible ID, unable to add more items");
  private static final CommandException NOT_GREATER =
      CommandException.error(
          "The ID specified in XADD is equal or smaller than the target stream top item");
  private static final CommandException TOO_LARGE =
      CommandException.error("Elements are too large to be stored");

  private static final long NOT_TRIMMED = -1;

  private AddCommand() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("xadd", STREAM)
            .since("5.0.0")
            .summary("Adds an entry to a stream, and creates the stream if there is none.")
            .complexity("O(1), and O(N) with N entries trimmed.")
            .syntax(
                "key [NOMKSTREAM] [<MAXLEN | MINID> [= | ~] threshold [LIMIT count]] <* | id>"
                    + " field value [field value ...]")
            .arity(-5)
            .flags(WRITE, DENYOOM, FAST)
            .key(1, RW, UPDATE)
            .tips("nondeterministic_output")
            .handler(AddCommand::add));
  }

  /**
   * What stands before the first field.
   *
   * @param id null to make one
   * @param openSequence whether only the id's milliseconds are given
   */
  private record Options(
      int idArgument, boolean create, @Nullable StreamId id, boolean openSequence, Trim trim) {
    static final Options NONE = new Options(2, true, null, false, Trim.NOTHING);

    static Options of(Request request) {
      if (request.is(2, "*")) {
        return NONE;
      }
      Trim.Reader reader = new Trim.Reader(request, false);
      boolean create = true;
      StreamId id = null;
      boolean open = false;
      while (reader.at() < request.count() && !request.is(reader.at(), "*")) {
        if (reader.option()) {
          continue;
        }
        int at = reader.at();
        if (!request.is(at, "NOMKSTREAM")) {
          open = IdArgument.openSequence(request, at);
          id = open ? IdArgument.milliseconds(request, at) : IdArgument.exact(request, at, 0);
          break;
        }
        create = false;
        reader.skip();
      }
      return new Options(reader.at(), create, id, open, reader.trim());
    }

    int firstField() {
      return idArgument + 1;
    }
  }

  private static void add(Request request, Reply reply) {
    Options options = Options.of(request);
    int words = request.count() - options.firstField();
    if (words < 2 || words % 2 == 1) {
      throw Errors.wrongArity("xadd");
    }
    StreamId given = options.id();
    if (given != null && !options.openSequence() && given.isZero()) {
      throw ZERO;
    }
    Stream stream = StreamValue.write(request, 1);
    if (stream == null && !options.create()) {
      reply.nothing();
      return;
    }
    if (stream != null && stream.lastMs() == -1 && stream.lastSeq() == -1) {
      throw EXHAUSTED;
    }
    long lastMs = stream == null ? 0 : stream.lastMs();
    long lastSeq = stream == null ? 0 : stream.lastSeq();
    long ms;
    long seq;
    if (given == null) {
      boolean later = Long.compareUnsigned(request.now(), lastMs) > 0;
      ms = later ? request.now() : lastSeq == -1 ? lastMs + 1 : lastMs;
      seq = later ? 0 : lastSeq + 1;
    } else {
      ms = given.ms();
      seq = options.openSequence() && ms == lastMs ? lastSeq + 1 : given.seq();
      if (StreamId.compare(ms, seq, lastMs, lastSeq) <= 0) {
        throw NOT_GREATER;
      }
    }
    if (Stream.textBytes(request, options.firstField()) > Stream.MOST_NODE_BYTES) {
      throw TOO_LARGE;
    }
    if (stream != null) {
      Slices.expect(request, options.trim().steps(stream));
    }
    append(request, reply, stream, options, ms, seq);
  }

  private static void append(
      Request request, Reply reply, @Nullable Stream present, Options options, long ms, long seq) {
    Stream stream = present == null ? StreamValue.create(request, 1) : present;
    int firstField = options.firstField();
    try {
      LiveSettings settings = Database.of(request).keyspace().home().settings();
      stream.add(
          ms,
          seq,
          request,
          firstField,
          (request.count() - firstField) / 2,
          settings.number(Directive.STREAM_NODE_MAX_BYTES),
          settings.number(Directive.STREAM_NODE_MAX_ENTRIES));
    } catch (OutOfMemoryError full) {
      if (present == null) {
        StreamValue.takeBack(request, 1);
      }
      throw full;
    }
    StreamId.send(reply, ms, seq, StreamValue.scratch(request));
    StreamValue.changed(request, 1, stream, "xadd");
    boolean trimmed =
        options.trim().kind() != Trim.Kind.NOTHING
            && options.trim().apply(stream, Database.of(request).keyspace().slices()) > 0;
    if (trimmed) {
      StreamValue.changed(request, 1, stream, "xtrim");
    }
    writeEffect(request, firstField, ms, seq, trimmed ? stream.length() : NOT_TRIMMED);
  }

  /** The entry with its id, and with the length to which the stream was trimmed. */
  private static void writeEffect(Request request, int firstField, long ms, long seq, long length) {
    Effects effects = Database.of(request).keyspace().effects();
    if (!effects.wanted()) {
      return;
    }
    int words = request.count() - firstField;
    effects.begin(request, "XADD", (length == NOT_TRIMMED ? 3 : 6) + words).key(request, 1);
    if (length != NOT_TRIMMED) {
      effects.argument("MAXLEN").argument("=").number(length);
    }
    GroupEffects.id(effects, request, ms, seq);
    for (int i = firstField; i < request.count(); i++) {
      effects.argument(request, i);
    }
    effects.end();
  }
}
