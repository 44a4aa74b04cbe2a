package io.keyward.loadtest;

import static io.keyward.loadtest.Figures.fixed;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what metrics cost the gateway. */
@Command(
    name = "metrics",
    description = {
      "Prints the processor time of a request with and without metrics, in turns on one gateway"
          + " under full load.",
      "With: latency histograms are kept (latency-tracking yes) and Prometheus's place is taken by"
          + " a reader of /metrics, which also makes the gateway count what its data is made of."
          + " Without: latency-tracking no, and nobody reads. Plain counters of calls, times and"
          + " bytes are kept in both, since INFO commandstats tells them, as Redis's does."
    },
    sortOptions = false)
final class CompareMetrics implements Callable<Integer> {
  private static final double MOST_COST = 0.03;

  /** Seconds between two readings while the JVM compiles what they need. */
  private static final double WARM_UP_SCRAPE = 0.2;

  @Option(names = "--tests", split = ",", description = "Default: SET,GET.")
  private List<Workload> tests = List.of(Workload.SET, Workload.GET);

  @Option(names = "--pipelines", split = ",", description = "Default: 1,16.")
  private List<Integer> pipelines = List.of(1, 16);

  @Option(
      names = "--scrape",
      description = "Seconds between two readings of /metrics. Default: ${DEFAULT-VALUE}.")
  private double scrape = 5;

  @Option(
      names = "--gateway",
      description =
          "Shell command that becomes the gateway; {port} and {admin} stand for its ports. Default:"
              + " gateway/run.")
  private String command =
      "'"
          + Path.of(System.getProperty("keyward.top", "."), "gateway/run")
          + "' --port {port} --admin-port {admin} --save \"\" --appendonly no";

  @Mixin private LoadOptions load = new LoadOptions(7, 5);

  private enum Metrics {
    WITHOUT,
    WITH
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    load.processors().pinClient();
    int admin = Ports.orFree(0);
    ServerCommand gateway =
        new ServerCommand("keyward", command.replace("{admin}", Integer.toString(admin)));
    try (RunningServer server = RunningServer.start(gateway, 0, load.processors().ofServers());
        Scraper scraper = new Scraper(admin)) {
      System.err.print(load.describe(List.of(server)));
      try (Scraper.Reading _ = scraper.every(WARM_UP_SCRAPE)) {
        WarmUp.run(List.of(server), tests, pipelines, load);
      }
      TextTable table = new TextTable().column("test").column("pipeline");
      table.column("without", "CPU µs").column("with", "CPU µs").column("cost %");
      List<Double> ratios = new ArrayList<>();
      double disturbance = 0;
      for (Workload test : tests) {
        Trial trial = new Trial(server, test, 64, load.clients(), load.keyspace());
        trial.prepare();
        for (int pipeline : pipelines) {
          Map<Metrics, List<Measurement>> turns = turns(server, scraper, trial, pipeline);
          double without = micros(turns, Metrics.WITHOUT);
          double with = micros(turns, Metrics.WITH);
          ratios.add(with / without);
          table.row(
              List.of(
                  test.name(),
                  Integer.toString(pipeline),
                  fixed(without, 3),
                  fixed(with, 3),
                  fixed(100 * (with / without - 1), 1)));
          disturbance =
              Math.max(
                  disturbance,
                  turns.values().stream()
                      .flatMap(List::stream)
                      .mapToDouble(Measurement::disturbance)
                      .max()
                      .orElse(0));
        }
      }
      System.out.print(table.render(TextTable.Format.table));
      System.out.println(scraper.readings() + " readings of /metrics");
      if (disturbance > Disturbance.QUIET) {
        System.out.println(
            "Other programs used up to " + fixed(disturbance, 2) + " processors: measure again");
      }
      double cost = Figures.geometricMean(ratios) - 1;
      return Verdict.print(
          List.of(
              new Verdict(
                  cost < MOST_COST,
                  "metrics cost less than 3 % of a request's processor time",
                  fixed(100 * cost, 1) + " %")));
    }
  }

  private static double micros(Map<Metrics, List<Measurement>> turns, Metrics kind) {
    return Figures.median(turns.getOrDefault(kind, List.of()), Measurement::serverMicrosPerRequest);
  }

  /** The two kinds take turns, and which comes first alternates. */
  private Map<Metrics, List<Measurement>> turns(
      RunningServer server, Scraper scraper, Trial trial, int pipeline)
      throws IOException, InterruptedException {
    Map<Metrics, List<Measurement>> turns = new EnumMap<>(Metrics.class);
    for (int round = 0; round < load.rounds(); round++) {
      for (int i = 0; i < 2; i++) {
        Metrics kind = Metrics.values()[(round + i) % 2];
        turns
            .computeIfAbsent(kind, made -> new ArrayList<>())
            .add(turn(server, scraper, trial, pipeline, kind));
      }
    }
    return turns;
  }

  private Measurement turn(
      RunningServer server, Scraper scraper, Trial trial, int pipeline, Metrics kind)
      throws IOException, InterruptedException {
    boolean with = kind == Metrics.WITH;
    try (ControlConnection control = server.connect()) {
      control.call("CONFIG", "SET", "latency-tracking", with ? "yes" : "no");
    }
    trial.closedLoop(pipeline, load.runIn());
    if (!with) {
      return trial.closedLoop(pipeline, load.turn());
    }
    try (Scraper.Reading _ = scraper.every(scrape)) {
      return trial.closedLoop(pipeline, load.turn());
    }
  }

  /** Reads /metrics as Prometheus does. */
  private static final class Scraper implements AutoCloseable {
    /** Reads until it is closed. */
    interface Reading extends AutoCloseable {
      @Override
      void close() throws IOException;
    }

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpRequest request;
    private volatile int readings;
    private volatile boolean failed;

    Scraper(int port) {
      request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
              .header("Accept", "application/openmetrics-text;version=1.0.0")
              .timeout(Duration.ofSeconds(10))
              .build();
    }

    /** Begins to read: in the middle of each interval. */
    Reading every(double seconds) {
      long nanos = (long) (seconds * 1e9);
      ScheduledFuture<?> task =
          timer.scheduleAtFixedRate(this::read, nanos / 2, nanos, TimeUnit.NANOSECONDS);
      return () -> {
        task.cancel(false);
        if (failed) {
          throw new IOException("the admin port does not tell its metrics");
        }
      };
    }

    private void read() {
      try {
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        failed |= answer.statusCode() != 200 || !answer.body().contains("keyward_commands_total");
        int before = readings;
        readings = before + 1;
      } catch (IOException refused) {
        failed = true;
      } catch (InterruptedException ended) {
        Thread.currentThread().interrupt();
      }
    }

    int readings() {
      return readings;
    }

    @Override
    public void close() {
      timer.shutdownNow();
      client.close();
    }
  }
}
