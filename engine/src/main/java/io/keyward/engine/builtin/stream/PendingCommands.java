package io.keyward.engine.builtin.stream;

import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.STREAM;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import org.jspecify.annotations.Nullable;

/** XACK and XPENDING: entries that were delivered and not acknowledged. */
final class PendingCommands {
  /** To tell of an entry takes so many of the steps that {@link Slices#expect} counts. */
  private static final long STEPS_OF_ONE = 3;

  private PendingCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("xack", STREAM)
            .since("5.0.0")
            .summary("Acknowledges entries, and returns how many of them were pending.")
            .complexity("O(log(N)) for each id, N being the group's pending entries.")
            .syntax("key group id [id ...]")
            .arity(-4)
            .flags(WRITE, FAST)
            .key(1, RW, UPDATE)
            .handler(PendingCommands::acknowledge));
    table.add(
        Command.named("xpending", STREAM)
            .since("5.0.0")
            .summary("Returns what a group has pending, in short or entry by entry.")
            .complexity("O(log(M)+N), M being the group's pending entries and N those looked at.")
            .syntax("key group [[IDLE min-idle-time] start:string end:string count [consumer]]")
            .arity(-3)
            .flags(READONLY)
            .key(1, RO, ACCESS)
            .tips("nondeterministic_output")
            .handler(PendingCommands::pending));
  }

  private static void acknowledge(Request request, Reply reply) {
    Stream stream = StreamValue.write(request, 1);
    Group group = stream == null ? null : stream.group(request, 2);
    if (stream == null || group == null) {
      reply.integer(0);
      return;
    }
    for (int i = 3; i < request.count(); i++) {
      Slices.step(request);
      IdArgument.exact(request, i, 0);
    }
    int acknowledged = 0;
    for (int i = 3; i < request.count(); i++) {
      Slices.step(request);
      if (group.acknowledge(IdArgument.exact(request, i, 0))) {
        acknowledged++;
      }
    }
    if (acknowledged > 0) {
      stream.settle();
      Database.of(request).changedQuietly();
    }
    reply.integer(acknowledged);
  }

  private static void pending(Request request, Reply reply) {
    int words = request.count();
    if (words != 3 && (words < 6 || words > 9)) {
      throw Errors.SYNTAX;
    }
    Query query = words == 3 ? null : Query.of(request);
    Group group = Consumers.group(request, StreamValue.read(request, 1));
    if (query == null) {
      summary(reply, group);
    } else {
      query.answer(request, reply, group);
    }
  }

  private static void summary(Reply reply, Group group) {
    IdTable pending = group.pending();
    reply.array(4);
    reply.integer(pending.size());
    if (pending.size() == 0) {
      reply.nothing();
      reply.nothing();
      reply.nothingArray();
      return;
    }
    new StreamId(pending.ms(pending.first()), pending.seq(pending.first())).send(reply);
    new StreamId(pending.ms(pending.last()), pending.seq(pending.last())).send(reply);
    int header = reply.beginArray();
    int owners = 0;
    for (Consumer consumer : group.consumers()) {
      if (consumer.pending().size() > 0) {
        reply.array(2);
        reply.bulk(consumer.name().bytes());
        reply.bulkInteger(consumer.pending().size());
        owners++;
      }
    }
    reply.endArray(header, owners);
  }

  /**
   * Which pending entries are asked for.
   *
   * @param consumer the argument that names their owner, 0 for any
   */
  private record Query(long idle, StreamId start, StreamId end, long most, int consumer) {
    static Query of(Request request) {
      int first = 3;
      long idle = 0;
      if (request.is(3, "IDLE")) {
        idle = request.integer(4);
        first = 5;
        if (request.count() < 8) {
          throw Errors.SYNTAX;
        }
      }
      long most = Math.max(0, request.integer(first + 2));
      StreamId start = IdArgument.start(request, first);
      StreamId end = IdArgument.end(request, first + 1);
      return new Query(idle, start, end, most, first + 3 < request.count() ? first + 3 : 0);
    }

    void answer(Request request, Reply reply, Group group) {
      Consumer owner = consumer == 0 ? null : group.consumer(request, consumer);
      if (consumer != 0 && owner == null) {
        reply.array(0);
        return;
      }
      int pending = (owner == null ? group.pending() : owner.pending()).size();
      Slices.expect(request, idle == 0 ? STEPS_OF_ONE * Math.min(most, pending) : pending);
      int header = reply.beginArray();
      reply.endArray(header, send(request, reply, group, owner));
    }

    private long send(Request request, Reply reply, Group group, @Nullable Consumer owner) {
      IdTable ids = owner == null ? group.pending() : owner.pending();
      byte[] scratch = StreamValue.scratch(request);
      Slices slices = Database.of(request).keyspace().slices();
      long sent = 0;
      for (long at = ids.ceiling(start.ms(), start.seq());
          sent < most
              && at != IdTable.NONE
              && StreamId.compare(ids.ms(at), ids.seq(at), end.ms(), end.seq()) <= 0;
          at = ids.next(at)) {
        slices.step();
        long place = owner == null ? at : group.pending().find(ids.ms(at), ids.seq(at));
        long waited = request.now() - group.deliveredAt(place);
        if (idle != 0 && waited < idle) {
          continue;
        }
        reply.array(4);
        StreamId.send(reply, ids.ms(at), ids.seq(at), scratch);
        reply.bulk(group.owner(place).name().bytes());
        reply.integer(Math.max(0, waited));
        reply.integer(group.deliveries(place));
        sent++;
      }
      return sent;
    }
  }
}
