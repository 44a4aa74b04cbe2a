package io.keyward.engine.builtin.server;

import static io.keyward.engine.command.CommandFlag.ADMIN;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandGroup.SERVER;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Overview;
import io.keyward.engine.builtin.observation.SlowLog;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.Handler;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/** SLOWLOG: the commands that took long. */
final class SlowLogCommands {
  private static final long DEFAULT_COUNT = 10;
  private static final CommandException BAD_COUNT =
      CommandException.error("count should be greater than or equal to -1");

  private SlowLogCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("slowlog", SERVER)
            .since("2.2.12")
            .summary("Tells about commands that took long.")
            .complexity("Depends on subcommand.")
            .arity(-2)
            .subcommand(
                child("get", -2, SlowLogCommands::get)
                    .summary("Returns the newest entries: 10 of them, count, or all by -1.")
                    .complexity("O(N) where N is the number of entries returned")
                    .syntax("[count]")
                    .tips("request_policy:all_nodes", "nondeterministic_output"))
            .subcommand(
                child("len", 2, SlowLogCommands::length)
                    .summary("Returns the number of entries.")
                    .complexity("O(1)")
                    .tips(
                        "request_policy:all_nodes",
                        "response_policy:agg_sum",
                        "nondeterministic_output"))
            .subcommand(
                child("reset", 2, SlowLogCommands::reset)
                    .summary("Drops all entries.")
                    .complexity("O(N) where N is the number of entries in the slowlog")
                    .tips("request_policy:all_nodes", "response_policy:all_succeeded"))
            .withHelp("6.2.0"));
  }

  private static CommandBuilder child(String name, int arity, Handler handler) {
    return Command.named(name, SERVER)
        .since("2.2.12")
        .arity(arity)
        .flags(ADMIN, LOADING, STALE)
        .handler(handler);
  }

  private static SlowLog of(Request request) {
    return Database.of(request).keyspace().observation().slowLog();
  }

  private static void get(Request request, Reply reply) {
    if (request.count() > 3) {
      throw Errors.misusedSubcommand(request);
    }
    long count =
        request.count() == 2 ? DEFAULT_COUNT : request.integer(2, -1, Long.MAX_VALUE, BAD_COUNT);
    Overview overview = Overview.of(Database.of(request).keyspace());
    if (overview == null) {
      write(newest(of(request), "", count), false, reply);
      return;
    }
    overview.gather(
        request,
        reply,
        each -> {
          List<Shown> found = new ArrayList<>();
          for (BuiltinKeyspace room : each.rooms()) {
            found.addAll(newest(room.observation().slowLog(), room.prefix(), count));
          }
          return found;
        },
        (parts, to) -> {
          List<Shown> all = new ArrayList<>();
          parts.forEach(all::addAll);
          all.sort(Comparator.comparingLong((Shown shown) -> shown.entry().time()).reversed());
          write(count == -1 ? all : all.subList(0, (int) Math.min(count, all.size())), true, to);
        });
  }

  /** An entry, and the prefix of the deployment whose client it is about. */
  private record Shown(SlowLog.Entry entry, String deployment) {}

  private static List<Shown> newest(SlowLog log, String deployment, long count) {
    List<Shown> found = new ArrayList<>();
    Iterator<SlowLog.Entry> entries = log.newestFirst();
    while (entries.hasNext() && (count == -1 || found.size() < count)) {
      found.add(new Shown(entries.next(), deployment));
    }
    return found;
  }

  private static void write(List<Shown> entries, boolean withDeployment, Reply reply) {
    reply.array(entries.size());
    for (Shown shown : entries) {
      reply.array(withDeployment ? 7 : 6);
      write(shown.entry(), reply);
      if (withDeployment) {
        reply.bulk(shown.deployment());
      }
    }
  }

  private static void write(SlowLog.Entry entry, Reply reply) {
    reply.integer(entry.id());
    reply.integer(entry.time());
    reply.integer(entry.micros());
    reply.array(entry.arguments().size());
    for (byte[] argument : entry.arguments()) {
      reply.bulk(argument);
    }
    reply.bulk(entry.address());
    reply.bulk(entry.name());
  }

  private static void length(Request request, Reply reply) {
    Overview overview = Overview.of(Database.of(request).keyspace());
    if (overview == null) {
      reply.integer(of(request).size());
      return;
    }
    overview.gather(
        request,
        reply,
        each -> each.rooms().stream().mapToInt(room -> room.observation().slowLog().size()).sum(),
        (sizes, to) -> to.integer(sizes.stream().mapToInt(Integer::intValue).sum()));
  }

  private static void reset(Request request, Reply reply) {
    Overview overview = Overview.of(Database.of(request).keyspace());
    if (overview == null) {
      of(request).clear();
      reply.ok();
      return;
    }
    overview.gather(
        request,
        reply,
        each -> {
          each.rooms().forEach(room -> room.observation().slowLog().clear());
          return each;
        },
        (all, to) -> to.ok());
  }
}
