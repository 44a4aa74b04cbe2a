package io.keyward.engine.builtin.list;

import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandGroup.LIST;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;

/** LPOS: where an element stands. */
final class PositionCommand {
  private static final CommandException COUNT_NEGATIVE =
      CommandException.error("COUNT can't be negative");
  private static final CommandException LENGTH_NEGATIVE =
      CommandException.error("MAXLEN can't be negative");
  private static final CommandException RANK_ZERO =
      CommandException.error(
          "RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use"
              + " negative to start from the end of the list");
  private static final CommandException RANK_OUT_OF_RANGE =
      CommandException.error(
          "value is out of range, value must between"
              + " -9223372036854775807 and 9223372036854775807");

  private PositionCommand() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("lpos", LIST)
            .since("6.0.6")
            .summary("Returns the indexes of elements that equal a value.")
            .complexity("O(N) with N elements compared")
            .syntax("key element [RANK rank] [COUNT num-matches] [MAXLEN len]")
            .arity(-3)
            .flags(READONLY)
            .key(1, RO, ACCESS)
            .handler(PositionCommand::position));
  }

  private static void position(Request request, Reply reply) {
    long rank = 1;
    long count = -1;
    long longest = 0;
    for (int at = 3; at < request.count(); at += 2) {
      if (at + 1 >= request.count()) {
        throw Errors.SYNTAX;
      }
      if (request.is(at, "RANK")) {
        rank = request.integer(at + 1);
        if (rank == 0) {
          throw RANK_ZERO;
        }
        if (rank == Long.MIN_VALUE) {
          throw RANK_OUT_OF_RANGE;
        }
      } else if (request.is(at, "COUNT")) {
        count = request.integer(at + 1, 0, Long.MAX_VALUE, COUNT_NEGATIVE);
      } else if (request.is(at, "MAXLEN")) {
        longest = request.integer(at + 1, 0, Long.MAX_VALUE, LENGTH_NEGATIVE);
      } else {
        throw Errors.SYNTAX;
      }
    }
    Entry list = Database.of(request).read(request, 1, Type.LIST);
    if (list == null) {
      if (count < 0) {
        reply.nothing();
      } else {
        reply.array(0);
      }
      return;
    }
    long size = ListValue.size(list);
    Slices.expect(request, longest == 0 ? size : Math.min(longest, size));
    if (count < 0) {
      Matches matches = new Matches(request, reply, Math.abs(rank), 1, longest);
      ListElements.walk(list, rank < 0, matches);
      if (matches.found == 0) {
        reply.nothing();
      }
    } else {
      int mark = reply.beginArray();
      Matches matches =
          new Matches(request, reply, Math.abs(rank), count == 0 ? Long.MAX_VALUE : count, longest);
      ListElements.walk(list, rank < 0, matches);
      reply.endArray(mark, matches.found);
    }
  }

  /** Sends the indexes of the matches that are wanted. */
  private static final class Matches implements ListElements.Visitor {
    private final Request request;
    private final Reply reply;
    private final long most;
    private final long longest;
    private long skip;
    private long compared;
    private long found;

    Matches(Request request, Reply reply, long rank, long most, long longest) {
      this.request = request;
      this.reply = reply;
      this.skip = rank - 1;
      this.most = most;
      this.longest = longest;
    }

    @Override
    public boolean visit(long index, ListElements.Element element) {
      if (element.contentEquals(request.bytes(), request.offset(2), request.length(2))) {
        if (skip > 0) {
          skip--;
        } else {
          reply.integer(index);
          found++;
        }
      }
      compared++;
      return found < most && (longest == 0 || compared < longest);
    }
  }
}
