package io.keyward.loadtest;

import static io.keyward.loadtest.Figures.fixed;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what cloning a deployment costs those who use it meanwhile. */
@Command(
    name = "clone",
    description = {
      "Fills a deployment, then prints the latency of SETs to it that arrive at a fixed rate, first"
          + " in peace, then while it is cloned and has everything in common with the clone, and"
          + " how long the gateway says that it has served nobody for it.",
      "Keys are of 16 and values of 32 bytes, on one event loop, without files. Latency counts from"
          + " the instant a request was due. The stall is one, and its target 2 ms; what the SETs"
          + " copy themselves afterwards is in their latencies.",
      "With --collection there is one big value beside them, and how long its first change takes"
          + " after each clone (of the clone's source, when nothing else is going on) stands beside"
          + " the second one, at which nothing is left to be copied."
    },
    sortOptions = false)
final class CompareClone implements Callable<Integer> {
  private static final RequestTemplate SET =
      RequestTemplate.of("SET", "key:" + RequestTemplate.SLOT, "v".repeat(32));
  private static final double LONGEST_MILLIS = 2;

  @Option(names = "--keys", description = "Keys to fill in. Default: ${DEFAULT-VALUE}.")
  private int keys = 1_000_000;

  @Option(
      names = "--collection",
      description = "A big value beside them: ${COMPLETION-CANDIDATES}. Default: none.")
  private @Nullable BigCollection collection;

  @Option(
      names = "--members",
      description = "Members, elements or pieces of 16 bytes of it. Default: ${DEFAULT-VALUE}.")
  private int members = 1_000_000;

  @Option(names = "--rate", description = "Requests a second. Default: ${DEFAULT-VALUE}.")
  private int rate = 10_000;

  @Option(names = "--seconds", description = "Of each measurement. Default: ${DEFAULT-VALUE}.")
  private int seconds = 10;

  @Option(names = "--rounds", description = "Clones, each anew. Default: ${DEFAULT-VALUE}.")
  private int rounds = 3;

  @Option(
      names = "--server-cmd",
      description =
          "Shell command that becomes the gateway; {port} and {config} stand for those. Default:"
              + " gateway/run.")
  private String command =
      "'"
          + Path.of(System.getProperty("keyward.top", "."), "gateway/run")
          + "' '{config}' --port {port} --save \"\" --appendonly no";

  @Override
  public Integer call() throws IOException, InterruptedException {
    int blue = Ports.orFree(0);
    Path config = Files.createTempFile("clone", ".yaml");
    Files.writeString(
        config,
        """
        prefix: main
        event-loops: 1
        operator: {username: operator, password: of-operator}
        tenants: {shop: {deployments: {blue: {ports: [%d]}, green: {password: of-green}}}}
        """
            .formatted(blue));
    ServerCommand server =
        new ServerCommand("keyward", command.replace("{config}", config.toString()));
    try (RunningServer running = RunningServer.start(server, 0, null);
        ControlConnection operator = running.connect()) {
      operator.call("AUTH", "operator", "of-operator");
      return compare(operator, new InetSocketAddress(InetAddress.getLoopbackAddress(), blue));
    } finally {
      Files.delete(config);
    }
  }

  private int compare(ControlConnection operator, InetSocketAddress blue)
      throws IOException, InterruptedException {
    try (LoadGenerator filling = new LoadGenerator(blue, 8, SET, 64, KeyNumbers.sequential(keys))) {
      filling.closedLoop(keys, Duration.ofHours(1).toNanos());
    } catch (ErrorReplyException refused) {
      throw new IOException("the deployment refused a key: " + refused.getMessage(), refused);
    }
    if (collection != null) {
      collection.fill(blue, members);
    }
    TextTable table = new TextTable().column("clone");
    for (String when : List.of("before", "during")) {
      for (String name : List.of("p50 µs", "p99 µs", "p99.9 µs", "max µs")) {
        table.column(when, name);
      }
    }
    table.column("keys").column("ms").column("stall ms");
    if (collection != null) {
      table.column("first change ms").column("second ms");
    }
    List<Verdict> verdicts = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      Histogram before = load(blue);
      CompletableFuture<Map<String, String>> cloned =
          CompletableFuture.supplyAsync(() -> clone(operator));
      Histogram during = load(blue);
      Map<String, String> told;
      try {
        told = cloned.get();
      } catch (ExecutionException failed) {
        throw new IOException("the clone failed: " + failed.getCause(), failed);
      }
      double stall = Long.parseLong(told.get("stall-microseconds")) / 1e3;
      List<String> cells = new ArrayList<>(List.of(Integer.toString(round)));
      for (Histogram latencies : List.of(before, during)) {
        for (double percentile : new double[] {50, 99, 99.9, 100}) {
          cells.add(fixed(latencies.getValueAtPercentile(percentile) / 1e3, 0));
        }
      }
      cells.addAll(List.of(told.get("keys"), told.get("milliseconds"), fixed(stall, 3)));
      if (collection != null) {
        verdicts.add(change(collection, blue, round, cells));
      }
      table.row(cells);
      verdicts.add(
          new Verdict(
              stall <= LONGEST_MILLIS,
              "the stall of clone " + round + " not above " + fixed(LONGEST_MILLIS, 0) + " ms",
              fixed(stall, 3)));
    }
    System.out.print(table.render(TextTable.Format.table));
    return Verdict.print(verdicts);
  }

  /** Changes the big value twice, when nothing else is going on. */
  private static Verdict change(
      BigCollection big, InetSocketAddress blue, int round, List<String> cells) throws IOException {
    try (ControlConnection connection = new ControlConnection(blue)) {
      String _ = connection.call("PING");
      double first = big.change(connection, 2 * round) / 1e6;
      double second = big.change(connection, 2 * round + 1) / 1e6;
      cells.add(fixed(first, 3));
      cells.add(fixed(second, 3));
      return new Verdict(
          first <= LONGEST_MILLIS,
          "the first change after clone "
              + round
              + " not above "
              + fixed(LONGEST_MILLIS, 0)
              + " ms",
          fixed(first, 3));
    }
  }

  private static Map<String, String> clone(ControlConnection operator) {
    try {
      List<String> words =
          operator.call("DEPLOYMENT", "CLONE", "blue", "green", "REPLACE").lines().toList();
      Map<String, String> told = new HashMap<>();
      for (int i = 0; i + 1 < words.size(); i += 2) {
        told.put(words.get(i), words.get(i + 1));
      }
      return told;
    } catch (IOException | ErrorReplyException failed) {
      throw new CompletionException(failed);
    }
  }

  private Histogram load(InetSocketAddress blue) throws IOException, InterruptedException {
    try (LoadGenerator generator =
        new LoadGenerator(blue, 20, SET, 1, KeyNumbers.random(keys, 1))) {
      return generator.openLoop(rate, Duration.ofSeconds(seconds).toNanos()).latencies();
    } catch (ErrorReplyException refused) {
      throw new IOException("the deployment refused a key: " + refused.getMessage(), refused);
    }
  }
}
