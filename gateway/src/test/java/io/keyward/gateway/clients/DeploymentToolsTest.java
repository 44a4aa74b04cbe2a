package io.keyward.gateway.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.Executables;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.server.Gateways;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;

/**
 * The tools of an operator of Redis, used by one deployment of several, which sees what is its own,
 * and by the operator of the gateway.
 */
class DeploymentToolsTest {
  @TempDir private static Path folder;
  private static Gateway gateway;

  @BeforeAll
  static void start() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            operator: {username: operator, password: of-operator}
            tenants:
              shop:
                deployments:
                  blue: {password: of-blue}
                  green: {password: of-green}
            """);
    gateway = Gateways.startWith(Map.of(), file.toString(), "--maxmemory-policy", "allkeys-lfu");
    try (Jedis blue = connect("blue");
        Jedis green = connect("green")) {
      blue.set("blue-long", "x".repeat(1000));
      blue.set("blue-short", "x");
      for (int i = 0; i < 500; i++) {
        blue.get("blue-short");
      }
      green.set("green-longest", "x".repeat(5000));
      for (int i = 0; i < 2000; i++) {
        green.get("green-longest");
      }
    }
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static Jedis connect(String user) {
    return new Jedis(
        "127.0.0.1",
        gateway.ports().redis(),
        DefaultJedisClientConfig.builder()
            .timeoutMillis(Patience.MILLIS)
            .user(user)
            .password("of-" + user)
            .build());
  }

  private static ProcessBuilder redisCli(String user, String... arguments) {
    Optional<Path> program = Executables.onPath("redis-cli");
    assumeTrue(program.isPresent(), "there is no redis-cli on the PATH (Debian: redis-tools)");
    List<String> command =
        new ArrayList<>(
            List.of(
                program.orElseThrow().toString(),
                "-p",
                Integer.toString(gateway.ports().redis()),
                "--user",
                user,
                "--pass",
                "of-" + user,
                "--no-auth-warning"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true);
  }

  private static String output(String user, String... arguments) throws Exception {
    Process process = redisCli(user, arguments).start();
    process.outputWriter().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(Patience.MILLIS, TimeUnit.MILLISECONDS)).isTrue();
    return output;
  }

  /** The first lines of a mode that does not end by itself. */
  private static List<String> lines(int count, String user, String... arguments)
      throws IOException {
    Process process = redisCli(user, arguments).start();
    CompletableFuture.delayedExecutor(Patience.MILLIS, TimeUnit.MILLISECONDS)
        .execute(process::destroyForcibly);
    try (BufferedReader reader = process.inputReader(UTF_8)) {
      List<String> lines = new ArrayList<>();
      while (lines.size() < count) {
        lines.add(String.valueOf(reader.readLine()));
      }
      return lines;
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aDeploymentFindsItsOwnBigKeys() throws Exception {
    assertThat(output("blue", "--bigkeys"))
        .contains("Sampled 2 keys in the keyspace!", "\"blue-long\"")
        .doesNotContain("green");
    assertThat(output("blue", "--memkeys"))
        .contains("Sampled 2 keys in the keyspace!", "\"blue-long\"")
        .doesNotContain("green");
  }

  @Test
  void aDeploymentFindsItsOwnHotKeys() throws Exception {
    assertThat(output("blue", "--hotkeys"))
        .containsPattern("hot key found with counter: \\d+\tkeyname: \"?blue-short")
        .doesNotContain("green");
  }

  @Test
  void bothSeeFiguresAndLatency() throws Exception {
    for (String user : List.of("blue", "operator")) {
      assertThat(output(user, "--latency", "-i", "0.1").strip())
          .as(user)
          .matches("\\d+ \\d+ [\\d.]+ [1-9]\\d*");
      List<String> stat = lines(4, user, "--stat", "-i", "0.01");
      assertThat(stat.get(1)).as(user).startsWith("keys ");
      assertThat(stat.subList(2, 4))
          .allSatisfy(line -> assertThat(line).matches("\\d+ +\\S+ +\\d+ +\\d+ +\\d+ \\(.*"));
    }
    assertThat(lines(3, "blue", "--stat", "-i", "0.01").get(2)).startsWith("2 ");
  }

  @Test
  void aDeploymentsMonitorShowsItsOwnCommands() throws Exception {
    Process monitor = redisCli("blue", "monitor").start();
    CompletableFuture.delayedExecutor(Patience.MILLIS, TimeUnit.MILLISECONDS)
        .execute(monitor::destroyForcibly);
    try (BufferedReader reader = monitor.inputReader(UTF_8);
        Jedis blue = connect("blue");
        Jedis green = connect("green")) {
      assertThat(reader.readLine()).isEqualTo("OK");
      green.get("green-longest");
      blue.get("blue-long");
      String line = String.valueOf(reader.readLine());
      while (line.contains("\"CLIENT\"")) {
        line = String.valueOf(reader.readLine());
      }
      assertThat(line).containsPattern("\"GET\" \"blue-long\"");
    } finally {
      monitor.destroyForcibly();
    }
  }
}
