package io.keyward.loadtest;

import static io.keyward.loadtest.Figures.fixed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what it costs to be many deployments, and what a deployment costs that does nothing. */
@Command(
    name = "deployments",
    description = {
      "Prints the processor time of a request when all connections are in one deployment and when"
          + " each is in one of its own, in turns on one gateway, at the same rate and with as many"
          + " keys in all.",
      "Then it prints the memory of a gateway on whose one event loop many deployments have come"
          + " into being by a login and do nothing."
    },
    sortOptions = false)
final class CompareDeployments implements Callable<Integer> {
  private static final double MOST_RATIO = 1.1;
  private static final long MOST_RESIDENT = 1 << 30;
  private static final String VALUE = "v".repeat(64);
  private static final RequestTemplate SET =
      RequestTemplate.of("SET", "key:" + RequestTemplate.SLOT, VALUE);
  private static final RequestTemplate GET =
      RequestTemplate.of("GET", "key:" + RequestTemplate.SLOT);
  private static final int LOGINS_AT_ONCE = 100;
  private static final Duration SETTLE = Duration.ofSeconds(2);
  private static final String ONE = "AUTH tenant.one secret\r\n";

  @Option(
      names = "--deployments",
      description = "That share the load, a connection each. Default: ${DEFAULT-VALUE}.")
  private int deployments = 1000;

  @Option(names = "--keys", description = "Of all deployments. Default: ${DEFAULT-VALUE}.")
  private int keys = 100_000;

  @Option(names = "--rate", description = "Requests a second. Default: ${DEFAULT-VALUE}.")
  private int rate = 20_000;

  @Option(names = "--rounds", description = "Turns of each kind. Default: ${DEFAULT-VALUE}.")
  private int rounds = 5;

  @Option(names = "--seconds", description = "Of each turn. Default: ${DEFAULT-VALUE}.")
  private int seconds = 2;

  @Option(
      names = "--warmup",
      description = "Seconds of load before the first turn. Default: ${DEFAULT-VALUE}.")
  private int warmup = 20;

  @Option(
      names = "--idle",
      description = "Deployments that do nothing; 0 for none. Default: ${DEFAULT-VALUE}.")
  private int idle = 100_000;

  @Mixin private PinnedGateway gateway = new PinnedGateway();

  private enum Kind {
    ONE,
    MANY
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    gateway.makeRoom();
    Path config = Files.createTempFile("deployments-", ".yaml");
    try {
      Files.writeString(
          config,
          """
          event-loops: 1
          prefix: main
          admin: {port: 0}
          tenants: {tenant: {secret: secret, max-deployments: %d}}
          """
              .formatted(Math.max(deployments, idle) + 1));
      List<Verdict> verdicts = new ArrayList<>();
      if (deployments > 0) {
        try (RunningServer server = gateway.start(config)) {
          compare(server, verdicts);
        }
      }
      if (idle > 0) {
        try (RunningServer server = gateway.start(config)) {
          weigh(server, verdicts);
        }
      }
      return Verdict.print(verdicts);
    } finally {
      Files.delete(config);
    }
  }

  private static String login(int number) {
    return "AUTH tenant.deployment-" + number + " secret\r\n";
  }

  private void compare(RunningServer server, List<Verdict> verdicts)
      throws IOException, InterruptedException {
    int each = Math.max(1, keys / deployments);
    fill(server, ONE, each * deployments);
    for (int i = 0; i < deployments; i++) {
      fill(server, login(i), each);
    }
    turn(server, Kind.ONE, SET, each, warmup / 4.0);
    turn(server, Kind.MANY, SET, each, warmup / 4.0);
    turn(server, Kind.ONE, GET, each, warmup / 4.0);
    turn(server, Kind.MANY, GET, each, warmup / 4.0);
    TextTable table = new TextTable().column("test");
    for (String kind : List.of("one", "each its own")) {
      table.column(kind, "CPU µs").column(kind, "p50 µs").column(kind, "p99 µs");
    }
    table.column("ratio");
    List<Measurement> all = new ArrayList<>();
    for (RequestTemplate test : List.of(SET, GET)) {
      String name = test == SET ? "SET" : "GET";
      Map<Kind, List<Measurement>> turns = new EnumMap<>(Kind.class);
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < 2; i++) {
          Kind kind = Kind.values()[(round + i) % 2];
          Measurement turn = turn(server, kind, test, each, seconds);
          turns.computeIfAbsent(kind, made -> new ArrayList<>()).add(turn);
          all.add(turn);
        }
      }
      List<String> cells = new ArrayList<>(List.of(name));
      for (Kind kind : Kind.values()) {
        List<Measurement> measured = turns.getOrDefault(kind, List.of());
        cells.add(fixed(micros(measured), 2));
        cells.add(fixed(Figures.median(measured, m -> m.microsAt(50)), 0));
        cells.add(fixed(Figures.median(measured, m -> m.microsAt(99)), 0));
      }
      double ratio =
          micros(turns.getOrDefault(Kind.MANY, List.of()))
              / micros(turns.getOrDefault(Kind.ONE, List.of()));
      cells.add(fixed(ratio, 2));
      table.row(cells);
      verdicts.add(
          new Verdict(
              ratio <= MOST_RATIO,
              name
                  + " in "
                  + deployments
                  + " deployments, processor time at most 1.1 of that in one",
              fixed(ratio, 2)));
    }
    System.out.print(table.render(TextTable.Format.table));
    Disturbance.notes(all).forEach(System.out::println);
  }

  private static double micros(List<Measurement> measured) {
    return Figures.median(measured, Measurement::serverMicrosPerRequest);
  }

  /** Stores keys under the numbers from 0 on. */
  private static void fill(RunningServer server, String login, int count) throws IOException {
    try (Noise.Line line = new Noise.Line(server.address(), login)) {
      line.replies(1);
      for (int from = 0; from < count; from += LOGINS_AT_ONCE) {
        int to = Math.min(count, from + LOGINS_AT_ONCE);
        StringBuilder batch = new StringBuilder();
        for (int key = from; key < to; key++) {
          batch.append("SET key:").append("%012d".formatted(key)).append(' ');
          batch.append(VALUE).append("\r\n");
        }
        line.send(batch.toString());
        line.replies(to - from);
      }
    }
  }

  private Measurement turn(
      RunningServer server, Kind kind, RequestTemplate test, int each, double forSeconds)
      throws IOException {
    IntFunction<String> logins = kind == Kind.ONE ? i -> ONE : CompareDeployments::login;
    KeyNumbers numbers = KeyNumbers.random(kind == Kind.ONE ? each * deployments : each, 1);
    try (LoadGenerator generator =
        new LoadGenerator(server.address(), deployments, logins, test, 1, numbers)) {
      CpuTimes before = CpuTimes.now(server);
      LoadResult result = generator.openLoop(rate, (long) (forSeconds * 1e9));
      CpuTimes cpu = CpuTimes.now(server).minus(before);
      Histogram latencies = result.latencies();
      return new Measurement(result.nanos(), cpu, result.requests(), latencies);
    } catch (ErrorReplyException refused) {
      throw new IOException("a deployment refused a request: " + refused.getMessage(), refused);
    }
  }

  private void weigh(RunningServer server, List<Verdict> verdicts)
      throws IOException, InterruptedException {
    Thread.sleep(SETTLE);
    long before = server.residentBytes();
    try (Noise.Line line = new Noise.Line(server.address(), ONE)) {
      line.replies(1);
      for (int from = 0; from < idle; from += LOGINS_AT_ONCE) {
        int to = Math.min(idle, from + LOGINS_AT_ONCE);
        StringBuilder batch = new StringBuilder();
        for (int i = from; i < to; i++) {
          batch.append(login(i));
        }
        line.send(batch.toString());
        line.replies(to - from);
      }
    } catch (ErrorReplyException refused) {
      throw new IOException("a login was refused: " + refused.getMessage(), refused);
    }
    Thread.sleep(SETTLE);
    long after = server.residentBytes();
    System.out.println(
        idle
            + " deployments that do nothing: "
            + after / (1 << 20)
            + " MB resident, "
            + before / (1 << 20)
            + " MB before them, "
            + (after - before) / idle
            + " bytes each");
    verdicts.add(
        new Verdict(
            after <= MOST_RESIDENT,
            idle + " deployments that do nothing in 1 GB of resident memory",
            after / (1 << 20) + " MB"));
  }
}
