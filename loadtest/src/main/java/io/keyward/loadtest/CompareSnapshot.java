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

/** Compares what a snapshot costs those who are served meanwhile, and how fast files are loaded. */
@Command(
    name = "snapshot",
    description = {
      "Fills each server and starts it again on its files, which is timed until it answers PING;"
          + " then prints the latency of SETs that arrive at a fixed rate, first in peace, then"
          + " while a snapshot is written: by BGSAVE or, with --files aof, by BGREWRITEAOF.",
      "With --files rdb the snapshot is loaded, with --files aof the commands that filled the"
          + " server, without a base. Keys are of 16 and values of 32 bytes. Latency counts from"
          + " the instant a request was due."
    },
    sortOptions = false)
final class CompareSnapshot implements Callable<Integer> {
  /** Which files the data is kept in. */
  enum Kind {
    rdb("BGSAVE", "rdb_bgsave_in_progress", "rdb_last_bgsave_time_sec", ""),
    aof(
        "BGREWRITEAOF",
        "aof_rewrite_in_progress",
        "aof_last_rewrite_time_sec",
        "--appendonly yes --appendfsync everysec --auto-aof-rewrite-percentage 0");

    final String command;
    final String running;
    final String took;
    final String options;

    Kind(String command, String running, String took, String options) {
      this.command = command;
      this.running = running;
      this.took = took;
      this.options = options;
    }
  }

  private static final RequestTemplate SET =
      RequestTemplate.of("SET", "key:" + RequestTemplate.SLOT, "v".repeat(32));
  private static final double LOAD_TARGET = 1.5;
  private static final Duration POLL = Duration.ofMillis(20);
  private static final int CONNECTIONS = 50;

  @Option(names = "--files", description = "rdb or aof. Default: ${DEFAULT-VALUE}.")
  private Kind files = Kind.rdb;

  @Option(names = "--keys", description = "Keys to fill in. Default: ${DEFAULT-VALUE}.")
  private int keys = 1_000_000;

  @Option(names = "--rate", description = "Requests a second. Default: ${DEFAULT-VALUE}.")
  private int rate = 20_000;

  @Option(names = "--seconds", description = "Of each measurement. Default: ${DEFAULT-VALUE}.")
  private int seconds = 5;

  @Mixin private ServerOptions servers = new ServerOptions();

  /** Latencies before and during a snapshot, and the seconds that saving and starting took. */
  private record Outcome(Histogram before, Histogram during, String saved, double started) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Weight.raise();
    List<ServerCommand> commands =
        servers.servers().stream().map(each -> each.with(files.options)).toList();
    TextTable table = new TextTable().column("server").column("files").column("keys");
    for (String when : List.of("before", "during")) {
      for (String name : List.of("p50 µs", "p99 µs", "p99.9 µs", "max µs")) {
        table.column(when, name);
      }
    }
    table.column("save s").column("start s");
    List<Outcome> outcomes = new ArrayList<>();
    for (ServerCommand command : commands) {
      Outcome outcome = measure(command);
      outcomes.add(outcome);
      List<String> cells =
          new ArrayList<>(List.of(command.name(), files.name(), Integer.toString(keys)));
      for (Histogram latencies : List.of(outcome.before(), outcome.during())) {
        for (double percentile : new double[] {50, 99, 99.9, 100}) {
          cells.add(fixed(latencies.getValueAtPercentile(percentile) / 1e3, 0));
        }
      }
      cells.add(outcome.saved());
      cells.add(fixed(outcome.started(), 2));
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
      double ratio = outcome.started() / reference.started();
      verdicts.add(
          new Verdict(
              ratio <= LOAD_TARGET,
              name + " starts on its files within " + LOAD_TARGET + " times the reference's time",
              fixed(ratio, 2)));
    }
    return verdicts;
  }

  private Outcome measure(ServerCommand command) throws IOException, InterruptedException {
    RunningServer filled = RunningServer.start(command, 0, null);
    try (ControlConnection control = filled.connect()) {
      Stock.store(filled, SET, keys, KeyNumbers.sequential(keys));
      if (files == Kind.rdb) {
        control.call("SAVE");
      }
    } catch (IOException | RuntimeException failed) {
      filled.close();
      throw failed;
    }
    try (RunningServer server = filled.restart();
        ControlConnection control = server.connect();
        // The same connections all along: the first request of a new one waits until it is let in.
        LoadGenerator clients =
            new LoadGenerator(server.address(), CONNECTIONS, SET, 1, KeyNumbers.random(keys, 1))) {
      double started = server.startNanos() / 1e9;
      // The first seconds and the first snapshot do not count: a JVM compiles what is used, and
      // changes while a snapshot is written go another way than others.
      Histogram unused = load(clients);
      control.call(files.command);
      unused.add(load(clients));
      awaitEnd(control);
      unused.reset();
      Histogram before = load(clients);
      control.call(files.command);
      Histogram during = load(clients);
      String saved = ControlConnection.infoField(awaitEnd(control), files.took);
      return new Outcome(before, during, saved == null ? "" : saved, started);
    } catch (ErrorReplyException refused) {
      throw new IllegalStateException(command.name() + ": " + refused.getMessage(), refused);
    }
  }

  private Histogram load(LoadGenerator clients) throws IOException {
    return clients.openLoop(rate, Duration.ofSeconds(seconds).toNanos()).latencies();
  }

  /** Waits for the end of the snapshot; returns what INFO says then. */
  private String awaitEnd(ControlConnection control) throws IOException, InterruptedException {
    String info = control.call("INFO", "persistence");
    while (!"0".equals(ControlConnection.infoField(info, files.running))) {
      Thread.sleep(POLL);
      info = control.call("INFO", "persistence");
    }
    return info;
  }
}
