package io.keyward.engine.builtin.stream;

import static io.keyward.engine.command.CommandFlag.BLOCKING;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.STREAM;

import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;

/** XREADGROUP, which delivers entries to the consumers of a group, or repeats what they own. */
final class GroupReadCommand {
  private static final CommandException DOLLAR =
      CommandException.error(
          "The $ ID is meaningless in the context of XREADGROUP: you want to read the history of"
              + " this consumer by specifying a proper ID, or use the > ID to get new messages. The"
              + " $ ID would just return an empty result set.");

  /** To deliver an entry takes so many of the steps that {@link Slices#expect} counts. */
  private static final long STEPS_OF_ONE = 20;

  private GroupReadCommand() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("xreadgroup", STREAM)
            .since("5.0.0")
            .summary(
                "Returns entries that no consumer of the group has had, or the pending ones of a"
                    + " consumer; waits for new ones if BLOCK is given.")
            .complexity("O(log(M)+N) for each stream, M being its nodes and N what is returned.")
            .syntax(
                "GROUP group consumer [COUNT count] [BLOCK milliseconds] [NOACK] STREAMS key"
                    + " [key ...] id [id ...]")
            .arity(-7)
            .flags(WRITE, BLOCKING)
            .keys(ReadCommands.keysAfterStreams(4))
            .keysBy(ReadArguments::keysOfGroupRead)
            .handler(GroupReadCommand::read));
  }

  private static void read(Request request, Reply reply) {
    ReadArguments arguments = ReadArguments.of(request, true);
    int end = arguments.firstKey() + arguments.keys();
    long steps = 0;
    for (int key = arguments.firstKey(); key < end; key++) {
      Slices.step(request);
      steps += check(request, arguments, key);
    }
    Slices.expect(request, steps);
    int header = reply.beginArray();
    int served = 0;
    for (int key = arguments.firstKey(); key < end; key++) {
      if (serve(request, reply, arguments, key)) {
        served++;
      }
    }
    if (served == 0) {
      reply.closeMark();
      waitOrNothing(request, reply, arguments);
    } else if (reply.resp3()) {
      reply.endMap(header, served);
    } else {
      reply.endArray(header, served);
    }
  }

  /**
   * Checks group and id of a key.
   *
   * @return about how many steps it takes to write what there is, for {@link Slices#expect}
   * @throws CommandException NOGROUP if key or group are not there
   */
  private static long check(Request request, ReadArguments arguments, int key) {
    Stream stream = StreamValue.write(request, key);
    Group group = stream == null ? null : stream.group(request, arguments.group());
    if (stream == null || group == null) {
      throw new CommandException(
          "NOGROUP No such key '"
              + request.text(key)
              + "' or consumer group '"
              + request.text(arguments.group())
              + "' in XREADGROUP with GROUP option");
    }
    int id = arguments.idOf(key);
    if (request.is(id, "$")) {
      throw DOLLAR;
    }
    if (asksForNew(request, id)) {
      return STEPS_OF_ONE * RangeCommands.counted(stream, unread(stream, group), arguments.most());
    }
    Consumer consumer = group.consumer(request, arguments.group() + 1);
    return consumer == null
        ? 0
        : STEPS_OF_ONE * Math.min(consumer.pending().size(), arguments.most());
  }

  private static EntryCursor unread(Stream stream, Group group) {
    StreamId from = group.last().next();
    return stream.forward(from.ms(), from.seq(), -1, -1);
  }

  /** Whether an id asks for entries not delivered yet; nothing can be beyond the greatest id. */
  private static boolean asksForNew(Request request, int id) {
    return request.is(id, ">") || IdArgument.exact(request, id, 0).isMax();
  }

  /** Notes that the consumer has asked, and writes what there is for it; false if nothing. */
  private static boolean serve(Request request, Reply reply, ReadArguments arguments, int key) {
    Stream stream = StreamValue.write(request, key);
    Group group = stream == null ? null : stream.group(request, arguments.group());
    if (stream == null || group == null) {
      throw new IllegalStateException("a group vanished within a command");
    }
    Consumer consumer = Consumers.seen(request, key, stream, group, arguments.group() + 1);
    int id = arguments.idOf(key);
    boolean unread = asksForNew(request, id);
    if (unread && !stream.hasAfter(group.last().ms(), group.last().seq())) {
      stream.settle();
      return false;
    }
    ReadCommands.beginStream(request, reply, key);
    if (unread) {
      deliver(request, reply, arguments, key, stream, group, consumer);
    } else {
      GroupEffects effects = new GroupEffects(request, key, group, consumer);
      StreamId after = IdArgument.exact(request, id, 0);
      repeat(request, reply, arguments, stream, group, consumer, after, effects);
    }
    stream.settle();
    Database.of(request).changedQuietly();
    Database.of(request).keyspace().effects().instead();
    return true;
  }

  private static void deliver(
      Request request,
      Reply reply,
      ReadArguments arguments,
      int key,
      Stream stream,
      Group group,
      Consumer consumer) {
    GroupEffects effects = new GroupEffects(request, key, group, consumer);
    byte[] scratch = StreamValue.scratch(request);
    Slices slices = Database.of(request).keyspace().slices();
    EntryCursor at = unread(stream, group);
    int header = reply.beginArray();
    long sent = 0;
    while (sent < arguments.most() && at.next()) {
      slices.longStep();
      group.read(stream, at.id());
      at.send(reply, scratch);
      if (!arguments.noAcknowledge()) {
        group.deliver(at.ms(), at.seq(), consumer, request.now());
        effects.pending(at.ms(), at.seq());
      }
      sent++;
    }
    reply.endArray(header, sent);
    effects.position();
  }

  /** Writes pending entries of the consumer once more; of a deleted one there is only the id. */
  private static void repeat(
      Request request,
      Reply reply,
      ReadArguments arguments,
      Stream stream,
      Group group,
      Consumer consumer,
      StreamId after,
      GroupEffects effects) {
    byte[] scratch = StreamValue.scratch(request);
    IdTable own = consumer.pending();
    Slices slices = Database.of(request).keyspace().slices();
    StreamId from = after.next();
    int header = reply.beginArray();
    long sent = 0;
    for (long place = own.ceiling(from.ms(), from.seq());
        place != IdTable.NONE && sent < arguments.most();
        place = own.next(place)) {
      slices.longStep();
      EntryCursor at = stream.find(own.ms(place), own.seq(place));
      if (at == null) {
        reply.array(2);
        StreamId.send(reply, own.ms(place), own.seq(place), scratch);
        reply.nothingArray();
      } else {
        at.send(reply, scratch);
        long pending = group.pending().find(own.ms(place), own.seq(place));
        group.deliveredAt(pending, request.now());
        group.deliveries(pending, group.deliveries(pending) + 1);
        effects.pending(own.ms(place), own.seq(place));
      }
      sent++;
    }
    reply.endArray(header, sent);
  }

  private static void waitOrNothing(Request request, Reply reply, ReadArguments arguments) {
    if (arguments.timeout() == ReadArguments.NO_WAIT) {
      reply.nothingArray();
      return;
    }
    Database.of(request)
        .blocked()
        .block(
            request,
            reply,
            Type.STREAM,
            arguments.positions().toArray(),
            arguments.timeout(),
            Reply::nothingArray,
            true);
  }
}
