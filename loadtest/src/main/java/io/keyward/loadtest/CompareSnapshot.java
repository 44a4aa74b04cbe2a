package io.keyward.loadtest;

import static io.keyward.loadtest.Figures.fixed;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares what a snapshot costs those who are served meanwhile, and how fast it is loaded. */
@Command(
    name = "snapshot",
    description = {
      "Fills each server, then prints the latency of SETs that arrive at a fixed rate, first in"
          + " peace, then from BGSAVE on, and the time of DEBUG RELOAD NOSAVE, which empties the"
          + " server and loads the file.",
      "Keys are of 16 and values of 32 bytes. Latency counts from the instant a request was due."
    },
    sortOptions = false)
final class CompareSnapshot implements Callable<Integer> {
  private static final RequestTemplate SET =
      RequestTemplate.of("SET", "key:" + RequestTemplate.SLOT, "v".repeat(32));
  private static final double LOAD_TARGET = 1.5;
  private static final Duration POLL = Duration.ofMillis(20);

  @Option(names = "--keys", description = "Keys to fill in. Default: ${DEFAULT-VALUE}.")
  private int keys = 1_000_000;

  @Option(names = "--rate", description = "Requests a second. Default: ${DEFAULT-VALUE}.")
  private int rate = 20_000;

  @Option(names = "--seconds", description = "Of each measurement. Default: ${DEFAULT-VALUE}.")
  private int seconds = 5;

  @Mixin private ServerOptions servers = new ServerOptions();

  /** Latencies before and during a snapshot, and the seconds that saving and loading took. */
  private record Outcome(Histogram before, Histogram during, double saved, double loaded) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<ServerCommand> commands = servers.servers();
    TextTable table = new TextTable().column("server").column("keys");
    for (String when : List.of("before", "during")) {
      for (String name : List.of("p50 µs", "p99 µs", "p99.9 µs", "max µs")) {
        table.column(when, name);
      }
    }
    table.column("save s").column("load s");
    List<Outcome> outcomes = new ArrayList<>();
    for (ServerCommand command : commands) {
      Outcome outcome = measure(command);
      outcomes.add(outcome);
      List<String> cells = new ArrayList<>(List.of(command.name(), Integer.toString(keys)));
      for (Histogram latencies : List.of(outcome.before(), outcome.during())) {
        for (double percentile : new double[] {50, 99, 99.9, 100}) {
          cells.add(fixed(latencies.getValueAtPercentile(percentile) / 1e3, 0));
        }
      }
      cells.add(fixed(outcome.saved(), 2));
      cells.add(fixed(outcome.loaded(), 2));
      table.row(cells);
    }
    System.out.print(table.render(servers.format()));
    return Verdict.print(verdicts(commands, outcomes));
  }

  private static List<Verdict> verdicts(List<ServerCommand> commands, List<Outcome> outcomes) {
    List<Verdict> verdicts = new ArrayList<>();
    Outcome reference = outcomes.getFirst();
    for (int i = 1; i < outcomes.size(); i++) {
      String name = commands.get(i).name();
      Outcome outcome = outcomes.get(i);
      double own = outcome.during().getValueAtPercentile(99.9) / 1e3;
      double theirs = reference.during().getValueAtPercentile(99.9) / 1e3;
      verdicts.add(
          new Verdict(
              own <= theirs,
              "p99.9 of " + name + " during a snapshot no more than of the reference",
              fixed(own, 0) + " to " + fixed(theirs, 0) + " µs"));
      double ratio = outcome.loaded() / reference.loaded();
      verdicts.add(
          new Verdict(
              ratio <= LOAD_TARGET,
              name + " loads within " + LOAD_TARGET + " times the reference's time",
              fixed(ratio, 2)));
    }
    return verdicts;
  }

  private Outcome measure(ServerCommand command) throws IOException, InterruptedException {
    ServerCommand debugging =
        new ServerCommand(command.name(), command.line() + " --enable-debug-command yes");
    try (RunningServer server = RunningServer.start(debugging, 0, null);
        ControlConnection control = server.connect()) {
      Trial.store(server, SET, keys, KeyNumbers.sequential(keys));
      // The first seconds and the first snapshot do not count: a JVM compiles what is used.
      Histogram unused = load(server);
      control.call("SAVE");
      unused.reset();
      Histogram before = load(server);
      long begun = System.nanoTime();
      control.call("BGSAVE");
      Histogram during = load(server);
      double saved = savedAfter(control, begun);
      long loading = System.nanoTime();
      control.call("DEBUG", "RELOAD", "NOSAVE");
      return new Outcome(before, during, saved, (System.nanoTime() - loading) / 1e9);
    }
  }

  private Histogram load(RunningServer server) throws IOException, InterruptedException {
    try (LoadGenerator generator =
        new LoadGenerator(server.address(), 50, SET, 1, KeyNumbers.random(keys, 1))) {
      return generator.openLoop(rate, Duration.ofSeconds(seconds).toNanos()).latencies();
    } catch (ErrorReplyException refused) {
      throw new IllegalStateException(server.name() + ": " + refused.getMessage(), refused);
    }
  }

  /** Waits for the end of the snapshot; the seconds are those that the server tells. */
  private static double savedAfter(ControlConnection control, long begun)
      throws IOException, InterruptedException {
    while (true) {
      String info = control.call("INFO", "persistence");
      if ("0".equals(ControlConnection.infoField(info, "rdb_bgsave_in_progress"))) {
        String told = ControlConnection.infoField(info, "rdb_last_bgsave_time_sec");
        return told == null ? (System.nanoTime() - begun) / 1e9 : Double.parseDouble(told);
      }
      Thread.sleep(POLL);
    }
  }
}
