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
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;

/**
 * The modes of redis-cli in which operators look about, where there are several deployments: a
 * deployment sees what is its own, the operator all of it under the names of the global view. Where
 * there is no redis-cli the tests are reported as aborted.
 */
@Timeout(120)
class RedisCliLoginsTest {
  /** Who looks, and how he sees the keys of blue. */
  enum Login {
    BLUE(""),
    OPERATOR("shop-blue::");

    private final String before;

    Login(String before) {
      this.before = before;
    }

    String user() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static Gateway gateway;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            operator: {username: operator, password: of-operator}
            tenants:
              shop:
                deployments:
                  blue: {prefix: shop-blue, password: of-blue}
                  green: {prefix: shop-green, password: of-green}
            """);
    gateway = Gateways.startWith(Map.of(), file.toString(), "--maxmemory-policy", "allkeys-lfu");
    try (Jedis blue = client("blue");
        Jedis green = client("green")) {
      blue.set("long", "x".repeat(1000));
      blue.set("quiet", "x");
      blue.rpush("queue", IntStream.range(0, 300).mapToObj(String::valueOf).toArray(String[]::new));
      blue.set("hot", "x");
      for (int i = 0; i < 500; i++) {
        blue.get("hot");
      }
      green.set("short", "x");
    }
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static Jedis client(String user) {
    Jedis client = new Jedis("127.0.0.1", gateway.ports().redis(), Patience.MILLIS);
    client.auth(user, "of-" + user);
    return client;
  }

  @ParameterizedTest
  @EnumSource
  void bigkeysAndMemkeysNameTheBiggest(Login login) throws Exception {
    int keys = login == Login.OPERATOR ? 5 : 4;
    assertThat(call(login, "--bigkeys"))
        .contains("Sampled " + keys + " keys in the keyspace!")
        .containsPattern("Biggest +string found .*\"" + login.before + "long\".* has 1000 bytes")
        .containsPattern("Biggest +list found .*\"" + login.before + "queue\".* has 300 items");
    assertThat(call(login, "--memkeys"))
        .contains("Sampled " + keys + " keys in the keyspace!")
        .containsPattern("Biggest +string found .*\"" + login.before + "long\".* has \\d+ bytes");
  }

  @ParameterizedTest
  @EnumSource
  void hotkeysNamesWhatIsAskedForMost(Login login) throws Exception {
    assertThat(call(login, "--hotkeys"))
        .containsPattern(
            "hot key found with counter: \\d+\tkeyname: \"?" + login.before + "hot\"?");
  }

  @ParameterizedTest
  @EnumSource
  void latencyCountsRoundTrips(Login login) throws Exception {
    assertThat(call(login, "--latency", "-i", "0.1").strip())
        .matches("\\d+ \\d+ [\\d.]+ [1-9]\\d*");
  }

  @ParameterizedTest
  @EnumSource
  void statTellsKeysMemoryClientsAndRequests(Login login) throws Exception {
    try (Followed stat = follow(login, "--stat", "-i", "0.01")) {
      assertThat(stat.line()).startsWith("------- data ------");
      assertThat(stat.line()).startsWith("keys ");
      int keys = login == Login.OPERATOR ? 5 : 4;
      assertThat(stat.line()).matches(keys + " +\\S+ +[1-9]\\d* +\\d+ +\\d+ \\(\\+\\d+\\).*");
    }
  }

  @ParameterizedTest
  @EnumSource
  void monitorShowsTheCommandsOfThoseWhomOneMaySee(Login login) throws Exception {
    try (Followed monitor = follow(login, "monitor")) {
      assertThat(monitor.line()).isEqualTo("OK");
      try (Jedis blue = client("blue");
          Jedis green = client("green")) {
        green.get("of green");
        blue.get("of blue");
      }
      // Each deployment's own commands come in their order; between two of them there is none.
      List<String> seen = new ArrayList<>();
      do {
        seen.add(monitor.line());
      } while (!ofBlue(seen) || (login == Login.OPERATOR && !ofGreen(seen)));
      assertThat(ofGreen(seen)).isEqualTo(login == Login.OPERATOR);
      assertThat(seen.stream().filter(line -> line.endsWith("\"of blue\"")).toList())
          .allSatisfy(
              line ->
                  assertThat(line)
                      .containsPattern(
                          login == Login.OPERATOR
                              ? "\\[0 127\\.0\\.0\\.1:\\d+ deployment=shop-blue]"
                              : "\\[0 127\\.0\\.0\\.1:\\d+]"));
      assertThat(String.join("\n", seen)).doesNotContain("of-blue", "of-green");
    }
  }

  private static boolean ofBlue(List<String> seen) {
    return seen.stream().anyMatch(line -> line.endsWith("\"GET\" \"of blue\""));
  }

  private static boolean ofGreen(List<String> seen) {
    return seen.stream().anyMatch(line -> line.endsWith("\"GET\" \"of green\""));
  }

  private static Process begin(Login login, String... arguments) throws IOException {
    String program = Executables.onPath("redis-cli").map(Path::toString).orElse("");
    assumeTrue(!program.isEmpty(), "there is no redis-cli on the PATH (Debian: redis-tools)");
    List<String> command =
        new ArrayList<>(
            List.of(
                program,
                "-p",
                String.valueOf(gateway.ports().redis()),
                "--no-auth-warning",
                "--user",
                login.user(),
                "--pass",
                "of-" + login.user()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static String call(Login login, String... arguments) throws Exception {
    Process process = begin(login, arguments);
    try {
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor(Patience.MILLIS, TimeUnit.MILLISECONDS)).isTrue();
      return output;
    } finally {
      process.destroyForcibly();
    }
  }

  private static Followed follow(Login login, String... arguments) throws IOException {
    Process process = begin(login, arguments);
    return new Followed(process, process.inputReader(UTF_8));
  }

  /** A mode that does not end by itself, line by line. */
  private record Followed(Process process, BufferedReader lines) implements AutoCloseable {
    String line() throws IOException {
      String line = lines.readLine();
      assertThat(line).as("the next line").isNotNull();
      return line;
    }

    @Override
    public void close() throws IOException {
      process.destroyForcibly();
      lines.close();
    }
  }
}
