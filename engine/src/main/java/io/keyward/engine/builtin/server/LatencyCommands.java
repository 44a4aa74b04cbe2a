package io.keyward.engine.builtin.server;

import static io.keyward.engine.command.CommandFlag.ADMIN;
import static io.keyward.engine.command.CommandFlag.LOADING;
import static io.keyward.engine.command.CommandFlag.NOSCRIPT;
import static io.keyward.engine.command.CommandFlag.STALE;
import static io.keyward.engine.command.CommandGroup.SERVER;

import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.CommandException;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.observation.CommandTimes;
import io.keyward.engine.builtin.observation.LatencyEvent;
import io.keyward.engine.builtin.observation.LatencyEvents;
import io.keyward.engine.builtin.observation.Observation;
import io.keyward.engine.builtin.observation.TimeHistogram;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandBuilder;
import io.keyward.engine.command.CommandTable;
import io.keyward.engine.command.Handler;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** LATENCY: what took long, and how long each command takes. */
final class LatencyCommands {
  private LatencyCommands() {}

  static void declare(CommandTable table) {
    table.add(
        Command.named("latency", SERVER)
            .since("2.8.13")
            .summary("Tells what held the keyspace up, and how long commands take.")
            .complexity("Depends on subcommand.")
            .arity(-2)
            .subcommand(
                report("doctor", 2, LatencyCommands::doctor)
                    .summary("Describes the events in words, with advice."))
            .subcommand(
                report("graph", 3, LatencyCommands::graph)
                    .summary("Draws the samples of an event.")
                    .syntax("event"))
            .subcommand(
                report("history", 3, LatencyCommands::history)
                    .summary("Returns time and milliseconds of an event's samples.")
                    .syntax("event"))
            .subcommand(
                report("latest", 2, LatencyCommands::latest)
                    .summary(
                        "Returns the last sample of each event, and the worst one of all time."))
            .subcommand(
                child("reset", -2, LatencyCommands::reset)
                    .summary("Forgets the events named, or all.")
                    .complexity("O(1)")
                    .syntax("[event [event ...]]")
                    .tips("request_policy:all_nodes", "response_policy:agg_sum"))
            .subcommand(
                report("histogram", -2, LatencyCommands::histogram)
                    .since("7.0.0")
                    .summary("Returns how many calls of each command ended within which time.")
                    .complexity(
                        "O(N) where N is the number of commands with latency information being"
                            + " retrieved.")
                    .syntax("[command [command ...]]"))
            .withHelp("2.8.13"));
  }

  private static CommandBuilder child(String name, int arity, Handler handler) {
    return Command.named(name, SERVER)
        .since("2.8.13")
        .arity(arity)
        .flags(ADMIN, NOSCRIPT, LOADING, STALE)
        .handler(handler);
  }

  private static CommandBuilder report(String name, int arity, Handler handler) {
    return child(name, arity, handler)
        .complexity("O(1)")
        .tips("nondeterministic_output", "request_policy:all_nodes", "response_policy:special");
  }

  private static Observation of(Request request) {
    return Database.of(request).keyspace().observation();
  }

  private static long now() {
    return System.currentTimeMillis() / 1000;
  }

  private static void doctor(Request request, Reply reply) {
    LiveSettings settings = Database.of(request).keyspace().home().settings();
    LatencyDoctor doctor = new LatencyDoctor(of(request).latencyEvents(), settings);
    reply.verbatim("txt", doctor.report(now()).getBytes(StandardCharsets.US_ASCII));
  }

  private static void graph(Request request, Reply reply) {
    String name = request.text(2);
    LatencyEvent event = of(request).latencyEvents().named(name);
    if (event == null) {
      throw CommandException.error("No samples available for event '" + name + "'");
    }
    reply.verbatim("txt", LatencyGraph.of(name, event, now()).getBytes(StandardCharsets.US_ASCII));
  }

  private static void history(Request request, Reply reply) {
    LatencyEvent event = of(request).latencyEvents().named(request.text(2));
    if (event == null) {
      reply.array(0);
      return;
    }
    reply.array(event.size());
    for (int i = 0; i < event.size(); i++) {
      reply.array(2);
      reply.integer(event.time(i));
      reply.integer(event.duration(i));
    }
  }

  private static void latest(Request request, Reply reply) {
    Map<String, LatencyEvent> events = of(request).latencyEvents().all();
    reply.array(events.size());
    events.forEach(
        (name, event) -> {
          reply.array(4);
          reply.bulk(name);
          reply.integer(event.time(event.size() - 1));
          reply.integer(event.duration(event.size() - 1));
          reply.integer(event.worst());
        });
  }

  private static void reset(Request request, Reply reply) {
    LatencyEvents events = of(request).latencyEvents();
    if (request.count() == 2) {
      reply.integer(events.forgetAll());
      return;
    }
    int forgotten = 0;
    for (int i = 2; i < request.count(); i++) {
      forgotten += events.forget(request.text(i));
    }
    reply.integer(forgotten);
  }

  private static void histogram(Request request, Reply reply) {
    CommandTable table = Database.of(request).keyspace().table();
    CommandTimes times = of(request).times();
    int position = reply.beginArray();
    int shown = 0;
    if (request.count() == 2) {
      for (Command command : table.numbered()) {
        shown += write(command, times, reply);
      }
    } else {
      for (int i = 2; i < request.count(); i++) {
        Command command = table.findFullName(request.text(i));
        if (command != null) {
          shown += write(command, times, reply);
          for (Command child : command.subcommands().values()) {
            shown += write(child, times, reply);
          }
        }
      }
    }
    reply.endMap(position, shown);
  }

  /** Writes a command's name and times if there are any; tells how many names were written. */
  private static int write(Command command, CommandTimes times, Reply reply) {
    TimeHistogram histogram = times.of(command);
    if (histogram == null) {
      return 0;
    }
    reply.bulk(command.fullName());
    reply.map(2);
    reply.bulk("calls");
    reply.integer(histogram.total());
    reply.bulk("histogram_usec");
    int[] steps = {0};
    int position = reply.beginArray();
    histogram.cumulative(
        (nanos, calls) -> {
          reply.integer(nanos / 1000);
          reply.integer(calls);
          steps[0]++;
        });
    reply.endMap(position, steps[0]);
    return 1;
  }
}
