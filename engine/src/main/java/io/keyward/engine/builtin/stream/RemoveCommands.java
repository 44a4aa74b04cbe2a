package io.keyward.engine.builtin.stream;

import static io.keyward.engine.command.CommandFlag.DENYOOM;
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
import io.keyward.engine.builtin.Effects;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import org.jspecify.annotations.Nullable;

/** XDEL and XTRIM, which take entries away, and XSETID, which sets what is known of them. */
final class RemoveCommands {
  private static final CommandException ADDED_NEGATIVE =
      CommandException.error("entries_added must be positive");
  private static final CommandException BELOW_GIVEN_DELETED =
      CommandException.error(
          "The ID specified in XSETID is smaller than the provided max_deleted_entry_id");
  private static final CommandException BELOW_DELETED =
      CommandException.error(
          "The ID specified in XSETID is smaller than current max_deleted_entry_id");
  private static final CommandException BELOW_LAST =
      CommandException.error(
          "The ID specified in XSETID is smaller than the target stream top item");
  private static final CommandException ADDED_BELOW_LENGTH =
      CommandException.error(
          "The entries_added specified in XSETID is smaller than the target stream length");

  private RemoveCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("xdel", STREAM)
            .since("5.0.0")
            .summary("Deletes entries by their ids, and returns how many there were.")
            .complexity("O(log(N)) for each id, N being the number of nodes.")
            .syntax("key id [id ...]")
            .arity(-3)
            .flags(WRITE, FAST)
            .key(1, RW, DELETE)
            .handler(RemoveCommands::delete));
    table.add(
        Command.named("xtrim", STREAM)
            .since("5.0.0")
            .summary("Deletes the first entries of a stream, up to a length or an id.")
            .complexity("O(N), N being the number of entries deleted, taken a node at a time.")
            .syntax("key <MAXLEN | MINID> [= | ~] threshold [LIMIT count]")
            .arity(-4)
            .flags(WRITE)
            .key(1, RW, DELETE)
            .tips("nondeterministic_output")
            .handler(RemoveCommands::trim));
    table.add(
        Command.named("xsetid", STREAM)
            .since("5.0.0")
            .summary("Sets the last id of a stream, and what it knows of former entries.")
            .complexity("O(1)")
            .syntax("key last-id [ENTRIESADDED entries-added] [MAXDELETEDID max-deleted-id]")
            .arity(-3)
            .flags(WRITE, DENYOOM, FAST)
            .key(1, RW, UPDATE)
            .handler(RemoveCommands::setId));
  }

  private static void delete(Request request, Reply reply) {
    Stream stream = StreamValue.write(request, 1);
    if (stream == null) {
      reply.integer(0);
      return;
    }
    for (int i = 2; i < request.count(); i++) {
      Slices.step(request);
      IdArgument.exact(request, i, 0);
    }
    int deleted = 0;
    for (int i = 2; i < request.count(); i++) {
      Slices.longStep(request);
      if (stream.delete(IdArgument.exact(request, i, 0))) {
        deleted++;
      }
    }
    if (deleted > 0) {
      StreamValue.changed(request, 1, stream, "xdel");
    }
    reply.integer(deleted);
  }

  private static void trim(Request request, Reply reply) {
    Trim trim = Trim.of(request);
    Stream stream = StreamValue.write(request, 1);
    long taken = 0;
    if (stream != null) {
      Slices.expect(request, trim.steps(stream));
      taken = trim.apply(stream, Database.of(request).keyspace().slices());
    }
    if (stream != null && taken > 0) {
      StreamValue.changed(request, 1, stream, "xtrim");
      Effects effects = Database.of(request).keyspace().effects();
      if (effects.wanted()) {
        effects.begin(request, "XTRIM", 5).key(request, 1).argument("MAXLEN").argument("=");
        effects.number(stream.length()).end();
      }
    }
    reply.integer(taken);
  }

  private static void setId(Request request, Reply reply) {
    StreamId id = IdArgument.exact(request, 2, 0);
    long added = -1;
    StreamId deleted = null;
    for (int at = 3; at < request.count(); at += 2) {
      boolean valued = at + 1 < request.count();
      if (valued && request.is(at, "ENTRIESADDED")) {
        added = request.integer(at + 1);
        if (added < 0) {
          throw ADDED_NEGATIVE;
        }
      } else if (valued && request.is(at, "MAXDELETEDID")) {
        deleted = IdArgument.exact(request, at + 1, 0);
        if (id.compareTo(deleted) < 0) {
          throw BELOW_GIVEN_DELETED;
        }
      } else {
        throw Errors.SYNTAX;
      }
    }
    Stream stream = StreamValue.write(request, 1);
    if (stream == null) {
      throw Errors.NO_SUCH_KEY;
    }
    check(stream, id, added);
    set(stream, id, added, deleted);
    StreamValue.changed(request, 1, stream, "xsetid");
    reply.ok();
  }

  private static void check(Stream stream, StreamId id, long added) {
    if (id.compareTo(stream.maxDeleted()) < 0) {
      throw BELOW_DELETED;
    }
    StreamId last = stream.lastEntry();
    if (last != null && id.compareTo(last) < 0) {
      throw BELOW_LAST;
    }
    if (last != null && added != -1 && added < stream.length()) {
      throw ADDED_BELOW_LENGTH;
    }
  }

  private static void set(Stream stream, StreamId id, long added, @Nullable StreamId deleted) {
    stream.last(id);
    if (added != -1) {
      stream.added(added);
    }
    if (deleted != null && !deleted.isZero()) {
      stream.maxDeleted(deleted);
    }
  }
}
