package io.keyward.loadtest;

import static io.keyward.loadtest.Figures.fixed;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what one deployment feels of another one that is noisy. */
@Command(
    name = "neighbours",
    description = {
      "Starts the gateway with two tenants on one event loop, pinned to one processor, and sends"
          + " GETs to one of them at a fixed rate: in peace, and while the other makes each kind of"
          + " noise again and again. Latency counts from the instant a request was due if the one"
          + " before it had not been answered by then, else from its sending.",
      "The neighbour is a process of its own that runs when this one does not want the processor,"
          + " and it rests while peace is measured: peace and noise take turns, and the figures are"
          + " medians of theirs. As long as other programs take much of the processors, further"
          + " turns are made, up to as many again, and those count in which others took least. The"
          + " first seconds of each kind of noise do not count: a JVM compiles what is used. Nor do"
          + " requests that were under way when the host of a virtual machine had taken a processor"
          + " away."
    },
    sortOptions = false)
final class CompareNeighbours implements Callable<Integer> {
  private static final double TARGET = 2;

  /** After which all is as usual again: caches, and the memory of what has been stored. */
  private static final int SETTLING_SECONDS = 1;

  private static final String TENANTS =
      """
      event-loops: 1
      prefix: main
      admin: {port: 0}
      tenants:
        noisy: {deployments: {noisy: {password: a}}}
        victim: {deployments: {victim: {password: b}}}
      """;

  @Option(
      names = "--noises",
      split = ",",
      description = "Default: all of ${COMPLETION-CANDIDATES}.")
  private List<Noise> noises = Arrays.asList(Noise.values());

  @Option(names = "--rate", description = "Requests a second. Default: ${DEFAULT-VALUE}.")
  private int rate = 1000;

  @Option(
      names = "--rounds",
      description = "Turns of peace and of each noise. Default: ${DEFAULT-VALUE}.")
  private int rounds = 5;

  @Option(names = "--seconds", description = "Of each turn. Default: ${DEFAULT-VALUE}.")
  private int seconds = 2;

  @Option(
      names = "--warmup",
      description = "Seconds of each noise that do not count. Default: ${DEFAULT-VALUE}.")
  private int warmup = 15;

  @Mixin private PinnedGateway gateway = new PinnedGateway();

  @Option(
      names = "--format",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
      defaultValue = "table")
  private TextTable.Format format = TextTable.Format.table;

  @Override
  public Integer call() throws IOException, InterruptedException {
    gateway.makeRoom();
    Path config = Files.createTempFile("neighbours-", ".yaml");
    try {
      Files.writeString(config, TENANTS);
      try (RunningServer server = gateway.start(config);
          HostWatch host = gateway.watchHost()) {
        return measure(server, host);
      }
    } finally {
      Files.delete(config);
    }
  }

  private int measure(RunningServer server, HostWatch host) throws IOException {
    InetSocketAddress address = server.address();
    try (Noise.Line victim = new Noise.Line(address, "AUTH victim b\r\n")) {
      victim.replies(1);
      victim.ask("SET", "key", "v".repeat(64));
      var _ = load(victim, warmup, host);
      TextTable table = new TextTable().column("neighbour");
      for (String when : List.of("in peace", "beside it")) {
        for (String name : List.of("p50 µs", "p99 µs", "p99.9 µs", "max µs")) {
          table.column(when, name);
        }
      }
      table.column("p99 ratio").column("noises").column("others' processors");
      List<Verdict> verdicts = new ArrayList<>();
      try {
        for (Noise noise : noises) {
          verdicts.add(measure(noise, server, victim, host, table));
          try (Noise.Line tidy = new Noise.Line(address, "AUTH noisy a\r\n")) {
            tidy.replies(1);
            tidy.ask("FLUSHALL");
          }
        }
      } finally {
        System.out.print(table.render(format));
        System.out.println(host.note());
      }
      return Verdict.print(verdicts);
    }
  }

  /**
   * A turn of peace and one of noise.
   *
   * @param noises how many were made
   * @param others processors that other programs used meanwhile
   */
  private record Round(Histogram peace, Histogram loud, long noises, double others) {}

  private Verdict measure(
      Noise noise, RunningServer server, Noise.Line victim, HostWatch host, TextTable table)
      throws IOException {
    List<Round> made = new ArrayList<>();
    try (NoisyNeighbour neighbour = NoisyNeighbour.start(noise, server.address(), "AUTH noisy a")) {
      var _ = load(victim, warmup, host);
      int quiet = 0;
      while (quiet < rounds && made.size() < 2 * rounds) {
        Round round = round(server, victim, host, neighbour);
        made.add(round);
        if (round.others <= Disturbance.QUIET) {
          quiet++;
        }
      }
    }
    List<Round> counted =
        made.stream().sorted(Comparator.comparingDouble(Round::others)).limit(rounds).toList();
    List<String> cells = new ArrayList<>(List.of(noise.text));
    for (Function<Round, Histogram> when :
        List.<Function<Round, Histogram>>of(Round::peace, Round::loud)) {
      for (double percentile : new double[] {50, 99, 99.9, 100}) {
        cells.add(fixed(median(counted, when, percentile) / 1e3, 0));
      }
    }
    double ratio = median(counted, Round::loud, 99) / median(counted, Round::peace, 99);
    cells.add(fixed(ratio, 2));
    cells.add(Long.toString(counted.stream().mapToLong(Round::noises).sum()));
    cells.add(fixed(Figures.median(counted, Round::others), 2));
    table.row(cells);
    return verdict(noise, ratio);
  }

  private Round round(
      RunningServer server, Noise.Line victim, HostWatch host, NoisyNeighbour neighbour)
      throws IOException {
    neighbour.rest();
    var _ = load(victim, SETTLING_SECONDS, host);
    CpuTimes used = CpuTimes.now(server);
    long neighbours = neighbour.cpuNanos();
    long began = System.nanoTime();
    Histogram peace = load(victim, seconds, host);
    neighbour.goOn();
    var _ = load(victim, SETTLING_SECONDS, host);
    long before = neighbour.made();
    Histogram loud = load(victim, seconds, host);
    long noises = neighbour.made() - before;
    long others = CpuTimes.now(server).minus(used).others() - (neighbour.cpuNanos() - neighbours);
    return new Round(
        peace, loud, noises, Math.max(0, (double) others / (System.nanoTime() - began)));
  }

  private static double median(
      List<Round> rounds, Function<Round, Histogram> when, double percentile) {
    return Figures.median(rounds, round -> when.apply(round).getValueAtPercentile(percentile));
  }

  private static Verdict verdict(Noise noise, double ratio) {
    return new Verdict(
        ratio <= TARGET,
        "p99 beside " + noise.text + " at most " + fixed(TARGET, 0) + " times that in peace",
        fixed(ratio, 2));
  }

  /** Latencies in nanoseconds of GETs at the rate, for so many seconds. */
  private Histogram load(Noise.Line line, int forSeconds, HostWatch host) throws IOException {
    Samples latencies = new Samples();
    Pacer pacer = new Pacer(System.nanoTime(), rate, forSeconds * 1_000_000_000L);
    long answered = System.nanoTime();
    while (!pacer.exhausted()) {
      pacer.await();
      long due = pacer.take();
      long since = answered - due > 0 ? due : System.nanoTime();
      line.ask("GET", "key");
      answered = System.nanoTime();
      latencies.add(answered, answered - since);
    }
    return host.calm(latencies);
  }
}
