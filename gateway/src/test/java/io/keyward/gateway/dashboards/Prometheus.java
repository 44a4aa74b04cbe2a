package io.keyward.gateway.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyward.gateway.fixture.Executables;
import io.keyward.gateway.fixture.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A real Prometheus that scrapes one gateway every second, with the rules of the room. */
final class Prometheus implements AutoCloseable {
  static final String REMEDY =
      "there is no prometheus on the PATH, so nothing is evaluated: install it (Debian: apt install"
          + " prometheus)";

  private final Process process;
  private final int port;
  private final HttpClient client = HttpClient.newHttpClient();

  private Prometheus(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static Optional<Path> program() {
    return Executables.onPath("prometheus");
  }

  /** Starts it in an empty directory. */
  static Prometheus start(Path directory, int adminPort) throws IOException {
    Path config = directory.resolve("prometheus.yml");
    Path rules = DashboardFiles.ROOM.resolve("prometheus").resolve("rules.yml");
    Files.writeString(
        config,
        """
        global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
        rule_files: ["%s"]
        scrape_configs:
          - job_name: keyward
            static_configs:
              - targets: ["127.0.0.1:%d"]
        """
            .formatted(rules, adminPort));
    int port = Ports.free();
    Process process =
        new ProcessBuilder(
                program().orElseThrow(() -> new IllegalStateException(REMEDY)).toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("prometheus.log").toFile())
            .start();
    return new Prometheus(process, port);
  }

  private JsonNode ask(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    return new ObjectMapper().readTree(response.body());
  }

  boolean ready() throws InterruptedException {
    try {
      return "success".equals(ask("/api/v1/query?query=1").path("status").asText());
    } catch (IOException notYet) {
      return false;
    }
  }

  /** What is wrong with an expression, or that it returns nothing; empty if it returns numbers. */
  Optional<String> fault(String expression) throws IOException, InterruptedException {
    JsonNode answer = query(expression);
    if (!answer.path("status").asText().equals("success")) {
      return Optional.of(answer.path("error").asText());
    }
    List<JsonNode> values = answer.path("data").path("result").findValues("value");
    boolean any =
        values.stream().anyMatch(value -> Double.isFinite(number(value.path(1).asText())));
    return any ? Optional.empty() : Optional.of("returns no data");
  }

  private static double number(String text) {
    return text.contains("Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
  }

  JsonNode query(String expression) throws IOException, InterruptedException {
    return ask("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
  }

  /** The value of a label of the series whose value is greatest. */
  String greatest(String expression, String label) throws IOException, InterruptedException {
    return query("topk(1, " + expression + ")")
        .path("data")
        .path("result")
        .path(0)
        .path("metric")
        .path(label)
        .asText();
  }

  /** What Prometheus says of the evaluation of the rules. */
  JsonNode rules() throws IOException, InterruptedException {
    return ask("/api/v1/rules");
  }

  @Override
  public void close() {
    // What it has stored goes with the directory.
    process.destroyForcibly();
    process.onExit().join();
    client.close();
  }
}
