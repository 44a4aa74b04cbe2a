package io.keyward.engine.builtin.generic;

import static io.keyward.engine.command.CommandFlag.READONLY;
import static io.keyward.engine.command.CommandGroup.GENERIC;
import static io.keyward.engine.command.KeySpec.KeyFlag.RO;

import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.AccessClock;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;
import org.jspecify.annotations.Nullable;

/** OBJECT: how a value is kept and how it has been used. */
final class ObjectCommands {
  private static final CommandException PINNED =
      CommandException.error(
          "The key is pinned: how often it is asked for is counted, not how long it is idle");

  private ObjectCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("object", GENERIC)
            .since("2.2.3")
            .summary("Tells how a value is kept.")
            .complexity("O(1)")
            .arity(-2)
            .subcommand(
                asking("encoding", "2.2.3", "Names the encoding of a value.")
                    .handler(ObjectCommands::encoding))
            .subcommand(
                asking("freq", "4.0.0", "Returns the logarithmic count of a key's uses.")
                    .handler(ObjectCommands::frequency))
            .subcommand(
                asking("idletime", "2.2.3", "Returns the seconds since a key was last used.")
                    .handler(ObjectCommands::idleTime))
            .subcommand(
                asking("location", "7.2.0", "Tells where a key lives.")
                    .differs(
                        "Not in Redis: pinned (in memory alone, in a budget of its own), shared"
                            + " (one copy for a tenant's deployments) or own.")
                    .handler(ObjectCommands::location))
            .subcommand(
                asking("refcount", "2.2.3", "Returns 1: values are not shared between keys.")
                    .differs("Always 1.")
                    .handler(ObjectCommands::referenceCount))
            .withHelp("6.2.0"));
  }

  private static CommandBuilder asking(String name, String since, String summary) {
    return Command.named(name, GENERIC)
        .since(since)
        .summary(summary)
        .complexity("O(1)")
        .syntax("key")
        .arity(3)
        .flags(READONLY)
        .key(2, RO)
        .tips("nondeterministic_output");
  }

  private static @Nullable Entry find(Request request) {
    Database database = Database.of(request);
    return database.peek(request, 2, database.scratchView());
  }

  private static void encoding(Request request, Reply reply) {
    Entry entry = find(request);
    if (entry == null) {
      reply.nothing();
    } else {
      reply.bulk(entry.encoding().wireName());
    }
  }

  private static void location(Request request, Reply reply) {
    Entry entry = find(request);
    if (entry == null) {
      reply.nothing();
    } else if (entry.pinned()) {
      reply.bulk("pinned");
    } else {
      reply.bulk(entry.database().keyspace().isShared() ? "shared" : "own");
    }
  }

  private static void frequency(Request request, Reply reply) {
    Entry entry = find(request);
    if (entry == null) {
      reply.nothing();
      return;
    }
    AccessClock clock = Database.of(request).keyspace().home().clock();
    if (clock.tinyLfu() || entry.pinned()) {
      reply.integer(entry.database().frequencies(entry).count(entry));
      return;
    }
    if (!clock.frequency()) {
      throw CommandException.error(
          "An LFU maxmemory policy is not selected, access frequency not tracked. Please note that"
              + " when switching between policies at runtime LRU and LFU data will take some time"
              + " to adjust.");
    }
    reply.integer(clock.count(entry.clock()));
  }

  private static void idleTime(Request request, Reply reply) {
    Entry entry = find(request);
    if (entry == null) {
      reply.nothing();
      return;
    }
    if (entry.pinned()) {
      throw PINNED;
    }
    AccessClock clock = Database.of(request).keyspace().home().clock();
    if (clock.frequency() || clock.tinyLfu()) {
      throw CommandException.error(
          "An LFU maxmemory policy is selected, idle time not tracked. Please note that when"
              + " switching between policies at runtime LRU and LFU data will take some time to"
              + " adjust.");
    }
    reply.integer(clock.idleSeconds(entry.clock()));
  }

  private static void referenceCount(Request request, Reply reply) {
    if (find(request) == null) {
      reply.nothing();
    } else {
      reply.integer(1);
    }
  }
}
