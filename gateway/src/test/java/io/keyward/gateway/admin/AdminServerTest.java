package io.keyward.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.DataFolders;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AdminServerTest {
  private static Gateway gateway;

  @BeforeAll
  static void start() throws Exception {
    Settings settings =
        Settings.load(
            List.of("--bind", "127.0.0.1", "--dir", DataFolders.fresh()),
            Map.of("REDIS_PASSWORD", "s3cret-word", "REDIS_KEY_PREFIX", "blue"));
    gateway = Gateway.startOnFreePorts(settings);
    tell(
        "AUTH s3cret-word\r\nSET the-key the-value\r\nGET the-key\r\nGET none\r\nINCR the-key\r\n");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static void tell(String requests) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.ports().redis())) {
      socket.getOutputStream().write(requests.getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
    }
  }

  private static HttpResponse<String> ask(String method, String path, String... headers)
      throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + gateway.ports().admin() + path);
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
      if (headers.length > 0) {
        request.headers(headers);
      }
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void tellsThatItLivesAndIsReady() throws Exception {
    assertThat(ask("GET", "/livez").body()).isEqualTo("ok\n");
    assertThat(ask("GET", "/readyz").statusCode()).isEqualTo(200);
  }

  @Test
  void metricsCountWhatClientsDid() throws Exception {
    String metrics = ask("GET", "/metrics").body();
    assertThat(metrics)
        .contains("keyward_commands_total{deployment=\"blue\",family=\"string\"} 4.0")
        .contains("_duration_seconds_count{deployment=\"blue\",family=\"string\"} 4")
        .contains("keyward_keyspace_misses_total{deployment=\"blue\"} 1.0")
        .contains("keyward_errors_total{deployment=\"blue\",kind=\"ERR\"} 1.0")
        .contains("keyward_keys{deployment=\"blue\"} 1.0")
        .contains("keyward_received_bytes_total{deployment=\"blue\"} 78.0")
        .contains("keyward_connections_accepted_total 1.0")
        .contains("keyward_event_loop_lag_seconds_count{loop=\"0\"}")
        .contains("jvm_memory_used_bytes{");
  }

  @Test
  void answersOpenMetricsToWhomAsksForIt() throws Exception {
    HttpResponse<String> response =
        ask("GET", "/metrics", "Accept", "application/openmetrics-text;version=1.0.0,*/*;q=0.1");
    assertThat(response.headers().firstValue("content-type").orElse(""))
        .startsWith("application/openmetrics-text; version=1.0.0");
    assertThat(response.body()).contains("# TYPE keyward_commands counter\n").endsWith("# EOF\n");
  }

  @Test
  void factsAreJson() throws Exception {
    HttpResponse<String> response = ask("GET", "/info");
    assertThat(response.headers().firstValue("content-type").orElse("")).contains("json");
    assertThat(response.body()).contains("\"prefix\" : \"blue\"").contains("\"keys\" : 1");
  }

  @Test
  void nothingShowsKeysValuesOrSecrets() throws Exception {
    for (String path : List.of("/livez", "/readyz", "/info", "/metrics", "/nothing")) {
      assertThat(ask("GET", path).body()).doesNotContain("s3cret-word", "the-key", "the-value");
    }
  }

  @Test
  void otherPathsAndMethodsAreRefused() throws Exception {
    assertThat(ask("GET", "/nothing").statusCode()).isEqualTo(404);
    assertThat(ask("POST", "/metrics").statusCode()).isEqualTo(405);
  }

  @Test
  void aTokenIsAskedForIfThereIsOne() throws Exception {
    Settings settings =
        Settings.load(
            List.of("--bind", "127.0.0.1", "--dir", DataFolders.fresh()),
            Map.of("KEYWARD_ADMIN_TOKEN", "the-token"));
    Gateway open = gateway;
    try (Gateway guarded = Gateway.startOnFreePorts(settings)) {
      gateway = guarded;
      assertThat(ask("GET", "/readyz").statusCode()).isEqualTo(200);
      assertThat(ask("GET", "/metrics").statusCode()).isEqualTo(401);
      assertThat(ask("POST", "/reload").statusCode()).isEqualTo(401);
      assertThat(ask("GET", "/info", "Authorization", "Bearer of").statusCode()).isEqualTo(401);
      assertThat(ask("GET", "/info", "Authorization", "Bearer the-token").statusCode())
          .isEqualTo(200);
    } finally {
      gateway = open;
    }
  }
}
