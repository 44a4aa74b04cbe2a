package io.keyward.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.ConfigurationException;
import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.deployment.Actor;
import io.keyward.gateway.deployment.DeploymentException;
import io.keyward.gateway.fixture.DataFolders;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.server.StartException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.XAddParams;

/** Who may read streams over HTTP, and for how long. */
class StreamLoginTest {
  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private Gateway gateway;
  private Path yaml;

  @BeforeEach
  void start() throws ConfigurationException, StartException, IOException {
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            prefix: main
            username: app
            directives: {requirepass: of-main}
            admin: {token: let-me-in}
            operator: {password: of-operator}
            tenants:
              chat:
                secret: of-chat
                deployments:
                  blue: {password: of-blue}
                  green: {password: of-green, limits: {connections: 1}}
            """);
    yaml = file;
    gateway =
        Gateway.startOnFreePorts(
            Settings.load(
                List.of(file.toString(), "--bind", "127.0.0.1", "--dir", DataFolders.fresh()),
                Map.of()));
    for (String login : List.of("blue of-blue", "green of-green", "app of-main")) {
      try (Jedis redis = client(login)) {
        redis.xadd("stream", Map.of("event", "one"), XAddParams.xAddParams());
      }
    }
  }

  /** Waits until nobody is in the deployment that takes one connection alone. */
  private void awaitRoom() throws DeploymentException {
    while (!gateway.lifecycle().info("green").get("connections").equals(0L)) {
      Thread.onSpinWait();
    }
  }

  private Jedis client(String login) {
    Jedis redis = new Jedis("127.0.0.1", gateway.ports().redis(), Patience.MILLIS);
    redis.auth(login.substring(0, login.indexOf(' ')), login.substring(login.indexOf(' ') + 1));
    return redis;
  }

  @AfterEach
  void stop() {
    http.shutdownNow();
    gateway.close();
  }

  private int status(String path, String authorization) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.ports().admin() + path));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    HttpResponse<InputStream> response = http.send(request.build(), BodyHandlers.ofInputStream());
    response.body().close();
    return response.statusCode();
  }

  private static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "blue, blue:of-blue, 200",
    "blue, chat.blue:of-chat, 200",
    "blue, operator:of-operator, 200",
    "main, app:of-main, 200",
    "main, default:of-main, 200",
    "blue, green:of-green, 401",
    "blue, app:of-main, 401",
    "main, blue:of-blue, 401",
    "blue, blue:of-green, 401",
    "none, blue:of-blue, 401",
    "blue, nobody:x, 401",
    "blue, blue, 401",
  })
  void aLoginReadsTheStreamsOfItsOwnDeployment(String prefix, String pair, int expected)
      throws IOException, InterruptedException {
    assertThat(status("/streams/" + prefix + "/stream", basic(pair))).isEqualTo(expected);
  }

  @Test
  void whatElseStandsThereNeedsTheToken() throws IOException, InterruptedException {
    assertThat(status("/metrics", basic("blue:of-blue"))).isEqualTo(401);
    assertThat(status("/streams/blue/stream", "")).isEqualTo(401);
    assertThat(status("/streams/blue/stream", "Basic ???")).isEqualTo(401);
    assertThat(status("/streams/blue/stream", "Bearer let-me-in")).isEqualTo(200);
    assertThat(status("/streams/none/stream", "Bearer let-me-in")).isEqualTo(404);
  }

  @Test
  void aUserReadsTheKeysThatItMayRead() throws IOException, InterruptedException {
    try (Jedis redis = client("app of-main")) {
      redis.aclSetUser("reader", "on", ">pw", "~stream", "+xrange");
      redis.aclSetUser("other", "on", ">pw", "~other", "+xrange");
      redis.aclSetUser("mute", "on", ">pw", "~stream", "+get");
    }
    assertThat(status("/streams/main/stream", basic("reader:pw"))).isEqualTo(200);
    assertThat(status("/streams/main/stream", basic("other:pw"))).isEqualTo(401);
    assertThat(status("/streams/main/stream", basic("mute:pw"))).isEqualTo(401);
  }

  @Test
  void aUserOfADeploymentReadsNoMoreThanItsRulesAllow() throws IOException, InterruptedException {
    try (Jedis redis = client("blue of-blue")) {
      redis.aclSetUser("reader", "on", ">pw", "~stream", "+xrange");
      redis.aclSetUser("other", "on", ">pw", "~other", "+xrange");
    }
    assertThat(status("/streams/blue/stream", basic("blue/reader:pw"))).isEqualTo(200);
    assertThat(status("/streams/blue/stream", basic("blue/other:pw"))).isEqualTo(401);
  }

  private InputStream reading(String prefix, String pair) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:"
                        + gateway.ports().admin()
                        + "/streams/"
                        + prefix
                        + "/stream"))
            .header("Authorization", basic(pair))
            .build();
    HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  @Test
  void aReaderEndsWithItsUser() throws IOException, InterruptedException {
    try (Jedis redis = client("app of-main")) {
      for (String user : List.of("one", "two", "three")) {
        redis.aclSetUser(user, "on", ">pw", "~stream", "+xrange");
      }
      try (InputStream deleted = reading("main", "one:pw");
          InputStream changed = reading("main", "two:pw");
          InputStream denied = reading("main", "three:pw")) {
        redis.aclDelUser("one");
        redis.aclSetUser("two", "resetpass", ">other");
        redis.aclSetUser("three", "resetkeys", "~elsewhere");
        assertThat(deleted.readAllBytes()).isNotEmpty();
        assertThat(changed.readAllBytes()).isNotEmpty();
        assertThat(denied.readAllBytes()).isNotEmpty();
      }
    }
  }

  @Test
  void aReaderEndsWhenItsPasswordIsTakenOutOfTheFile() throws IOException, InterruptedException {
    try (InputStream ofDeployment = reading("blue", "blue:of-blue");
        InputStream ofTenant = reading("blue", "chat.blue:of-chat")) {
      Files.writeString(yaml, Files.readString(yaml).replace("of-blue", "changed"));
      assertThat(gateway.reload()).isEmpty();
      assertThat(ofDeployment.readAllBytes()).isNotEmpty();
      try (Jedis redis = client("blue changed")) {
        assertThat(redis.clientList()).contains("name=http-stream");
      }
      Files.writeString(yaml, Files.readString(yaml).replace("of-chat", "changed"));
      assertThat(gateway.reload()).isEmpty();
      assertThat(ofTenant.readAllBytes()).isNotEmpty();
    }
  }

  @Test
  void aReaderIsAConnectionOfItsDeployment() throws Exception {
    awaitRoom();
    try (InputStream only = reading("green", "green:of-green")) {
      assertThat(status("/streams/green/stream", basic("green:of-green"))).isEqualTo(503);
      gateway.lifecycle().drain(new Actor("test", "here"), "green", 20);
      assertThat(only.readAllBytes()).isNotEmpty();
    }
    assertThat(gateway.lifecycle().info("green")).containsEntry("connections", 0L);
  }
}
