package io.keyward.engine.builtin.stream;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.STREAM;
import static io.keyward.engine.command.KeySpec.KeyFlag.DELETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.INSERT;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;
import static io.keyward.engine.command.KeySpec.KeyFlag.UPDATE;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Key;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import org.jspecify.annotations.Nullable;

/** XGROUP: makes, changes and removes consumer groups and consumers. */
final class GroupCommands {
  private static final CommandException NO_KEY =
      CommandException.error(
          "The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to"
              + " use the MKSTREAM option to create an empty stream automatically.");
  private static final CommandException ENTRIES_READ =
      CommandException.error("value for ENTRIESREAD must be positive or -1");
  private static final CommandException BUSY =
      new CommandException("BUSYGROUP Consumer Group name already exists");

  /** XGROUP CREATE with all its options. */
  private static final int MOST_ARGUMENTS = 8;

  private GroupCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("xgroup", STREAM)
            .since("5.0.0")
            .summary("Manages the consumer groups of streams.")
            .complexity("Depends on subcommand.")
            .arity(-2)
            .subcommand(
                Command.named("create", STREAM)
                    .since("5.0.0")
                    .summary("Creates a consumer group that reads from an id on.")
                    .complexity("O(1)")
                    .syntax("key group <id | $> [MKSTREAM] [ENTRIESREAD entries-read]")
                    .arity(-5)
                    .flags(WRITE, DENYOOM)
                    .key(2, RW, INSERT)
                    .handler(GroupCommands::create))
            .subcommand(
                Command.named("createconsumer", STREAM)
                    .since("6.2.0")
                    .summary("Creates a consumer in a group.")
                    .complexity("O(1)")
                    .syntax("key group consumer")
                    .arity(5)
                    .flags(WRITE, DENYOOM)
                    .key(2, RW, INSERT)
                    .handler(GroupCommands::createConsumer))
            .subcommand(
                Command.named("delconsumer", STREAM)
                    .since("5.0.0")
                    .summary("Removes a consumer, and returns how many pending entries it had.")
                    .complexity("O(N*log(M)), N being its pending entries and M the group's.")
                    .syntax("key group consumer")
                    .arity(5)
                    .flags(WRITE)
                    .key(2, RW, DELETE)
                    .handler(GroupCommands::deleteConsumer))
            .subcommand(
                Command.named("destroy", STREAM)
                    .since("5.0.0")
                    .summary("Removes a consumer group.")
                    .complexity("O(N), N being the group's pending entries.")
                    .syntax("key group")
                    .arity(4)
                    .flags(WRITE)
                    .key(2, RW, DELETE)
                    .handler(GroupCommands::destroy))
            .subcommand(
                Command.named("setid", STREAM)
                    .since("5.0.0")
                    .summary("Sets the id from which a group reads on.")
                    .complexity("O(1)")
                    .syntax("key group <id | $> [ENTRIESREAD entries-read]")
                    .arity(-5)
                    .flags(WRITE)
                    .key(2, RW, UPDATE)
                    .handler(GroupCommands::setId))
            .withHelp("5.0.0"));
  }

  private record Options(boolean makeStream, long entriesRead) {
    static Options of(Request request, boolean creating) {
      boolean makeStream = false;
      long entriesRead = Group.UNKNOWN;
      for (int at = 5; at < request.count(); at++) {
        if (creating && request.is(at, "MKSTREAM")) {
          makeStream = true;
        } else if (request.is(at, "ENTRIESREAD") && at + 1 < request.count()) {
          entriesRead = request.integer(++at);
          if (entriesRead < 0 && entriesRead != Group.UNKNOWN) {
            throw ENTRIES_READ;
          }
        } else {
          throw Errors.misusedSubcommand(request);
        }
      }
      return new Options(makeStream, entriesRead);
    }
  }

  private static Stream stream(Request request) {
    Stream stream = StreamValue.write(request, 2);
    if (stream == null) {
      throw NO_KEY;
    }
    return stream;
  }

  private static void create(Request request, Reply reply) {
    Options options = Options.of(request, true);
    Stream stream = StreamValue.write(request, 2);
    if (stream == null && !options.makeStream()) {
      throw NO_KEY;
    }
    refuseRepetition(request);
    StreamId id = from(request, stream);
    if (stream != null && stream.group(request, 3) != null) {
      throw BUSY;
    }
    Key name = Consumers.key(request, 3);
    Stream target = stream == null ? StreamValue.create(request, 2) : stream;
    try {
      Group _ = target.addGroup(name, id, options.entriesRead());
    } catch (OutOfMemoryError full) {
      if (stream == null) {
        StreamValue.takeBack(request, 2);
      }
      throw full;
    }
    if (stream == null) {
      StreamValue.changed(request, 2, target, "xgroup-create");
    } else {
      StreamValue.changedGroup(request, 2, target, "xgroup-create");
    }
    reply.ok();
  }

  /** Refuses an option that stands twice. */
  private static void refuseRepetition(Request request) {
    if (request.count() > MOST_ARGUMENTS) {
      throw Errors.misusedSubcommand(request);
    }
  }

  private static StreamId from(Request request, @Nullable Stream stream) {
    if (request.is(4, "$")) {
      return stream == null ? StreamId.MIN : stream.last();
    }
    return IdArgument.exact(request, 4, 0);
  }

  private static void setId(Request request, Reply reply) {
    Options options = Options.of(request, false);
    Stream stream = stream(request);
    Group group = Consumers.groupOfSubcommand(request, stream);
    refuseRepetition(request);
    group.last(request.is(4, "$") ? stream.last() : IdArgument.orEdge(request, 4, 0));
    group.entriesRead(options.entriesRead());
    StreamValue.changedGroup(request, 2, stream, "xgroup-setid");
    reply.ok();
  }

  private static void destroy(Request request, Reply reply) {
    Stream stream = stream(request);
    Group group = stream.group(request, 3);
    if (group != null) {
      stream.removeGroup(group);
      StreamValue.changed(request, 2, stream, "xgroup-destroy");
    }
    reply.integer(group != null);
  }

  private static void createConsumer(Request request, Reply reply) {
    Stream stream = stream(request);
    Group group = Consumers.groupOfSubcommand(request, stream);
    boolean absent = group.consumer(request, 4) == null;
    if (absent) {
      Consumers.create(request, 2, stream, group, 4);
    }
    reply.integer(absent);
  }

  private static void deleteConsumer(Request request, Reply reply) {
    Stream stream = stream(request);
    Group group = Consumers.groupOfSubcommand(request, stream);
    Consumer consumer = group.consumer(request, 4);
    int pending = 0;
    if (consumer != null) {
      pending = consumer.pending().size();
      Slices.expect(request, pending);
      group.removeConsumer(consumer, Database.of(request).keyspace().slices()::step);
      StreamValue.changedGroup(request, 2, stream, "xgroup-delconsumer");
    }
    reply.integer(pending);
  }
}
