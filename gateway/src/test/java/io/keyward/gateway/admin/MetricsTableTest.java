package io.keyward.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.DataFolders;
import io.keyward.gateway.fixture.Patience;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of all metrics is made from the metrics themselves. */
class MetricsTableTest {
  private static final Path TABLE = Path.of("..", "dashboards", "METRICS.md");

  private static final String HEAD =
      """
      # Metrics

      Every metric of the gateway's own at `/metrics`, made from the metrics themselves; beside them stand those of the JVM (`jvm_*`), the
      process (`process_*`) and the machine (`system_*`). The label `deployment` is the deployment's prefix, `no prefix` for one without. The busiest
      deployments, `metrics.deployments` of them, are told by themselves and the rest as `all others`.

      | metric | type | labels | meaning |
      |---|---|---|---|
      """;

  @Test
  void theTableIsCurrent(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            "tenants: {t: {deployments: {d: {password: p, limits: {keys: 1000}}}}}");
    Settings settings =
        Settings.load(
            List.of(
                file.toString(),
                "--bind",
                "127.0.0.1",
                "--event-loops",
                "1",
                "--dir",
                DataFolders.fresh()),
            Map.of());
    try (Gateway gateway = Gateway.startOnFreePorts(settings)) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.ports().redis())) {
        socket
            .getOutputStream()
            .write("AUTH d p\r\nINCR a b\r\nINCR a\r\n".getBytes(StandardCharsets.US_ASCII));
        socket.shutdownOutput();
        assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
      }
      String made = table(gateway);
      Path copy = Files.createDirectories(Path.of("target")).resolve("METRICS.md");
      Files.writeString(copy, made);
      assertThat(Files.exists(TABLE) ? Files.readString(TABLE) : "")
          .describedAs("dashboards/METRICS.md; gateway/target/METRICS.md is what it should be")
          .isEqualTo(made);
    }
  }

  private static String table(Gateway gateway) throws InterruptedException {
    try (Metrics metrics = new Metrics(gateway.server())) {
      // What the data is made of is counted soon after it was asked for.
      long deadline = System.nanoTime() + Patience.NANOS;
      do {
        CountDownLatch copied = new CountDownLatch(1);
        metrics.refresh(copied::countDown);
        copied.await();
      } while (!counted(metrics) && System.nanoTime() < deadline);
      return metrics.snapshots().stream()
          .filter(snapshot -> snapshot.getMetadata().getPrometheusName().startsWith("keyward_"))
          .map(MetricsTableTest::row)
          .sorted()
          .collect(Collectors.joining("", HEAD, ""));
    }
  }

  private static boolean counted(Metrics metrics) {
    return metrics.snapshots().stream()
        .anyMatch(
            metric ->
                metric.getMetadata().getPrometheusName().equals("keyward_type_keys")
                    && metric.getDataPoints().stream()
                        .anyMatch(point -> "d".equals(point.getLabels().get("deployment"))));
  }

  private static String row(MetricSnapshot metric) {
    String ending =
        switch (metric) {
          case CounterSnapshot counter -> "_total";
          case InfoSnapshot info -> "_info";
          default -> "";
        };
    String type =
        switch (metric) {
          case CounterSnapshot counter -> "counter";
          case HistogramSnapshot histogram -> "histogram";
          case SummarySnapshot summary -> "summary";
          default -> "gauge";
        };
    String labels =
        metric.getDataPoints().stream()
            .map(DataPointSnapshot::getLabels)
            .flatMap(found -> found.stream())
            .map(label -> label.getName())
            .distinct()
            .collect(Collectors.joining(", "));
    String help = String.valueOf(metric.getMetadata().getHelp()).replaceFirst("\\.$", "");
    return "| `%s%s` | %s | %s | %s |\n"
        .formatted(metric.getMetadata().getPrometheusName(), ending, type, labels, help);
  }
}
