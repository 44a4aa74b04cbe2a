package io.keyward.loadtest;

import static io.keyward.loadtest.Figures.fixed;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
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
      "The neighbour is a process of its own that runs when this one does not want the processor."
          + " The first seconds of each kind of noise do not count: a JVM compiles what is used."
    },
    sortOptions = false)
final class CompareNeighbours implements Callable<Integer> {
  private static final double TARGET = 2;

  /** For the memory of what the last noise has stored to be given back. */
  private static final int SETTLING_SECONDS = 3;

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

  @Option(names = "--seconds", description = "Of each measurement. Default: ${DEFAULT-VALUE}.")
  private int seconds = 6;

  @Option(
      names = "--warmup",
      description = "Seconds of each noise that do not count. Default: ${DEFAULT-VALUE}.")
  private int warmup = 8;

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
      try (RunningServer server = gateway.start(config)) {
        return measure(server.address());
      }
    } finally {
      Files.delete(config);
    }
  }

  private int measure(InetSocketAddress address) throws IOException {
    try (Noise.Line victim = new Noise.Line(address, "AUTH victim b\r\n")) {
      victim.replies(1);
      victim.ask("SET", "key", "v".repeat(64));
      var _ = load(victim, 2 * warmup);
      TextTable table = new TextTable().column("neighbour").column("p50 µs").column("p99 µs");
      table.column("p99 in peace µs").column("ratio").column("p99.9 µs").column("max µs");
      table.column("noises");
      List<Verdict> verdicts = new ArrayList<>();
      try {
        for (Noise noise : noises) {
          var _ = load(victim, SETTLING_SECONDS);
          Histogram peace = load(victim, seconds);
          try (NoisyNeighbour neighbour = NoisyNeighbour.start(noise, address, "AUTH noisy a")) {
            var _ = load(victim, warmup);
            long before = neighbour.made();
            Histogram loud = load(victim, seconds);
            double ratio = (double) loud.getValueAtPercentile(99) / peace.getValueAtPercentile(99);
            table.row(
                List.of(
                    noise.text,
                    micros(loud, 50),
                    micros(loud, 99),
                    micros(peace, 99),
                    fixed(ratio, 2),
                    micros(loud, 99.9),
                    micros(loud, 100),
                    Long.toString(neighbour.made() - before)));
            verdicts.add(verdict(noise, ratio));
          }
          try (Noise.Line tidy = new Noise.Line(address, "AUTH noisy a\r\n")) {
            tidy.replies(1);
            tidy.ask("FLUSHALL");
          }
        }
      } finally {
        System.out.print(table.render(format));
      }
      return Verdict.print(verdicts);
    }
  }

  private static Verdict verdict(Noise noise, double ratio) {
    return new Verdict(
        ratio <= TARGET,
        "p99 beside " + noise.text + " at most " + fixed(TARGET, 0) + " times that in peace",
        fixed(ratio, 2));
  }

  private static String micros(Histogram latencies, double percentile) {
    return fixed(latencies.getValueAtPercentile(percentile) / 1e3, 0);
  }

  /** Latencies in nanoseconds of GETs at the rate, for so many seconds. */
  private Histogram load(Noise.Line line, int forSeconds) throws IOException {
    Histogram latencies = new Histogram(3);
    Pacer pacer = new Pacer(System.nanoTime(), rate, forSeconds * 1_000_000_000L);
    long answered = System.nanoTime();
    while (!pacer.exhausted()) {
      pacer.await();
      long due = pacer.take();
      long since = answered - due > 0 ? due : System.nanoTime();
      line.ask("GET", "key");
      answered = System.nanoTime();
      latencies.recordValue(answered - since);
    }
    return latencies;
  }
}
