package io.keyward.engine.builtin.stream;

import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.STREAM;
import static io.keyward.engine.command.KeySpec.KeyFlag.DELETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import java.util.ArrayList;
import java.util.List;

/** XCLAIM and XAUTOCLAIM, which give pending entries to another consumer. */
final class ClaimCommands {
  private static final CommandException IDLE_OF_AUTOCLAIM =
      CommandException.error("Invalid min-idle-time argument for XAUTOCLAIM");
  private static final CommandException COUNT = CommandException.error("COUNT must be > 0");
  private static final long MOST_COUNT = Long.MAX_VALUE / 16;

  /** How many entries XAUTOCLAIM looks at for each that it may return. */
  private static final int ATTEMPTS = 10;

  /** To claim an entry takes so many of the steps that {@link Slices#expect} counts. */
  private static final long STEPS_OF_ONE = 20;

  private ClaimCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("xclaim", STREAM)
            .since("5.0.0")
            .summary("Makes a consumer the owner of pending entries that have waited long enough.")
            .complexity("O(log(N)) for each id, N being the group's pending entries.")
            .syntax(
                "key group consumer min-idle-time id [id ...] [IDLE ms] [TIME unix-time-ms]"
                    + " [RETRYCOUNT count] [FORCE] [JUSTID] [LASTID id]")
            .arity(-6)
            .flags(WRITE, FAST)
            .key(1, RW, UPDATE)
            .tips("nondeterministic_output")
            .handler(ClaimCommands::claim));
    table.add(
        Command.named("xautoclaim", STREAM)
            .since("6.2.0")
            .summary(
                "Makes a consumer the owner of the next pending entries that have waited long"
                    + " enough.")
            .complexity("O(log(N)+M), N being the group's pending entries and M those looked at.")
            .syntax("key group consumer min-idle-time start:string [COUNT count] [JUSTID]")
            .arity(-6)
            .flags(WRITE, FAST)
            .key(1, RW, DELETE)
            .tips("nondeterministic_output")
            .handler(ClaimCommands::autoClaim));
  }

  private static void claim(Request request, Reply reply) {
    Stream stream = StreamValue.write(request, 1);
    Group group = Consumers.group(request, stream);
    ClaimOptions options = ClaimOptions.of(request);
    if (stream == null) {
      throw new IllegalStateException("a group without a stream");
    }
    Slices.expect(request, STEPS_OF_ONE * (options.firstOption() - ClaimOptions.FIRST_ID));
    boolean moved = options.last().compareTo(group.last()) > 0;
    if (moved) {
      group.last(options.last());
    }
    Consumer consumer = Consumers.seen(request, 1, stream, group, 3);
    GroupEffects effects = new GroupEffects(request, 1, group, consumer);
    if (moved) {
      effects.position();
    }
    int header = reply.beginArray();
    int claimed = 0;
    for (int i = ClaimOptions.FIRST_ID; i < options.firstOption(); i++) {
      Slices.longStep(request);
      if (claim(request, reply, stream, group, consumer, options, i, effects)) {
        claimed++;
      }
    }
    reply.endArray(header, claimed);
    stream.settle();
    Database.of(request).changedQuietly();
    Database.of(request).keyspace().effects().instead();
  }

  private static boolean claim(
      Request request,
      Reply reply,
      Stream stream,
      Group group,
      Consumer consumer,
      ClaimOptions options,
      int argument,
      GroupEffects effects) {
    StreamId id = IdArgument.exact(request, argument, 0);
    EntryCursor entry = stream.find(id.ms(), id.seq());
    if (entry == null) {
      if (group.acknowledge(id)) {
        effects.acknowledged(id);
      }
      return false;
    }
    long place = group.pending().find(id.ms(), id.seq());
    if (place == IdTable.NONE) {
      if (!options.force()) {
        return false;
      }
      place = group.addPending(id.ms(), id.seq(), consumer, request.now());
    } else {
      if (!waited(request, group, place, options.minIdle())) {
        return false;
      }
      group.reassign(place, consumer);
    }
    group.deliveredAt(place, options.deliveredAt());
    if (options.retries() >= 0) {
      group.deliveries(place, options.retries());
    } else if (!options.justId()) {
      group.deliveries(place, group.deliveries(place) + 1);
    }
    consumer.activeTime(Consumers.now(request));
    effects.pending(id.ms(), id.seq());
    if (options.justId()) {
      id.send(reply);
    } else {
      entry.send(reply, StreamValue.scratch(request));
    }
    return true;
  }

  private static boolean waited(Request request, Group group, long place, long minIdle) {
    return minIdle == 0 || request.now() - group.deliveredAt(place) >= minIdle;
  }

  private static void autoClaim(Request request, Reply reply) {
    long minIdle = Math.max(0, request.integer(4, IDLE_OF_AUTOCLAIM));
    StreamId start = IdArgument.start(request, 5);
    long count = 100;
    boolean justId = false;
    for (int at = 6; at < request.count(); at++) {
      if (request.is(at, "COUNT") && at + 1 < request.count()) {
        count = request.integer(++at, 1, MOST_COUNT, COUNT);
      } else if (request.is(at, "JUSTID")) {
        justId = true;
      } else {
        throw Errors.SYNTAX;
      }
    }
    Stream stream = StreamValue.write(request, 1);
    Group group = Consumers.group(request, stream);
    if (stream == null) {
      throw new IllegalStateException("a group without a stream");
    }
    Slices.expect(request, STEPS_OF_ONE * Math.min(count * ATTEMPTS, group.pending().size()));
    Consumer consumer = Consumers.seen(request, 1, stream, group, 3);
    reply.array(3);
    GroupEffects effects = new GroupEffects(request, 1, group, consumer);
    new AutoClaim(request, stream, group, consumer, minIdle, justId, effects)
        .run(reply, start, count);
    stream.settle();
    Database.of(request).changedQuietly();
    Database.of(request).keyspace().effects().instead();
  }

  /** One run of XAUTOCLAIM over a group's pending entries. */
  private record AutoClaim(
      Request request,
      Stream stream,
      Group group,
      Consumer consumer,
      long minIdle,
      boolean justId,
      GroupEffects effects) {

    /** Writes the id to go on from, the entries claimed, and the ids of those deleted. */
    void run(Reply reply, StreamId start, long count) {
      IdTable pending = group.pending();
      List<StreamId> gone = new ArrayList<>();
      Reply claimed = new Reply();
      claimed.resp3(reply.resp3());
      long claims = 0;
      long place = pending.ceiling(start.ms(), start.seq());
      for (long attempts = count * ATTEMPTS;
          attempts > 0 && claims + gone.size() < count && place != IdTable.NONE;
          attempts--) {
        Slices.longStep(request);
        StreamId id = new StreamId(pending.ms(place), pending.seq(place));
        EntryCursor entry = stream.find(id.ms(), id.seq());
        if (entry == null) {
          group.removePending(place);
          gone.add(id);
          effects.acknowledged(id);
          place = pending.ceiling(id.ms(), id.seq());
          continue;
        }
        if (waited(request, group, place, minIdle)) {
          take(claimed, place, id, entry);
          claims++;
        }
        place = pending.next(place);
      }
      (place == IdTable.NONE ? StreamId.MIN : new StreamId(pending.ms(place), pending.seq(place)))
          .send(reply);
      reply.array(claims);
      reply.raw(claimed.bytes(), 0, claimed.length());
      reply.array(gone.size());
      for (StreamId id : gone) {
        Slices.step(request);
        id.send(reply);
      }
    }

    private void take(Reply reply, long place, StreamId id, EntryCursor entry) {
      group.reassign(place, consumer);
      group.deliveredAt(place, request.now());
      consumer.activeTime(request.now());
      if (!justId) {
        group.deliveries(place, group.deliveries(place) + 1);
      }
      effects.pending(id.ms(), id.seq());
      if (justId) {
        id.send(reply);
      } else {
        entry.send(reply, StreamValue.scratch(request));
      }
    }
  }
}
