package io.keyward.engine.builtin.string;

import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandGroup.STRING;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;

import io.keyward.config.directive.Directive;
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
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** LCS: the longest common subsequence of two string values. */
final class SubsequenceCommand {
  private static final CommandException NOT_STRINGS =
      CommandException.error("The specified keys must contain string values");
  private static final CommandException LENGTH_AND_INDEXES =
      CommandException.error("If you want both the length and indexes, please just use IDX.");
  private static final CommandException TOO_MUCH =
      CommandException.error(
          "Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");

  private SubsequenceCommand() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("lcs", STRING)
            .since("7.0.0")
            .summary("Finds the longest common subsequence of two string values.")
            .complexity("O(N*M) with the lengths N and M of the values")
            .syntax("key1 key2 [LEN] [IDX] [MINMATCHLEN min-match-len] [WITHMATCHLEN]")
            .arity(-3)
            .flags(READONLY)
            .keys(1, 2, 1, RO, ACCESS)
            .handler(SubsequenceCommand::find));
  }

  /** The options; runs shorter than {@code least} bytes are not told. */
  private record Options(boolean onlyLength, boolean indexes, long least, boolean runLengths) {
    static Options of(Request request) {
      boolean onlyLength = false;
      boolean indexes = false;
      boolean runLengths = false;
      long least = 0;
      for (int at = 3; at < request.count(); at++) {
        if (request.is(at, "IDX")) {
          indexes = true;
        } else if (request.is(at, "LEN")) {
          onlyLength = true;
        } else if (request.is(at, "WITHMATCHLEN")) {
          runLengths = true;
        } else if (request.is(at, "MINMATCHLEN") && at + 1 < request.count()) {
          least = request.integer(++at);
        } else {
          throw Errors.SYNTAX;
        }
      }
      if (onlyLength && indexes) {
        throw LENGTH_AND_INDEXES;
      }
      return new Options(onlyLength, indexes, least, runLengths);
    }
  }

  private static @Nullable Entry read(Request request, int argument) {
    Database database = Database.of(request);
    Entry entry = database.read(request, argument, database.newView());
    if (entry != null && entry.type() != Type.STRING) {
      throw NOT_STRINGS;
    }
    return entry;
  }

  private static byte[] text(@Nullable Entry entry) {
    if (entry == null) {
      return new byte[0];
    }
    int offset = StringValue.offset(entry);
    return Arrays.copyOfRange(StringValue.bytes(entry), offset, offset + StringValue.length(entry));
  }

  private static void find(Request request, Reply reply) {
    Entry first = read(request, 1);
    Entry second = read(request, 2);
    Options options = Options.of(request);
    requireRoom(
        Database.of(request),
        first == null ? 0 : StringValue.length(first),
        second == null ? 0 : StringValue.length(second));
    byte[] rows = text(first);
    byte[] columns = text(second);
    Slices slices = Database.of(request).keyspace().slices();
    Slices.expect(request, CommonSubsequence.stepWords(rows.length, columns.length));
    CommonSubsequence found =
        new CommonSubsequence(rows, columns, !options.onlyLength(), slices::longStep);
    if (options.indexes()) {
      sendRuns(found, options, reply);
    } else if (options.onlyLength()) {
      reply.integer(found.length());
    } else {
      reply.bulk(found.text());
    }
  }

  /** Refuses what Redis refuses, whose table takes four bytes where this one takes a bit. */
  private static void requireRoom(Database database, int first, int second) {
    long most = database.keyspace().home().settings().number(Directive.PROTO_MAX_BULK_LEN);
    if ((first + 1L) * (second + 1L) > most / Integer.BYTES
        || CommonSubsequence.stepWords(first, second) > Integer.MAX_VALUE - 64) {
      throw TOO_MUCH;
    }
  }

  private static void sendRuns(CommonSubsequence found, Options options, Reply reply) {
    reply.map(2);
    reply.bulk("matches");
    int position = reply.beginArray();
    int[] runs = new int[1];
    found.forEachRun(
        (row, column, length) -> {
          if (length >= options.least()) {
            reply.array(options.runLengths() ? 3 : 2);
            sendRange(row, length, reply);
            sendRange(column, length, reply);
            if (options.runLengths()) {
              reply.integer(length);
            }
            runs[0]++;
          }
        });
    reply.endArray(position, runs[0]);
    reply.bulk("len");
    reply.integer(found.length());
  }

  private static void sendRange(int first, int length, Reply reply) {
    reply.array(2);
    reply.integer(first);
    reply.integer(first + length - 1L);
  }
}
