package io.keyward.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.DataFolders;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.server.Gateways;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisDataException;

/** The operator looks at the streams of a deployment, one by one. */
class StreamListTest {
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
            namespaces: [stream]
            operator: {username: operator, password: of-operator}
            prefix: main
            tenants:
              chat:
                shared: [stream]
                deployments:
                  blue: {password: of-blue}
                  green: {password: of-green}
              solo:
                deployments:
                  one: {password: of-one}
            """);
    gateway = Gateways.startWith(Map.of(), file.toString());
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private Jedis client(String user) {
    return new Jedis(
        new HostAndPort("127.0.0.1", gateway.ports().redis()),
        DefaultJedisClientConfig.builder()
            .timeoutMillis(Patience.MILLIS)
            .user(user)
            .password("of-" + user)
            .build());
  }

  private HttpResponse<String> ask(String path) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + gateway.ports().admin() + "/deployments/" + path);
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private JsonObject list(String path) throws Exception {
    HttpResponse<String> response = ask(path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return new JsonObject(response.body());
  }

  private static List<String> keys(JsonObject list) {
    return lines(list).stream().map(line -> line.getString("key")).toList();
  }

  private static List<JsonObject> lines(JsonObject list) {
    JsonArray first = list.getJsonArray("first");
    return first.stream().map(JsonObject.class::cast).toList();
  }

  private static void add(Jedis client, String key, String id, String text) {
    client.sendCommand(Protocol.Command.XADD, key, id, "event", text);
  }

  @Test
  void theyStandInTheOrderAskedForAndOthersAreLeftOut() throws Exception {
    long now = System.currentTimeMillis();
    try (Jedis one = client("one")) {
      for (int entry = 0; entry < 30; entry++) {
        add(one, "long", now - 7_000 + entry + "-0", "x");
      }
      add(one, "big", now - 5_000 + "-0", "x".repeat(20_000));
      add(one, "old", now - 500_000 + "-0", "x");
      add(one, "numbered", "5-1", "x");
      one.set("no stream", "x");
    }
    JsonObject all = list("one/streams");
    assertThat(all.getLong("streams")).isEqualTo(4);
    assertThat(all.getLong("entries")).isEqualTo(33);
    assertThat(keys(all)).first().isEqualTo("big");
    assertThat(keys(all)).containsExactlyInAnyOrder("long", "big", "old", "numbered");
    assertThat(keys(list("one/streams?order=entries&limit=1"))).containsExactly("long");
    assertThat(keys(list("one/streams?order=age&limit=3"))).containsExactly("old", "long", "big");
    assertThat(keys(list("one/streams?order=idle"))).endsWith("big", "numbered");
    JsonObject old = lines(list("one/streams?order=age&limit=1")).getFirst();
    assertThat(old.getLong("age-seconds")).isBetween(500L, 560L);
    assertThat(old.getLong("idle-seconds")).isBetween(500L, 560L);
    JsonObject numbered = lines(list("one/streams?order=age")).getLast();
    assertThat(numbered.getLong("age-seconds")).as("ids that are no times").isEqualTo(-1);
  }

  @Test
  @Timeout(60)
  void eachIsToldWithItsGroupsReadersTimeToLiveAndDatabase() throws Exception {
    try (Jedis one = client("one");
        Jedis reader = client("one")) {
      one.select(3);
      add(one, "answers", "*", "x");
      one.sendCommand(Protocol.Command.XGROUP, "CREATE", "answers", "readers", "0");
      one.expire("answers", 100);
      reader.select(3);
      Thread waiting =
          Thread.ofVirtual()
              .start(
                  () -> {
                    Object _ =
                        reader.sendCommand(
                            Protocol.Command.XREAD, "BLOCK", "0", "STREAMS", "answers", "$");
                  });
      while (lines(list("one/streams")).getFirst().getLong("readers") != 1) {
        Thread.onSpinWait();
      }
      JsonObject line = lines(list("one/streams")).getFirst();
      assertThat(line.getLong("database")).isEqualTo(3);
      assertThat(line.getLong("groups")).isEqualTo(1);
      assertThat(line.getLong("ttl-seconds")).isBetween(40L, 100L);
      assertThat(line.getLong("bytes")).isPositive();
      assertThat(line.getString("shared")).isEqualTo("no");
      add(one, "answers", "*", "y");
      waiting.join();
      assertThat(lines(list("one/streams")).getFirst().getLong("readers")).isZero();
    }
  }

  @Test
  void sharedOnesAreSeenInEachDeploymentAndOthersInTheirOwnAlone() throws Exception {
    try (Jedis blue = client("blue")) {
      add(blue, "stream:{1}:chunks", "*", "x");
      add(blue, "own", "*", "x");
    }
    assertThat(keys(list("blue/streams"))).containsExactlyInAnyOrder("stream:{1}:chunks", "own");
    JsonObject green = list("green/streams");
    assertThat(keys(green)).containsExactly("stream:{1}:chunks");
    assertThat(lines(green).getFirst().getString("shared")).isEqualTo("yes");
    assertThat(keys(list("chat~shared/streams"))).containsExactly("stream:{1}:chunks");
    assertThat(keys(list("one/streams"))).isEmpty();
    assertThat(keys(list("main/streams"))).isEmpty();
  }

  @Test
  void ofManyThoseAreToldThatStandFirst() throws Exception {
    try (Jedis one = client("one")) {
      for (int number = 0; number < 3_000; number++) {
        for (int entry = 0; entry <= number % 7; entry++) {
          add(one, "s" + number, "*", "x");
        }
      }
      add(one, "longest", "*", "x");
      for (int entry = 0; entry < 10; entry++) {
        add(one, "longest", "*", "x");
      }
    }
    JsonObject list = list("one/streams?order=entries&limit=20");
    assertThat(list.getLong("streams")).isEqualTo(3_001);
    assertThat(lines(list)).hasSize(20);
    assertThat(keys(list)).doesNotHaveDuplicates().first().isEqualTo("longest");
    assertThat(lines(list).subList(1, 20))
        .allSatisfy(line -> assertThat(line.getLong("entries")).isEqualTo(7));
  }

  @Test
  void theOneWithoutAPrefixIsCalledADash() throws Exception {
    gateway.close();
    gateway =
        Gateway.startOnFreePorts(
            Settings.load(List.of("--bind", "127.0.0.1", "--dir", DataFolders.fresh()), Map.of()));
    try (Jedis client = new Jedis("127.0.0.1", gateway.ports().redis(), Patience.MILLIS)) {
      add(client, "answers", "*", "x");
    }
    assertThat(keys(list("-/streams"))).containsExactly("answers");
    assertThat(list("-/stats").getLong("keys")).isEqualTo(1);
  }

  @Test
  void theCommandTellsTheSameToTheOperatorAlone() throws Exception {
    try (Jedis one = client("one");
        Jedis operator = client("operator")) {
      add(one, "answers", "*", "x");
      List<?> told =
          (List<?>)
              operator.sendCommand(DEPLOYMENT, "STREAMS", "one", "BY", "entries", "LIMIT", "5");
      assertThat(told).hasSize(6);
      assertThatThrownBy(() -> one.sendCommand(DEPLOYMENT, "STREAMS", "one"))
          .isInstanceOf(JedisDataException.class)
          .hasMessageStartingWith("NOPERM");
    }
    assertThat(ask("one/streams?order=colour").statusCode()).isEqualTo(400);
    assertThat(ask("one/streams?limit=1001").statusCode()).isEqualTo(400);
    assertThat(ask("nobody/streams").statusCode()).isEqualTo(404);
  }
}
