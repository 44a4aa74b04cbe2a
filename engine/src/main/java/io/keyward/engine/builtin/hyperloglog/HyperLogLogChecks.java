package io.keyward.engine.builtin.hyperloglog;

import static io.keyward.engine.command.CommandFlag.ADMIN;
import static io.keyward.engine.command.CommandFlag.DENYOOM;
import static io.keyward.engine.command.CommandFlag.WRITE;
import static io.keyward.engine.command.CommandGroup.HYPERLOGLOG;
import static io.keyward.engine.command.KeySpec.KeyFlag.ACCESS;
import static io.keyward.engine.command.KeySpec.KeyFlag.RW;

import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import java.util.Locale;

/** PFDEBUG and PFSELFTEST: looks inside of a HyperLogLog. */
final class HyperLogLogChecks {
  private static final CommandException NO_SUCH_KEY =
      CommandException.error("The specified key does not exist");
  private static final CommandException NOT_SPARSE =
      CommandException.error("HLL encoding is not sparse");

  private HyperLogLogChecks() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("pfdebug", HYPERLOGLOG)
            .since("2.8.9")
            .summary("Shows the registers or the encoding of a HyperLogLog, or makes it dense.")
            .complexity("O(1)")
            .syntax("<GETREG | DECODE | ENCODING | TODENSE> key")
            .arity(3)
            .flags(WRITE, DENYOOM, ADMIN)
            .key(2, RW, ACCESS)
            .handler(HyperLogLogChecks::debug));
    table.add(
        Command.named("pfselftest", HYPERLOGLOG)
            .since("2.8.9")
            .summary("Checks the registers and the estimates of HyperLogLogs.")
            .complexity("O(1), some hundredths of a second")
            .syntax("")
            .arity(1)
            .flags(ADMIN)
            .handler((request, reply) -> test(reply)));
  }

  private static void debug(Request request, Reply reply) {
    Database database = Database.of(request);
    Entry entry = HyperLogLogValue.check(database.write(request, 2));
    if (entry == null) {
      throw NO_SUCH_KEY;
    }
    switch (request.text(1).toUpperCase(Locale.ROOT)) {
      case "GETREG" -> {
        makeDense(database, request, entry);
        reply.array(DenseRegisters.COUNT);
        int start = HyperLogLogValue.registers(entry);
        for (int register = 0; register < DenseRegisters.COUNT; register++) {
          reply.integer(DenseRegisters.get(entry.bytes(), start, register));
        }
      }
      case "DECODE" -> reply.bulk(decode(entry));
      case "ENCODING" -> reply.simple(HyperLogLogValue.sparse(entry) ? "sparse" : "dense");
      case "TODENSE" -> reply.integer(makeDense(database, request, entry));
      default ->
          throw CommandException.error("Unknown PFDEBUG subcommand '" + request.text(1) + "'");
    }
  }

  private static boolean makeDense(Database database, Request request, Entry entry) {
    if (!HyperLogLogValue.sparse(entry)) {
      return false;
    }
    HyperLogLogValue.makeDense(entry, request, 2);
    database.changed(request, 2, HyperLogLogCommands.NO_EVENT, "pfdebug");
    return true;
  }

  /** The runs of sparse registers as {@code z:span}, {@code Z:span} and {@code v:rank,span}. */
  private static String decode(Entry entry) {
    if (!HyperLogLogValue.sparse(entry)) {
      throw NOT_SPARSE;
    }
    StringBuilder text = new StringBuilder();
    byte[] bytes = entry.bytes();
    int end = HyperLogLogValue.end(entry);
    int at = HyperLogLogValue.registers(entry);
    while (at < end) {
      int next = SparseRegisters.next(bytes, at);
      if (next > end) {
        throw HyperLogLogValue.CORRUPT;
      }
      int rank = SparseRegisters.rank(bytes, at);
      text.append(text.isEmpty() ? "" : " ")
          .append(
              rank > 0 ? "v:" + rank + "," : SparseRegisters.isExtended(bytes, at) ? "Z:" : "z:")
          .append(SparseRegisters.span(bytes, at));
      at = next;
    }
    return text.toString();
  }

  private static void test(Reply reply) {
    String failure = new HyperLogLogSelfTest().run();
    if (!failure.isEmpty()) {
      throw new CommandException("TESTFAILED " + failure);
    }
    reply.ok();
  }
}
