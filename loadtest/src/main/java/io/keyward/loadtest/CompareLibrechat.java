package io.keyward.loadtest;

import static io.keyward.loadtest.Figures.fixed;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares servers under what a chat service with resumable AI streams sends. */
@Command(
    name = "librechat",
    description = {
      "Streams AI answers as LibreChat does: two EVALs a token, readers that subscribe, and the"
          + " caches, sessions and rate limits around it in proportion.",
      "First every stream sends its next token when the last was answered: that shows how many"
          + " tokens a core carries. Then tokens come at half the rate that the slower server"
          + " reached, whether or not earlier ones were answered, and latency counts from the"
          + " instant a token was due to the instant a reader has it. Figures are medians over the"
          + " rounds, servers take turns."
    },
    sortOptions = false)
final class CompareLibrechat implements Callable<Integer> {
  private static final double WANTED_RATIO = 1.3;

  @Option(names = "--instances", description = "App processes. Default: ${DEFAULT-VALUE}.")
  private int instances = 4;

  @Option(names = "--streams", description = "Answers at a time. Default: ${DEFAULT-VALUE}.")
  private int streams = 200;

  @Option(names = "--readers", description = "Readers of each. Default: ${DEFAULT-VALUE}.")
  private int readers = 2;

  @Mixin private LoadOptions load = new LoadOptions(3, 2);
  @Mixin private ServerOptions servers = new ServerOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    load.processors().pinClient();
    List<RunningServer> running = servers.startAll(load.processors().ofServers());
    List<ChatLoad> loads = new ArrayList<>();
    try {
      System.err.print(load.describe(running));
      for (RunningServer server : running) {
        loads.add(new ChatLoad(server, instances, streams, readers));
      }
      for (ChatLoad each : loads) {
        each.closedLoop(load.warmup());
      }
      List<List<ChatResult>> full = rounds(loads, ChatLoad::closedLoop);
      double rate =
          full.stream()
                  .mapToDouble(those -> Figures.median(those, ChatResult::tokensPerSecond))
                  .min()
                  .orElseThrow()
              / 2;
      List<List<ChatResult>> half = rounds(loads, (each, time) -> each.openLoop(rate, time));
      return report(running, full, half, rate);
    } finally {
      for (ChatLoad each : loads) {
        each.close();
      }
      ServerOptions.stopAll(running);
    }
  }

  /** One turn of load. */
  private interface Turn {
    ChatResult run(ChatLoad load, Duration duration) throws IOException;
  }

  private List<List<ChatResult>> rounds(List<ChatLoad> loads, Turn turn) throws IOException {
    List<List<ChatResult>> results = new ArrayList<>();
    loads.forEach(each -> results.add(new ArrayList<>()));
    for (int round = 0; round < load.rounds(); round++) {
      for (int i = 0; i < loads.size(); i++) {
        turn.run(loads.get(i), load.runIn());
        results.get(i).add(turn.run(loads.get(i), load.turn()));
      }
    }
    return results;
  }

  private int report(
      List<RunningServer> running,
      List<List<ChatResult>> full,
      List<List<ChatResult>> half,
      double rate) {
    TextTable table = new TextTable().column("server");
    for (String name : List.of("tokens/s", "CPU µs/token", "tokens/s/core")) {
      table.column("full load", name);
    }
    for (String name : List.of("tokens/s", "p50 µs", "p99 µs", "p99.9 µs")) {
      table.column("half load", name);
    }
    List<Verdict> verdicts = new ArrayList<>();
    double reference = Figures.median(full.getFirst(), ChatResult::tokensPerCoreSecond);
    double referenceTail = Figures.median(half.getFirst(), result -> result.microsAt(99.9));
    for (int i = 0; i < running.size(); i++) {
      double carried = Figures.median(full.get(i), ChatResult::tokensPerCoreSecond);
      double tail = Figures.median(half.get(i), result -> result.microsAt(99.9));
      table.row(
          List.of(
              running.get(i).name(),
              fixed(Figures.median(full.get(i), ChatResult::tokensPerSecond), 0),
              fixed(Figures.median(full.get(i), ChatResult::serverMicrosPerToken), 2),
              fixed(carried, 0),
              fixed(rate, 0),
              fixed(Figures.median(half.get(i), result -> result.microsAt(50)), 0),
              fixed(Figures.median(half.get(i), result -> result.microsAt(99)), 0),
              fixed(tail, 0)));
      if (i > 0) {
        String name = running.get(i).name();
        verdicts.add(
            new Verdict(
                carried >= WANTED_RATIO * reference,
                "tokens/s per core of " + name + " at least 1.3 times the reference's",
                fixed(carried / reference, 2)));
        verdicts.add(
            new Verdict(
                tail <= referenceTail,
                "p99.9 from token due to token read of " + name + " no more than the reference's",
                fixed(tail, 0) + " to " + fixed(referenceTail, 0) + " µs"));
      }
    }
    System.out.print(table.render(servers.format()));
    double worst =
        half.stream().flatMap(List::stream).mapToDouble(ChatResult::disturbance).max().orElse(0);
    if (worst > Disturbance.QUIET) {
      System.out.println(
          "Other programs used up to " + fixed(worst, 2) + " processors: measure again");
    }
    return Verdict.print(verdicts);
  }
}
