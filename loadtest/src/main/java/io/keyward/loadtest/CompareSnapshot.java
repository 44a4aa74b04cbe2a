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

/** Compares what a snapshot costs those who are served meanwhile, and how fast files are loaded. */
@Command(
    name = "snapshot",
    description = {
      "Fills each server and starts it again on its files, which is timed until it answers PING;"
          + " then prints the latency of SETs that arrive at a fixed rate, in peace and while a"
          + " snapshot is written: by BGSAVE or, with --files aof, by BGREWRITEAOF.",
      "With --files rdb the snapshot is loaded, with --files aof the commands that filled the"
          + " server, without a base; all processors are there for it. Keys are of 16 and values of"
          + " 32 bytes. Latency counts from the instant a request was due. The servers have their"
          + " rounds in turns, and percentiles are medians over the rounds. Requests do not count"
          + " that were under way when the host of a virtual machine had taken a processor away."
    },
    sortOptions = false)
final class CompareSnapshot implements Callable<Integer> {
  private static final double LOAD_TARGET = 1.5;
  private static final double[] PERCENTILES = {50, 99, 99.9, 100};

  @Option(names = "--files", description = "rdb or aof. Default: ${DEFAULT-VALUE}.")
  private SnapshotFiles files = SnapshotFiles.rdb;

  @Option(names = "--keys", description = "Keys to fill in. Default: ${DEFAULT-VALUE}.")
  private int keys = 1_000_000;

  @Option(names = "--rate", description = "Requests a second. Default: ${DEFAULT-VALUE}.")
  private int rate = 20_000;

  @Option(
      names = "--rounds",
      description = "Turns in peace, and as many with a snapshot. Default: ${DEFAULT-VALUE}.")
  private int rounds = 5;

  @Option(names = "--seconds", description = "Of each turn. Default: ${DEFAULT-VALUE}.")
  private int seconds = 5;

  @Option(
      names = "--warmup",
      description =
          "Seconds of load on each server, and a snapshot meanwhile, before the first round."
              + " Default: ${DEFAULT-VALUE}.")
  private int warmup = 20;

  @Mixin private Processors processors = new Processors();
  @Mixin private ServerOptions servers = new ServerOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    processors.pinClient();
    List<SnapshotTrial> trials = new ArrayList<>();
    try (HostWatch host = processors.watchHost()) {
      for (ServerCommand command : servers.servers()) {
        trials.add(
            new SnapshotTrial(
                command.with(files.options),
                files,
                keys,
                rate,
                Duration.ofSeconds(seconds),
                processors.all(),
                processors.ofServers(),
                host));
      }
      for (SnapshotTrial trial : trials) {
        trial.warmUp(Duration.ofSeconds(warmup));
      }
      for (int round = 0; round < rounds; round++) {
        for (SnapshotTrial trial : trials) {
          trial.round();
        }
      }
      System.out.print(table(trials).render(servers.format()));
      System.out.println(host.note());
      return Verdict.print(verdicts(trials));
    } finally {
      for (SnapshotTrial trial : trials) {
        trial.close();
      }
    }
  }

  private TextTable table(List<SnapshotTrial> trials) {
    TextTable table = new TextTable().column("server").column("files").column("keys");
    for (String when : List.of("in peace", "during a snapshot")) {
      for (String name : List.of("p50 µs", "p99 µs", "p99.9 µs", "max µs")) {
        table.column(when, name);
      }
    }
    table.column("save s").column("start s");
    for (SnapshotTrial trial : trials) {
      List<String> cells =
          new ArrayList<>(List.of(trial.name(), files.name(), Integer.toString(keys)));
      for (double percentile : PERCENTILES) {
        cells.add(fixed(trial.beforeMicros(percentile), 0));
      }
      for (double percentile : PERCENTILES) {
        cells.add(fixed(trial.duringMicros(percentile), 0));
      }
      cells.add(fixed(trial.saveSeconds(), 0));
      cells.add(fixed(trial.startSeconds(), 2));
      table.row(cells);
    }
    return table;
  }

  private static List<Verdict> verdicts(List<SnapshotTrial> trials) {
    List<Verdict> verdicts = new ArrayList<>();
    SnapshotTrial reference = trials.getFirst();
    for (SnapshotTrial trial : trials.subList(1, trials.size())) {
      double own = trial.duringMicros(99.9);
      double theirs = reference.duringMicros(99.9);
      verdicts.add(
          new Verdict(
              own <= theirs,
              "p99.9 of " + trial.name() + " during a snapshot no more than of the reference",
              fixed(own, 0) + " to " + fixed(theirs, 0) + " µs"));
      double ratio = trial.startSeconds() / reference.startSeconds();
      verdicts.add(
          new Verdict(
              ratio <= LOAD_TARGET,
              trial.name()
                  + " starts on its files within "
                  + fixed(LOAD_TARGET, 1)
                  + " times the reference's time",
              fixed(ratio, 2)));
    }
    return verdicts;
  }
}
