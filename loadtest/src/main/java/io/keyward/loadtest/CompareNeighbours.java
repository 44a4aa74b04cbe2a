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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures what one deployment feels of another one that is noisy. */
@Command(
    name = "neighbours",
    description = {
      "Starts the gateway with two tenants on one event loop, pinned to one processor, and sends"
          + " GETs to one of them at a fixed rate: in peace, and while the other makes each kind of"
          + " noise again and again. Latency counts from the instant a request was due.",
      "The first noise of each kind does not count: a JVM compiles what is used."
    },
    sortOptions = false)
final class CompareNeighbours implements Callable<Integer> {
  private static final double TARGET = 2;
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
  private int rate = 200;

  @Option(names = "--seconds", description = "Of each measurement. Default: ${DEFAULT-VALUE}.")
  private int seconds = 4;

  @Option(
      names = "--command",
      description =
          "How to start the gateway; {config} stands for keyward.yaml and {port} for the port."
              + " Default: gateway/run.")
  private String command = "";

  @Option(
      names = "--server-cpu",
      description = "Processor that the gateway is pinned to. Default: ${DEFAULT-VALUE}.")
  private String serverCpu = "1";

  @Option(
      names = "--format",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
      defaultValue = "table")
  private TextTable.Format format = TextTable.Format.table;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path config = Files.createTempFile("neighbours-", ".yaml");
    try {
      Files.writeString(config, TENANTS);
      try (RunningServer server =
          RunningServer.start(server(config), 0, serverCpu.isEmpty() ? null : serverCpu)) {
        return measure(server.address());
      }
    } finally {
      Files.delete(config);
    }
  }

  private ServerCommand server(Path config) {
    Path top = Path.of(System.getProperty("keyward.top", "."));
    String line =
        command.isEmpty()
            ? "'"
                + top.resolve("gateway/run")
                + "' {config} --port {port} --save \"\" --appendonly no"
            : command;
    return new ServerCommand("keyward", line.replace("{config}", config.toString()));
  }

  private int measure(InetSocketAddress address) throws IOException, InterruptedException {
    try (Noise.Line victim = new Noise.Line(address, "AUTH victim b\r\n")) {
      victim.ask("SET", "key", "v".repeat(64));
      for (int i = 0; i < 3; i++) {
        var _ = victim(victim);
      }
      TextTable table = new TextTable().column("neighbour").column("p50 µs").column("p99 µs");
      table.column("p99 in peace µs").column("ratio").column("p99.9 µs").column("max µs");
      table.column("noises");
      List<Verdict> verdicts = new ArrayList<>();
      for (Noise noise : noises) {
        Histogram peace = victim(victim);
        AtomicInteger made = new AtomicInteger();
        Histogram loud = victimBeside(noise, address, victim, made);
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
                Integer.toString(made.get())));
        verdicts.add(
            new Verdict(
                ratio <= TARGET,
                "p99 beside "
                    + noise.text
                    + " at most "
                    + fixed(TARGET, 0)
                    + " times that in peace",
                fixed(ratio, 2)));
      }
      System.out.print(table.render(format));
      return Verdict.print(verdicts);
    }
  }

  private static String micros(Histogram latencies, double percentile) {
    return fixed(latencies.getValueAtPercentile(percentile) / 1e3, 0);
  }

  private Histogram victimBeside(
      Noise noise, InetSocketAddress address, Noise.Line victim, AtomicInteger made)
      throws IOException, InterruptedException {
    AtomicBoolean over = new AtomicBoolean();
    try (Noise.Line noisy = new Noise.Line(address, "AUTH noisy a\r\n")) {
      noise.prepare(noisy);
      noise.make(noisy);
      Thread maker =
          Thread.ofPlatform()
              .name("noise")
              .start(
                  () -> {
                    try {
                      while (!over.get()) {
                        noise.make(noisy);
                        made.incrementAndGet();
                      }
                    } catch (IOException | ErrorReplyException ended) {
                      System.err.println(noise + " ended: " + ended.getMessage());
                    }
                  });
      Histogram latencies = victim(victim);
      over.set(true);
      maker.join();
      noisy.ask("FLUSHALL");
      return latencies;
    }
  }

  /** Latencies in nanoseconds of GETs at the rate. */
  private Histogram victim(Noise.Line line) throws IOException {
    Histogram latencies = new Histogram(3);
    Pacer pacer = new Pacer(System.nanoTime(), rate, seconds * 1_000_000_000L);
    while (!pacer.exhausted()) {
      if (pacer.due(System.nanoTime())) {
        long due = pacer.take();
        line.ask("GET", "key");
        latencies.recordValue(System.nanoTime() - due);
      } else {
        Thread.onSpinWait();
      }
    }
    return latencies;
  }
}
