package io.keyward.loadtest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** Compares servers under full load, command by command; the entry of all comparisons. */
@Command(
    name = "loadtest/compare",
    description = {
      "Starts redis-server and the gateway, pins each to one processor and this program to another,"
          + " and prints side by side what a request costs them.",
      "Servers take turns, so that drift hits all; figures are medians over the rounds. CPU is the"
          + " user and system time of the server process with all its threads, per request. All"
          + " servers are warmed up under load first, as a JVM compiles what is used. A server"
          + " pinned to one processor sees one processor; a JVM sizes itself by it.",
      "A line is said to be above another server's when it was so in more of the rounds than chance"
          + " explains (fewer than five tell nothing: then its median decides)."
    },
    footer = "Exit status: 0 targets met, 1 a target missed, 2 the comparison could not be made.",
    sortOptions = false,
    subcommands = {
      CompareAtHalfLoad.class,
      CompareClone.class,
      CompareDeployments.class,
      CompareHitRatio.class,
      CompareLibrechat.class,
      CompareMemory.class,
      CompareNeighbours.class,
      CompareMetrics.class,
      CompareRestart.class,
      CompareSnapshot.class,
      CompareStart.class,
      CrashTest.class
    })
final class Compare implements Callable<Integer> {
  private static final int FAILED = 2;

  @Option(
      names = "--tests",
      split = ",",
      description =
          "Comma-separated, of ${COMPLETION-CANDIDATES}. Default: the first ten, which are those of"
              + " redis-benchmark.")
  private List<Workload> tests = List.of();

  @Option(
      names = "--applications",
      description =
          "The other tests: scripts, streams, messages and more of what applications send.")
  private boolean applications;

  @Option(names = "--pipelines", split = ",", description = "Default: 1,16.")
  private List<Integer> pipelines = List.of(1, 16);

  @Option(names = "--sizes", split = ",", description = "Bytes of a value. Default: 3,64,1024.")
  private List<Integer> sizes = List.of();

  @Mixin private LoadOptions load = new LoadOptions(3, 2);
  @Mixin private ServerOptions servers = new ServerOptions();

  /** Runs the comparison that the arguments name and ends with its status. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Compare());
    Stream.concat(Stream.of(line), line.getSubcommands().values().stream())
        .forEach(command -> command.getCommandSpec().addOption(help()));
    return line.setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(100)
        .setExecutionExceptionHandler(
            (e, failed, parsed) -> {
              failed.getErr().println("loadtest/compare: " + e.getMessage());
              return FAILED;
            });
  }

  private static OptionSpec help() {
    return OptionSpec.builder("-h", "--help")
        .usageHelp(true)
        .description("Print this text.")
        .build();
  }

  private List<Workload> tests() {
    if (!tests.isEmpty()) {
      return tests;
    }
    return applications ? Workload.ofApplications() : Workload.basic();
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    load.processors().pinClient();
    List<RunningServer> running = servers.startAll(load.processors().ofServers());
    try {
      System.err.print(load.describe(running));
      WarmUp.run(running, tests(), pipelines, load);
      ThroughputReport report =
          new ThroughputReport(running.stream().map(RunningServer::name).toList());
      try {
        for (Workload test : tests()) {
          for (int size : test.sized() ? sizes() : sizes().subList(0, 1)) {
            measure(running, test, size, report);
          }
        }
      } finally {
        System.out.print(report.table().render(servers.format()));
      }
      report.notes().forEach(System.out::println);
      return Verdict.print(report.verdicts());
    } finally {
      ServerOptions.stopAll(running);
    }
  }

  private List<Integer> sizes() {
    if (!sizes.isEmpty()) {
      return sizes;
    }
    return load.quick() ? List.of(64) : List.of(3, 64, 1024);
  }

  private void measure(
      List<RunningServer> running, Workload test, int size, ThroughputReport report)
      throws IOException, InterruptedException {
    List<Trial> trials = new ArrayList<>();
    for (RunningServer server : running) {
      Trial trial = new Trial(server, test, size, load.clients(), load.keyspace());
      trial.prepare();
      trials.add(trial);
    }
    for (int pipeline : pipelines) {
      List<List<Measurement>> turns = new ArrayList<>();
      trials.forEach(trial -> turns.add(new ArrayList<>()));
      for (int round = 0; round < load.rounds(); round++) {
        for (int i = 0; i < trials.size(); i++) {
          trials.get(i).closedLoop(pipeline, load.runIn());
          turns.get(i).add(trials.get(i).closedLoop(pipeline, load.turn()));
        }
      }
      System.err.print(report.add(test, size, pipeline, turns));
    }
  }
}
