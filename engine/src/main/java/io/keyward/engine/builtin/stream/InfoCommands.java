package io.keyward.engine.builtin.stream;

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
import java.util.OptionalLong;

/** XINFO: what is known of a stream, its groups and their consumers. */
final class InfoCommands {
  private static final long USUAL_COUNT = 10;

  /** To tell of an entry takes so many of the steps that {@link Slices#expect} counts. */
  private static final long STEPS_OF_ONE = 3;

  private InfoCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("xinfo", STREAM)
            .since("5.0.0")
            .summary("Tells what is known of streams and their consumer groups.")
            .complexity("Depends on subcommand.")
            .arity(-2)
            .subcommand(
                Command.named("consumers", STREAM)
                    .since("5.0.0")
                    .summary("Returns the consumers of a group.")
                    .complexity("O(N), N being the number of consumers.")
                    .syntax("key group")
                    .arity(4)
                    .flags(READONLY)
                    .key(2, RO, ACCESS)
                    .tips("nondeterministic_output")
                    .handler(InfoCommands::consumers))
            .subcommand(
                Command.named("groups", STREAM)
                    .since("5.0.0")
                    .summary("Returns the consumer groups of a stream.")
                    .complexity("O(N), N being the number of groups.")
                    .syntax("key")
                    .arity(3)
                    .flags(READONLY)
                    .key(2, RO, ACCESS)
                    .handler(InfoCommands::groups))
            .subcommand(
                Command.named("stream", STREAM)
                    .since("5.0.0")
                    .summary("Returns what is known of a stream, with FULL also its groups.")
                    .complexity("O(1), with FULL O(N), N being what is returned.")
                    .syntax("key [FULL [COUNT count]]")
                    .arity(-3)
                    .flags(READONLY)
                    .key(2, RO, ACCESS)
                    .handler(InfoCommands::stream))
            .withHelp("5.0.0"));
  }

  private static Stream find(Request request) {
    Stream stream = StreamValue.read(request, 2);
    if (stream == null) {
      throw Errors.NO_SUCH_KEY;
    }
    return stream;
  }

  private static void consumers(Request request, Reply reply) {
    Group group = Consumers.groupOfSubcommand(request, find(request));
    long now = request.now();
    reply.array(group.consumers().size());
    for (Consumer consumer : group.consumers()) {
      long active = consumer.activeTime();
      reply.map(4);
      reply.bulk("name");
      reply.bulk(consumer.name().bytes());
      number(reply, "pending", consumer.pending().size());
      number(reply, "idle", Math.max(0, now - consumer.seenTime()));
      number(reply, "inactive", active == Consumer.NEVER ? Consumer.NEVER : now - active);
    }
  }

  private static void groups(Request request, Reply reply) {
    Stream stream = find(request);
    reply.array(stream.groups().size());
    for (Group group : stream.groups()) {
      reply.map(6);
      reply.bulk("name");
      reply.bulk(group.name().bytes());
      number(reply, "consumers", group.consumers().size());
      number(reply, "pending", group.pending().size());
      progress(reply, stream, group);
    }
  }

  private static void progress(Reply reply, Stream stream, Group group) {
    id(reply, "last-delivered-id", group.last());
    long read = group.entriesRead();
    orNothing(
        reply,
        "entries-read",
        read == Group.UNKNOWN ? OptionalLong.empty() : OptionalLong.of(read));
    orNothing(reply, "lag", Lag.of(stream, group));
  }

  private static void stream(Request request, Reply reply) {
    Stream stream = find(request);
    boolean full = request.count() > 3;
    long count = USUAL_COUNT;
    if (full) {
      boolean counted = request.count() == 6 && request.is(4, "COUNT");
      if (!request.is(3, "FULL") || (request.count() != 4 && !counted)) {
        throw Errors.misusedSubcommand(request);
      }
      count = counted ? request.integer(5) : USUAL_COUNT;
    }
    if (full) {
      Slices.expect(request, told(stream, most(count)));
    }
    reply.map(full ? 9 : 10);
    number(reply, "length", stream.length());
    number(reply, "radix-tree-keys", stream.nodes().size());
    // The nodes stand in one sorted array: a tree of a root and its leaves.
    number(reply, "radix-tree-nodes", stream.nodes().size() + 1L);
    id(reply, "last-generated-id", stream.last());
    id(reply, "max-deleted-entry-id", stream.maxDeleted());
    number(reply, "entries-added", stream.added());
    id(reply, "recorded-first-entry-id", stream.first());
    if (full) {
      fullStream(request, reply, stream, most(count));
      return;
    }
    number(reply, "groups", stream.groups().size());
    reply.bulk("first-entry");
    entry(request, reply, stream.forward(0, 0, -1, -1));
    reply.bulk("last-entry");
    entry(request, reply, stream.backward(0, 0, -1, -1));
  }

  /** How many entries, pending ones included, FULL tells of. */
  private static long told(Stream stream, long most) {
    long told = Math.min(stream.length(), most);
    for (Group group : stream.groups()) {
      told += 2 * Math.min(group.pending().size(), most) + group.consumers().size();
    }
    return STEPS_OF_ONE * told;
  }

  private static long most(long count) {
    if (count == 0) {
      return Long.MAX_VALUE;
    }
    return count < 0 ? USUAL_COUNT : count;
  }

  private static void entry(Request request, Reply reply, EntryCursor at) {
    if (at.next()) {
      at.send(reply, StreamValue.scratch(request));
    } else {
      reply.nothing();
    }
  }

  private static void fullStream(Request request, Reply reply, Stream stream, long most) {
    Slices slices = Database.of(request).keyspace().slices();
    reply.bulk("entries");
    RangeCommands.send(request, reply, stream.forward(0, 0, -1, -1), most);
    reply.bulk("groups");
    reply.array(stream.groups().size());
    for (Group group : stream.groups()) {
      reply.map(7);
      reply.bulk("name");
      reply.bulk(group.name().bytes());
      progress(reply, stream, group);
      number(reply, "pel-count", group.pending().size());
      reply.bulk("pending");
      pending(reply, group, most, slices);
      reply.bulk("consumers");
      reply.array(group.consumers().size());
      for (Consumer consumer : group.consumers()) {
        slices.step();
        fullConsumer(reply, group, consumer, most, slices);
      }
    }
  }

  private static void pending(Reply reply, Group group, long most, Slices slices) {
    IdTable ids = group.pending();
    reply.array(Math.min(ids.size(), most));
    long sent = 0;
    for (long at = ids.first(); at != IdTable.NONE && sent < most; at = ids.next(at)) {
      slices.step();
      reply.array(4);
      new StreamId(ids.ms(at), ids.seq(at)).send(reply);
      reply.bulk(group.owner(at).name().bytes());
      reply.integer(group.deliveredAt(at));
      reply.integer(group.deliveries(at));
      sent++;
    }
  }

  private static void fullConsumer(
      Reply reply, Group group, Consumer consumer, long most, Slices slices) {
    IdTable ids = consumer.pending();
    reply.map(5);
    reply.bulk("name");
    reply.bulk(consumer.name().bytes());
    number(reply, "seen-time", consumer.seenTime());
    number(reply, "active-time", consumer.activeTime());
    number(reply, "pel-count", ids.size());
    reply.bulk("pending");
    reply.array(Math.min(ids.size(), most));
    long sent = 0;
    for (long at = ids.first(); at != IdTable.NONE && sent < most; at = ids.next(at)) {
      slices.step();
      long place = group.pending().find(ids.ms(at), ids.seq(at));
      reply.array(3);
      new StreamId(ids.ms(at), ids.seq(at)).send(reply);
      reply.integer(group.deliveredAt(place));
      reply.integer(group.deliveries(place));
      sent++;
    }
  }

  private static void number(Reply reply, String name, long value) {
    reply.bulk(name);
    reply.integer(value);
  }

  private static void id(Reply reply, String name, StreamId id) {
    reply.bulk(name);
    id.send(reply);
  }

  /** A counter, or nothing where it is not known. */
  private static void orNothing(Reply reply, String name, OptionalLong value) {
    reply.bulk(name);
    if (value.isPresent()) {
      reply.integer(value.getAsLong());
    } else {
      reply.nothing();
    }
  }
}
