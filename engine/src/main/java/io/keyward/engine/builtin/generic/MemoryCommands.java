package io.keyward.engine.builtin.generic;

import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandGroup.SERVER;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;

import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandFlag;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.Handler;

/** MEMORY: what a key takes, and what all takes together. */
final class MemoryCommands {
  /** A key's part of its database's dictionary: 64 bytes of bucket for eight keys. */
  private static final int DICTIONARY_BYTES = 8;

  private MemoryCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("memory", SERVER)
            .since("4.0.0")
            .summary("Tells how much memory keys and the rest take.")
            .complexity("O(1)")
            .arity(-2)
            .subcommand(
                Command.named("usage", SERVER)
                    .since("4.0.0")
                    .summary("Returns the bytes that a key and its value take, counted exactly.")
                    .complexity("O(1)")
                    .syntax("key [SAMPLES count]")
                    .arity(-3)
                    .flags(READONLY)
                    .key(2, RO)
                    .handler(MemoryCommands::usage))
            .subcommand(
                report("stats", MemoryReports::statistics)
                    .differs(
                        "Tells of pages and of the JVM's heap, which one of several deployments"
                            + " does not see.")
                    .summary("Returns the bytes of data, keys, clients, pages and heap.")
                    .complexity("O(1)"))
            .subcommand(
                report("doctor", MemoryReports::doctor)
                    .differs("Tells of pages and of the JVM's heap.")
                    .summary("Tells what is wrong with the use of memory, and what to do.")
                    .complexity("O(1)"))
            .subcommand(
                report("malloc-stats", MemoryReports::allocator)
                    .flags(CommandFlag.SERVER_WIDE)
                    .differs("Tells of pages and of the JVM's heap.")
                    .summary("Tells of the pages and of the JVM's memory.")
                    .complexity("Depends on how much memory is allocated, could be slow"))
            .subcommand(
                Command.named("purge", SERVER)
                    .differs("Gives back empty pages.")
                    .since("4.0.0")
                    .summary("Gives back the empty pages that are kept for new data.")
                    .complexity("Depends on how much memory is allocated, could be slow")
                    .arity(2)
                    .flags(CommandFlag.SERVER_WIDE)
                    .tips("request_policy:all_shards", "response_policy:all_succeeded")
                    .handler(MemoryReports::purge))
            .withHelp("4.0.0"));
  }

  private static CommandBuilder report(String name, Handler handler) {
    return Command.named(name, SERVER)
        .since("4.0.0")
        .arity(2)
        .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
        .handler(handler);
  }

  /** SAMPLES is accepted and has no effect: nothing has to be estimated. */
  private static void usage(Request request, Reply reply) {
    for (int i = 3; i < request.count(); i += 2) {
      if (i + 1 == request.count() || !request.is(i, "SAMPLES") || request.integer(i + 1) < 0) {
        throw Errors.SYNTAX;
      }
    }
    Database database = Database.of(request);
    Entry entry = database.peek(request, 2, database.scratchView());
    if (entry == null) {
      reply.nothing();
      return;
    }
    long held = entry.encoding().held() ? entry.held().memoryBytes() : 0;
    reply.integer(entry.slotBytes() + held + DICTIONARY_BYTES);
  }
}
