package io.keyward.engine.builtin.stream;

import static io.keyward.engine.command.CommandFlag.FAST;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.STREAM;
import static io.keyward.engine.command.KeySpec.KeyFlag.DELETE;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import org.jspecify.annotations.Nullable;

/** XDELEX and XACKDEL of Redis 8.2, which delete entries with regard to consumer groups. */
final class ReferenceCommands {
  private static final int NOT_THERE = -1;
  private static final int DONE = 1;
  private static final int STILL_REFERENCED = 2;

  private ReferenceCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("xdelex", STREAM)
            .since("8.2.0")
            .summary("Deletes entries, and says what becomes of them in consumer groups.")
            .complexity("O(G*log(N)) for each id, G being the groups and N their pending entries.")
            .syntax("key [KEEPREF | DELREF | ACKED] IDS numids id [id ...]")
            .arity(-5)
            .flags(WRITE, FAST)
            .key(1, RW, DELETE)
            .handler(ReferenceCommands::delete));
    table.add(
        Command.named("xackdel", STREAM)
            .since("8.2.0")
            .summary("Acknowledges entries in a group and deletes them.")
            .complexity("O(G*log(N)) for each id, G being the groups and N their pending entries.")
            .syntax("key group [KEEPREF | DELREF | ACKED] IDS numids id [id ...]")
            .arity(-6)
            .flags(WRITE, FAST)
            .key(1, RW, DELETE)
            .handler(ReferenceCommands::acknowledgeAndDelete));
  }

  private static void delete(Request request, Reply reply) {
    ReferencePolicy.Options options = ReferencePolicy.Options.of(request, 2);
    run(request, reply, options, StreamValue.write(request, 1), null);
  }

  private static void acknowledgeAndDelete(Request request, Reply reply) {
    ReferencePolicy.Options options = ReferencePolicy.Options.of(request, 3);
    Stream stream = StreamValue.write(request, 1);
    Group group = stream == null ? null : stream.group(request, 2);
    run(request, reply, options, group == null ? null : stream, group);
  }

  /**
   * Replies with a code for each id.
   *
   * @param group the group in which an id must be pending and is acknowledged, or null
   */
  private static void run(
      Request request,
      Reply reply,
      ReferencePolicy.Options options,
      @Nullable Stream stream,
      @Nullable Group group) {
    reply.array(options.ids());
    if (stream == null) {
      for (int i = 0; i < options.ids(); i++) {
        reply.integer(NOT_THERE);
      }
      return;
    }
    long before = stream.length();
    boolean acknowledged = false;
    for (int i = 0; i < options.ids(); i++) {
      StreamId id = IdArgument.exact(request, options.firstId() + i, 0);
      if (group != null && !group.acknowledge(id)) {
        reply.integer(NOT_THERE);
        continue;
      }
      acknowledged |= group != null;
      int code = delete(stream, id, options.policy());
      reply.integer(group != null && code == NOT_THERE ? DONE : code);
    }
    stream.settle();
    if (stream.length() < before) {
      StreamValue.changed(request, 1, stream, "xdel");
    } else if (acknowledged || options.policy() == ReferencePolicy.DELETE) {
      Database.of(request).changedQuietly();
    }
  }

  private static int delete(Stream stream, StreamId id, ReferencePolicy policy) {
    if (policy == ReferencePolicy.DELETE) {
      stream.groups().forEach(group -> group.acknowledge(id));
    }
    if (stream.find(id.ms(), id.seq()) == null) {
      return NOT_THERE;
    }
    if (policy == ReferencePolicy.ACKNOWLEDGED && isReferenced(stream, id)) {
      return STILL_REFERENCED;
    }
    stream.delete(id);
    return DONE;
  }

  /** Whether a group has the entry pending or has not read so far. */
  private static boolean isReferenced(Stream stream, StreamId id) {
    return stream.groups().stream()
        .anyMatch(
            group ->
                group.last().compareTo(id) < 0
                    || group.pending().find(id.ms(), id.seq()) != IdTable.NONE);
  }
}
