package io.keyward.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.server.Gateways;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.SetParams;

/** What a deployment does moves its metrics and no other's, and they go when it goes. */
@Timeout(120)
class MetricsMoveTest {
  private static final ProtocolCommand DEPLOYMENT =
      () -> "DEPLOYMENT".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path folder;
  private Gateway gateway;

  @BeforeEach
  void start() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            operator: {username: operator, password: of-operator}
            tenants:
              shop:
                pinned: [ROLES]
                deployments:
                  blue: {password: of-blue, limits: {keys: 20, commands-per-second: 1000}}
                  green: {password: of-green}
            """);
    gateway =
        Gateways.startWith(
            Map.of(),
            file.toString(),
            "--maxmemory-policy",
            "allkeys-lru",
            "--slowlog-log-slower-than",
            "0");
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private Jedis client(String user) {
    Jedis client = new Jedis("127.0.0.1", gateway.ports().redis(), Patience.MILLIS);
    client.auth(user, "of-" + user);
    return client;
  }

  private Map<String, Double> metrics() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + gateway.ports().admin() + "/metrics");
      String body =
          http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
              .body();
      Map<String, Double> values = new HashMap<>();
      body.lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(
              line -> {
                int blank = line.lastIndexOf(' ');
                values.put(line.substring(0, blank), Double.valueOf(line.substring(blank + 1)));
              });
      return values;
    }
  }

  private double metric(String series) throws Exception {
    return metrics().getOrDefault(series, 0.0);
  }

  /** Waits for what is counted or told some time later. */
  private void become(String series, double wanted) throws Exception {
    while (metric(series) != wanted) {
      Thread.onSpinWait();
    }
  }

  private static String blue(String metric) {
    return "keyward_" + metric + "{deployment=\"blue\"}";
  }

  @Test
  void keysAndWhatBecomesOfThem() throws Exception {
    try (Jedis blue = client("blue")) {
      blue.set("one", "x");
      blue.set("ROLES:USER", "x");
      blue.set("brief", "x", SetParams.setParams().px(1));
      blue.get("one");
      blue.get("none");
      become(blue("expired_keys_total"), 1);
      become(blue("pinned_keys"), 1);
      become("keyward_type_keys{deployment=\"blue\",type=\"string\"}", 2);
      for (int i = 0; i < 40; i++) {
        blue.set("more:" + i, "x");
      }
      Map<String, Double> now = metrics();
      assertThat(now.get(blue("keyspace_hits_total"))).isEqualTo(1);
      assertThat(now.get(blue("keyspace_misses_total"))).isEqualTo(1);
      assertThat(now.get(blue("keys"))).isEqualTo(20);
      assertThat(now.get(blue("evicted_keys_total"))).isEqualTo(22);
      assertThat(now.get(blue("slow_commands_total"))).isGreaterThan(40);
      assertThat(now.get(blue("data_bytes"))).isPositive();
      assertThat(now.get(blue("pinned_bytes"))).isPositive();
      assertThat(now.get("keyward_limit{deployment=\"blue\",limit=\"keys\"}")).isEqualTo(20);
      assertThat(now.get("keyward_keys{deployment=\"green\"}")).isZero();
    }
  }

  @Test
  void messagesAndThoseWhoWait() throws Exception {
    try (Jedis blue = client("blue");
        Jedis first = client("blue");
        Jedis waiting = client("blue")) {
      JedisPubSub listener = new JedisPubSub() {};
      Thread listening =
          Thread.ofVirtual().start(() -> first.subscribe(listener, "one", "another"));
      become(blue("pubsub_subscriptions"), 2);
      assertThat(metric(blue("pubsub_channels"))).isEqualTo(2);
      Thread popping = Thread.ofVirtual().start(() -> waiting.blpop(0, "queue"));
      become(blue("blocked_clients"), 1);
      assertThat(metric(blue("clients"))).isEqualTo(3);
      blue.publish("one", "x");
      blue.publish("nobody", "x");
      assertThat(metric(blue("messages_published_total"))).isEqualTo(2);
      assertThat(metric(blue("messages_delivered_total"))).isEqualTo(1);
      assertThat(metric("keyward_messages_published_total{deployment=\"green\"}")).isZero();
      blue.rpush("queue", "x");
      popping.join();
      listener.unsubscribe();
      listening.join();
      become(blue("pubsub_subscriptions"), 0);
      assertThat(metric(blue("blocked_clients"))).isZero();
    }
  }

  @Test
  void limitsThatRefuseAndSlowDown() throws Exception {
    try (Jedis blue = client("blue")) {
      become(blue("keys"), 0);
      while (metric(blue("slowed_seconds_total")) == 0) {
        try (Pipeline pipeline = blue.pipelined()) {
          for (int i = 0; i < 1500; i++) {
            pipeline.get("none");
          }
        }
      }
      try (Jedis operator = client("operator")) {
        operator.configSet("maxmemory-policy", "noeviction");
      }
      for (int i = 0; i < 20; i++) {
        blue.set("key:" + i, "x");
      }
      try {
        blue.set("beyond", "x");
      } catch (JedisDataException refused) {
        assertThat(refused).hasMessageContaining("keys");
      }
      assertThat(metric("keyward_limit_refusals_total{deployment=\"blue\",limit=\"keys\"}"))
          .isEqualTo(1);
    }
  }

  @Test
  void failedLoginsAreCounted() throws Exception {
    try (Jedis stranger = new Jedis("127.0.0.1", gateway.ports().redis(), Patience.MILLIS)) {
      try {
        stranger.auth("blue", "guessed");
      } catch (JedisDataException refused) {
        assertThat(refused).hasMessageContaining("WRONGPASS");
      }
    }
    assertThat(metric("keyward_failed_logins_total")).isEqualTo(1);
  }

  @Test
  void timeOfScriptsAndTransactionsIsCountedOnce() throws Exception {
    try (Jedis blue = client("blue")) {
      blue.eval("for i = 1, 1000 do redis.call('GET', 'none') end");
      Map<String, Double> now = metrics();
      double calls = now.get("keyward_command_seconds_total" + family("string"));
      double own = now.get("keyward_command_seconds_total" + family("scripting"));
      double all = now.get(blue("script_seconds_total"));
      assertThat(calls).isPositive();
      assertThat(own).isPositive();
      assertThat(own + calls).isCloseTo(all, within(1e-9));

      var transaction = blue.multi();
      transaction.exists("none");
      transaction.exists("none");
      transaction.exec();
      String usage = blue.info("commandstats");
      Map<String, Double> then = metrics();
      double exec = micros(usage, "exec") + micros(usage, "multi");
      double called = micros(usage, "exists");
      double counted = then.get("keyward_command_seconds_total" + family("transactions")) * 1e6;
      assertThat(counted).isCloseTo(exec - called, within(4.0));
    }
  }

  private static String family(String name) {
    return "{deployment=\"blue\",family=\"" + name + "\"}";
  }

  private static double micros(String info, String command) {
    String line =
        info.lines()
            .filter(each -> each.startsWith("cmdstat_" + command + ":"))
            .findFirst()
            .orElseThrow();
    return Double.parseDouble(line.replaceFirst(".*usec=(\\d+),.*", "$1"));
  }

  @Test
  void whatIsToldOfADeploymentGoesWithIt() throws Exception {
    try (Jedis blue = client("blue");
        Jedis operator = client("operator")) {
      blue.set("one", "x");
      blue.sendCommand(Protocol.Command.XADD, "stream", "*", "a", "b");
      assertThat(metrics().keySet()).anyMatch(series -> series.contains("\"blue\""));
      blue.disconnect();
      operator.sendCommand(DEPLOYMENT, "DROP", "blue");
    }
    assertThat(metrics().keySet())
        .noneMatch(series -> series.contains("\"blue\""))
        .noneMatch(series -> series.contains("all others"));
  }
}
