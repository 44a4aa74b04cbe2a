package io.keyward.gateway.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.ConfigurationException;
import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.GatewayProcess;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** What INFO persistence tells while the data is loaded at the start, and what afterwards. */
class LoadingTest {
  private static final int KEYS = 1000;

  @TempDir Path data;

  /** Makes files of a thousand keys; with a log, its base has them. */
  private void fill(String appendOnly) throws Exception {
    fill(Map.of(), appendOnly);
  }

  private void fill(Map<String, String> environment, String appendOnly) throws Exception {
    String[] files = {"--dir", data.toString(), "--save", "", "--appendonly", appendOnly};
    try (Gateway gateway = Gateways.start(environment, files);
        Words client = new Words(gateway)) {
      for (int i = 0; i < KEYS; i++) {
        client.call("SET key:" + i + " value:" + i);
      }
      if (appendOnly.equals("no")) {
        assertThat(client.call("SAVE")).isEqualTo("OK");
        return;
      }
      client.call("BGREWRITEAOF");
      while (client.call("INFO persistence").contains("aof_rewrite_in_progress:1")) {
        Thread.sleep(1);
      }
      client.call("SET after 1");
    }
  }

  private long bytesOfFiles(String appendOnly) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      long sum = 0;
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        if (appendOnly.equals("no") ? name.equals("dump.rdb") : name.matches(".*\\.(rdb|aof)")) {
          sum += Files.size(file);
        }
      }
      return sum;
    }
  }

  private static String field(String info, String name) {
    Matcher line = Pattern.compile("(?m)^" + name + ":(.*?)\r?$").matcher(info);
    assertThat(line.find()).as("%s in %s", name, info).isTrue();
    return line.group(1);
  }

  /** Starts a gateway that loads a key every hundred seconds, and does not wait until it has. */
  private CompletableFuture<Gateway> beginSlowly(int port, String appendOnly, String... further)
      throws ConfigurationException {
    return beginSlowly(List.of(), port, appendOnly, further);
  }

  /** As the other, with a configuration file or none. */
  private CompletableFuture<Gateway> beginSlowly(
      List<String> file, int port, String appendOnly, String... further)
      throws ConfigurationException {
    List<String> options = new ArrayList<>(file);
    options.addAll(
        List.of(
            "--port",
            String.valueOf(port),
            "--bind",
            "127.0.0.1",
            "--dir",
            data.toString(),
            "--appendonly",
            appendOnly,
            "--key-load-delay",
            "100000000"));
    options.addAll(List.of(further));
    Settings settings = Settings.load(options, Map.of("KEYWARD_ADMIN_PORT", "0"));
    CompletableFuture<Gateway> start = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(
            () -> {
              try {
                start.complete(Gateway.start(settings));
              } catch (StartException | RuntimeException failed) {
                start.completeExceptionally(failed);
              }
            });
    return start;
  }

  /** A connection, as soon as the gateway takes it. */
  private static Jedis connect(int port, CompletableFuture<Gateway> start) throws Exception {
    while (true) {
      assertThat(start.isCompletedExceptionally()).isFalse();
      try {
        return new Jedis("127.0.0.1", port, Patience.MILLIS);
      } catch (JedisConnectionException notYet) {
        Thread.sleep(1);
      }
    }
  }

  private static String refusal(Jedis client) {
    try {
      return String.valueOf(client.get("key:0"));
    } catch (JedisDataException refused) {
      return String.valueOf(refused.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"no", "yes"})
  void progressIsToldAndLeftOutAfterwards(String appendOnly) throws Exception {
    fill(appendOnly);
    long bytes = bytesOfFiles(appendOnly);
    int port = Ports.free();
    long before = Instant.now().getEpochSecond();
    CompletableFuture<Gateway> start = beginSlowly(port, appendOnly, "--save", "");
    try (Jedis client = connect(port, start)) {
      String info = client.info("persistence");
      while (!info.contains("loading:1\r\n")
          || field(info, "loading_loaded_bytes").equals("0")
          || field(info, "loading_rdb_used_mem").equals("0")) {
        Thread.sleep(1);
        info = client.info("persistence");
      }
      assertThat(field(info, "async_loading")).isEqualTo("0");
      assertThat(Long.parseLong(field(info, "loading_start_time")))
          .isBetween(before, Instant.now().getEpochSecond());
      assertThat(field(info, "loading_total_bytes")).isEqualTo(String.valueOf(bytes));
      long loaded = Long.parseLong(field(info, "loading_loaded_bytes"));
      assertThat(loaded).isBetween(1L, bytes - 1);
      assertThat(field(info, "loading_loaded_perc"))
          .isEqualTo(String.format("%.2f", loaded * 100.0 / bytes));
      assertThat(Long.parseLong(field(info, "loading_eta_seconds"))).isPositive();
      assertThat(refusal(client)).startsWith("LOADING");

      client.configSet("key-load-delay", "0");
      try (Gateway gateway = start.get(Patience.MILLIS, TimeUnit.MILLISECONDS)) {
        assertThat(gateway.ports().redis()).isEqualTo(port);
        assertThat(client.info("persistence"))
            .contains("loading:0\r\n")
            .doesNotContain("loading_start_time", "loading_total_bytes", "loading_eta_seconds");
        assertThat(client.get("key:" + (KEYS - 1))).isEqualTo("value:" + (KEYS - 1));
        client.disconnect();
      }
    }
  }

  @Test
  void whatTheOperatorIsRefusedWhileItLoadsIsInTheAuditLog() throws Exception {
    fill(Map.of("REDIS_KEY_PREFIX", "blue"), "no");
    Path file =
        Files.writeString(
            data.resolve("keyward.yaml"),
            """
            operator: {password: of-operator}
            prefix: blue
            tenants:
              chat:
                secret: of-chat
            """);
    int port = Ports.free();
    CompletableFuture<Gateway> start = beginSlowly(List.of(file.toString()), port, "no");
    try (Jedis operator = connect(port, start)) {
      operator.auth("operator", "of-operator");
      while (!operator.info("persistence").contains("loading:1\r\n")) {
        Thread.sleep(1);
      }
      for (String[] action :
          List.of(
              new String[] {"CREATE", "chat.rev1"},
              new String[] {"DRAIN", "chat.rev1", "0"},
              new String[] {"RETIRE", "chat.rev1", "DRYRUN"})) {
        assertThatThrownBy(() -> operator.sendCommand(() -> "DEPLOYMENT".getBytes(UTF_8), action))
            .hasMessage("LOADING Redis is loading the dataset in memory");
      }
      operator.configSet("key-load-delay", "0");
    }
    try (Gateway gateway = start.get(Patience.MILLIS, TimeUnit.MILLISECONDS)) {
      assertThat(gateway.lifecycle().audit(10))
          .hasSize(2)
          .allSatisfy(
              line ->
                  assertThat(line)
                      .contains(
                          "\"deployment\":\"chat.rev1\"",
                          "\"result\":\"the data is still being loaded\""));
    }
  }

  /** The start is over then, without an error, and the files are as they were. */
  @ParameterizedTest
  @ValueSource(strings = {"no", "yes"})
  void aGatewayMayBeStoppedWhileItLoads(String appendOnly) throws Exception {
    fill(appendOnly);
    long bytes = bytesOfFiles(appendOnly);
    int port = Ports.free();
    CompletableFuture<Gateway> start = beginSlowly(port, appendOnly);
    try (Jedis client = connect(port, start)) {
      while (!client.info("persistence").contains("loading:1\r\n")) {
        Thread.sleep(1);
      }
      client.shutdown();
    } catch (JedisConnectionException closed) {
      // As it should be.
    }
    start.get(Patience.MILLIS, TimeUnit.MILLISECONDS).awaitStop();
    assertThat(bytesOfFiles(appendOnly)).isEqualTo(bytes);
    try (Gateway gateway =
            Gateways.start("--dir", data.toString(), "--save", "", "--appendonly", appendOnly);
        Jedis client = new Jedis("127.0.0.1", gateway.ports().redis(), Patience.MILLIS)) {
      assertThat(client.get("key:" + (KEYS - 1))).isEqualTo("value:" + (KEYS - 1));
    }
  }

  @Test
  void aSignalStopsItInGoodOrderWhileItLoads() throws Exception {
    fill("no");
    String[] slowly = {"--appendonly", "no", "--key-load-delay", "100000000"};
    try (GatewayProcess process = GatewayProcess.begin(data, List.of(), Map.of(), slowly)) {
      try (Jedis client = connect(process.port(), new CompletableFuture<>())) {
        while (!client.info("persistence").contains("loading:1\r\n")) {
          Thread.sleep(1);
        }
      }
      assertThat(process.terminate()).isZero();
    }
  }

  @Test
  void whatIsOfADeploymentThatThereIsNotIsKeptByAServerOfTwoLoops() {
    Map<String, String> other = Map.of("REDIS_KEY_PREFIX", "other");
    String[] files = {"--dir", data.toString(), "--save", "", "--appendonly", "no"};
    try (Gateway gateway = Gateways.start(other, files);
        Words client = new Words(gateway)) {
      client.call("SET key value");
      String library = "#!lua\u00a0name=lib\nredis.register_function('f',function()return'ran'end)";
      assertThat(client.call("FUNCTION LOAD " + library.replace('\u00a0', '\t'))).isEqualTo("lib");
      assertThat(client.call("SAVE")).isEqualTo("OK");
    }
    try (Gateway gateway = Gateways.start(Map.of("KEYWARD_EVENT_LOOPS", "2"), files);
        Words client = new Words(gateway)) {
      assertThat(client.call("FUNCTION LIST")).isEmpty();
      assertThat(client.call("SAVE")).isEqualTo("OK");
    }
    try (Gateway gateway = Gateways.start(other, files);
        Words client = new Words(gateway)) {
      assertThat(client.call("FCALL f 0")).isEqualTo("ran");
      assertThat(client.call("GET key")).isEqualTo("value");
    }
  }
}
