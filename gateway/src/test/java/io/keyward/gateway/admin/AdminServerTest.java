package io.keyward.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Settings;
import io.keyward.engine.builtin.appendonly.LoadProgress;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.DataFolders;
import io.keyward.gateway.fixture.Patience;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the admin endpoint answers: health, metrics and facts, and no secrets. */
class AdminServerTest {
  private static Gateway gateway;

  @BeforeAll
  static void start() throws Exception {
    gateway = Gateway.startOnFreePorts(settings());
    tell(
        "AUTH s3cret-word\r\nSET the-key the-value\r\nGET the-key\r\nGET none\r\nINCR the-key\r\n");
  }

  private static Settings settings() throws Exception {
    return Settings.load(
        List.of("--bind", "127.0.0.1", "--dir", DataFolders.fresh()),
        Map.of(
            "REDIS_PASSWORD",
            "s3cret-word",
            "REDIS_KEY_PREFIX",
            "blue",
            "FORCED_IN_MEMORY_CACHE_NAMESPACES",
            "ROLES"));
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
  void readinessSaysWhyClientsShouldStayAway() throws Exception {
    LoadProgress progress = gateway.server().durability().appendOnly().progress();
    progress.begin(1000);
    try {
      HttpResponse<String> answer = ask("GET", "/readyz");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).isEqualTo("loading\n");
      assertThat(ask("GET", "/livez").statusCode()).isEqualTo(200);
      assertThat(ask("GET", "/metrics").body()).contains("keyward_ready 0.0");
    } finally {
      progress.end();
    }
    assertThat(ask("GET", "/readyz").body()).isEqualTo("ready\n");
    assertThat(ask("GET", "/metrics").body()).contains("keyward_ready 1.0");
  }

  @Test
  void whileClientsAreServedToTheEndNoOthersShouldCome() throws Exception {
    Gateway former = gateway;
    Gateway draining = Gateway.startOnFreePorts(settings());
    gateway = draining;
    try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), draining.ports().redis())) {
      String value = "x".repeat(1 << 20);
      String requests =
          "AUTH s3cret-word\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1048576\r\n"
              + value
              + "\r\n"
              + "GET a\r\n".repeat(50);
      slow.getOutputStream().write(requests.getBytes(StandardCharsets.US_ASCII));
      assertThat(slow.getInputStream().readNBytes(10)).hasSize(10);
      Thread stop = Thread.ofPlatform().start(draining::close);
      HttpResponse<String> answer = ask("GET", "/readyz");
      long deadline = System.nanoTime() + Patience.NANOS;
      while (answer.statusCode() != 503 && System.nanoTime() < deadline) {
        answer = ask("GET", "/readyz");
      }
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).isEqualTo("stopping\n");
      assertThat(slow.getInputStream().readAllBytes()).hasSizeGreaterThan(50 << 20);
      slow.shutdownOutput();
      stop.join();
    } finally {
      gateway = former;
      draining.close();
    }
  }

  @Test
  void metricsTellWhatTheDataIsMadeOf() throws Exception {
    try (Gateway other = Gateway.startOnFreePorts(settings())) {
      Gateway former = gateway;
      gateway = other;
      try {
        long now = System.currentTimeMillis();
        tell(
            "AUTH s3cret-word\r\nMSET a 1 b 2 ROLES:USER x\r\nSADD s 1 2\r\n"
                + ("XADD old " + (now - 7_200_000) + "-0 event {}\r\n")
                + "XADD live * event {}\r\nXADD live * event {}\r\nXADD numbered 5-1 event {}\r\n"
                + "SELECT 3\r\nRPUSH l 1 2 3\r\nEXPIRE l 100\r\n");
        String metrics = eventually("keyward_type_keys{deployment=\"blue\",type=\"stream\"} 3.0");
        assertThat(metrics)
            .contains("keyward_type_keys{deployment=\"blue\",type=\"string\"} 3.0")
            .contains("keyward_type_keys{deployment=\"blue\",type=\"set\"} 1.0")
            .contains("keyward_type_keys{deployment=\"blue\",type=\"list\"} 1.0")
            .contains("keyward_type_keys{deployment=\"blue\",type=\"hash\"} 0.0")
            .contains("keyward_pinned_keys{deployment=\"blue\"} 1.0")
            .contains("keyward_live_streams{deployment=\"blue\"} 1.0")
            .contains("keyward_longest_stream_entries{deployment=\"blue\"} 2.0")
            .contains("keyward_expiring_keys{deployment=\"blue\"} 1.0")
            .containsPattern("keyward_oldest_stream_entry_age_seconds\\S+ 72\\d\\d\\.")
            .containsPattern("keyward_pinned_bytes\\S+ [1-9]")
            .containsPattern("keyward_type_bytes\\S+type=\"stream\"\\} [1-9]\\d\\d")
            .containsPattern("keyward_type_bytes\\S+type=\"hash\"\\} 0\\.0");
        assertThat(ask("GET", "/info").body())
            .contains("\"count\" : 3", "\"entries\" : 4", "\"live\" : 1", "\"longest_entries\" : 2")
            .containsPattern("\"oldest_entry_age_seconds\" : 72\\d\\d\\b");
        tell("AUTH s3cret-word\r\nFLUSHALL\r\n");
        assertThat(eventually("keyward_type_keys{deployment=\"blue\",type=\"stream\"} 0.0"))
            .contains("keyward_oldest_stream_entry_age_seconds{deployment=\"blue\"} 0.0");
      } finally {
        gateway = former;
      }
    }
  }

  /** The metrics as soon as they contain a line; those of last, if that never comes. */
  private static String eventually(String line) throws Exception {
    long deadline = System.nanoTime() + Patience.NANOS;
    String metrics;
    do {
      metrics = ask("GET", "/metrics").body();
    } while (!metrics.contains(line) && System.nanoTime() < deadline);
    assertThat(metrics).contains(line);
    return metrics;
  }

  @Test
  void metricsCountScriptsThatAreStopped() throws Exception {
    tell(
        """
        AUTH s3cret-word
        CONFIG SET script-time-limit 1 busy-reply-threshold 1
        EVAL "while true do end" 0
        CONFIG SET script-time-limit 5000
        """);
    assertThat(ask("GET", "/metrics").body())
        .contains("keyward_stopped_scripts_total{deployment=\"blue\"} 1.0")
        .contains("keyward_cached_scripts{deployment=\"blue\"} 1.0")
        .containsPattern("keyward_cached_script_bytes\\S+ [1-9]");
  }

  @Test
  void metricsTellHowTheFilesFare(@TempDir Path folder) throws Exception {
    Settings durable =
        Settings.load(
            List.of(
                "--bind",
                "127.0.0.1",
                "--dir",
                folder.toString(),
                "--appendonly",
                "yes",
                "--appendfsync",
                "always",
                "--save",
                "900 1"),
            Map.of());
    Gateway former = gateway;
    try (Gateway other = Gateway.startOnFreePorts(durable)) {
      gateway = other;
      tell("SET a b\r\nBGSAVE\r\n");
      String _ = eventually("keyward_rdb_saves_total 1.0");
      // That is true of metrics that were being gathered when the save ended, too.
      assertThat(ask("GET", "/metrics").body()).contains("keyward_rdb_unsaved_changes 0.0");
      tell("SET c d\r\n");
      assertThat(ask("GET", "/metrics").body())
          .contains("keyward_aof_enabled 1.0")
          .contains("keyward_aof_ok 1.0")
          .contains("keyward_rdb_last_save_ok 1.0")
          .contains("keyward_rdb_unsaved_changes 1.0")
          .containsPattern("keyward_aof_fsync_seconds_count [1-9]")
          .containsPattern("keyward_aof_bytes [1-9]");
    } finally {
      gateway = former;
    }
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
    Settings withToken =
        Settings.load(
            List.of("--bind", "127.0.0.1", "--dir", DataFolders.fresh()),
            Map.of("KEYWARD_ADMIN_TOKEN", "the-token"));
    Gateway open = gateway;
    try (Gateway guarded = Gateway.startOnFreePorts(withToken)) {
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
