package io.keyward.loadtest;

import static io.keyward.loadtest.Figures.fixed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares latency at a load that both servers carry with ease. */
@Command(
    name = "half-load",
    description = {
      "Prints the latency of SET and GET when requests arrive at half the rate that the slower"
          + " server can take, measured first.",
      "Requests arrive at a fixed rate, one at a time, whether or not earlier ones were answered,"
          + " and latency counts from the instant a request was due. Percentiles are medians over"
          + " the rounds, max is the worst of all. Many short rounds tell more than a few long"
          + " ones: what another program does to one of them the median leaves out. Requests do not"
          + " count that were under way when the host of a virtual machine had taken a processor"
          + " away. Of two servers that are level each has the higher median half of the times: one"
          + " is said to be worse when it was so in more of the rounds than chance explains."
    },
    sortOptions = false)
final class CompareAtHalfLoad implements Callable<Integer> {
  private static final List<Workload> TESTS = List.of(Workload.SET, Workload.GET);

  @Option(names = "--size", description = "Bytes of a value. Default: ${DEFAULT-VALUE}.")
  private int size = 64;

  @Mixin private LoadOptions load = new LoadOptions(15, 1);
  @Mixin private ServerOptions servers = new ServerOptions();

  private final List<Measurement> measurements = new ArrayList<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    load.processors().pinClient();
    List<RunningServer> running = servers.startAll(load.processors().ofServers());
    try (HostWatch host = load.processors().watchHost()) {
      System.err.print(load.describe(running));
      WarmUp.run(running, TESTS, List.of(1), load);
      TextTable table = table(running);
      List<Verdict> verdicts = new ArrayList<>();
      for (Workload test : TESTS) {
        measure(test, running, host, table, verdicts);
      }
      System.out.print(table.render(servers.format()));
      Disturbance.notes(measurements).forEach(System.out::println);
      System.out.println(host.note());
      return Verdict.print(verdicts);
    } finally {
      ServerOptions.stopAll(running);
    }
  }

  private void measure(
      Workload test,
      List<RunningServer> running,
      HostWatch host,
      TextTable table,
      List<Verdict> verdicts)
      throws IOException, InterruptedException {
    List<Trial> trials = new ArrayList<>();
    for (RunningServer server : running) {
      Trial trial = new Trial(server, test, size, load.clients(), load.keyspace());
      trial.prepare();
      trials.add(trial);
    }
    List<Double> highest = highestRates(trials);
    double rate = highest.stream().mapToDouble(Double::doubleValue).min().orElseThrow() / 2;
    List<List<Measurement>> rounds = rounds(trials, rate, host);
    rounds.forEach(measurements::addAll);

    List<String> cells = new ArrayList<>(List.of(test.toString(), fixed(rate, 0)));
    for (int i = 0; i < trials.size(); i++) {
      List<Measurement> those = rounds.get(i);
      double p999 = Figures.median(those, round -> round.microsAt(99.9));
      cells.add(fixed(highest.get(i), 0));
      cells.add(fixed(Figures.median(those, Measurement::serverMicrosPerRequest), 2));
      cells.add(fixed(Figures.median(those, round -> round.microsAt(50)), 0));
      cells.add(fixed(Figures.median(those, round -> round.microsAt(99)), 0));
      cells.add(fixed(p999, 0));
      cells.add(fixed(those.stream().mapToDouble(Measurement::maxMicros).max().orElseThrow(), 0));
      if (i > 0) {
        PairedRounds paired =
            PairedRounds.of(rounds.getFirst(), those, round -> round.microsAt(99.9));
        verdicts.add(
            new Verdict(
                !paired.areHigher(),
                test
                    + " p99.9 at half load of "
                    + running.get(i).name()
                    + " no more than of "
                    + running.getFirst().name(),
                "ratio " + paired.describe()));
      }
    }
    table.row(cells);
  }

  private List<Double> highestRates(List<Trial> trials) throws IOException, InterruptedException {
    List<List<Double>> rates = new ArrayList<>();
    trials.forEach(trial -> rates.add(new ArrayList<>()));
    for (int round = 0; round < load.rounds(); round++) {
      for (int i = 0; i < trials.size(); i++) {
        trials.get(i).closedLoop(1, load.runIn());
        rates.get(i).add(trials.get(i).closedLoop(1, load.runIn()).requestsPerSecond());
      }
    }
    return rates.stream().map(those -> Figures.median(those, Double::doubleValue)).toList();
  }

  private List<List<Measurement>> rounds(List<Trial> trials, double rate, HostWatch host)
      throws IOException, InterruptedException {
    List<List<Measurement>> rounds = new ArrayList<>();
    trials.forEach(trial -> rounds.add(new ArrayList<>()));
    for (int round = 0; round < load.rounds(); round++) {
      for (int i = 0; i < trials.size(); i++) {
        trials.get(i).openLoop(rate, load.runIn(), host);
        rounds.get(i).add(trials.get(i).openLoop(rate, load.turn(), host));
      }
    }
    return rounds;
  }

  private static TextTable table(List<RunningServer> running) {
    TextTable table = new TextTable().column("test").column("arrivals/s");
    for (RunningServer server : running) {
      for (String name :
          List.of("highest req/s", "CPU µs", "p50 µs", "p99 µs", "p99.9 µs", "max µs")) {
        table.column(server.name(), name);
      }
    }
    return table;
  }
}
