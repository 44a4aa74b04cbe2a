package io.keyward.gateway.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.server.Gateways;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;

/** The status page of the command line shows what deployments do. */
class StatusTest {
  private static final String TOKEN = "the-token-of-the-admin-port";

  @TempDir private static Path folder;
  private static Gateway gateway;

  @BeforeAll
  static void start() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            tenants:
              shop:
                deployments:
                  blue: {prefix: blue, password: blue, limits: {memory: 1mb, max-value: 400kb}}
                  green: {prefix: green, password: green}
                  grey: {prefix: grey, password: grey}
            """);
    gateway = Gateways.startWith(Map.of("KEYWARD_ADMIN_TOKEN", TOKEN), file.toString());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static Jedis connect(String deployment) {
    return new Jedis(
        "127.0.0.1",
        gateway.ports().redis(),
        DefaultJedisClientConfig.builder()
            .timeoutMillis(Patience.MILLIS)
            .user(deployment)
            .password(deployment)
            .build());
  }

  /** What is printed by these arguments to a terminal of so many lines, 0 for a pipe. */
  private static String printed(int height, String... arguments) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--admin", "http://127.0.0.1:" + gateway.ports().admin()));
    try (PrintStream out = new PrintStream(bytes, true, UTF_8);
        Status status = new Status(all, Map.of("KEYWARD_ADMIN_TOKEN", TOKEN), out, () -> height)) {
      status.run();
    }
    return bytes.toString(UTF_8);
  }

  private static List<String> row(String page, String deployment) {
    return page.lines()
        .filter(line -> line.startsWith(deployment + " "))
        .map(line -> List.of(line.split(" +")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no line for " + deployment + " in\n" + page));
  }

  @Test
  void onePageTellsWhatTheDeploymentsDoAtTheMoment() throws Exception {
    AtomicBoolean stopped = new AtomicBoolean();
    CountDownLatch begun = new CountDownLatch(1);
    String tooLong = "x".repeat(500_000);
    Thread load =
        Thread.ofPlatform()
            .start(
                () -> {
                  try (Jedis blue = connect("blue")) {
                    blue.set("key", "x".repeat(300_000));
                    while (!stopped.get()) {
                      blue.get("key");
                      blue.exists("key", "none", "nothing");
                      try {
                        blue.set("key", tooLong);
                      } catch (JedisDataException refused) {
                        // As it is to be.
                      }
                      begun.countDown();
                    }
                  }
                });
    String page;
    try (Jedis green = connect("green")) {
      green.mset("a", "1", "b", "2", "c", "3");
      begun.await();
      // Where the load stood still meanwhile, the page says so.
      long deadline = System.nanoTime() + Patience.NANOS;
      do {
        page = printed(0, "--once", "--interval", "0.5");
      } while (!row(page, "blue").get(2).matches("[3-9]\\d|\\d{3}|.*k")
          && System.nanoTime() < deadline);
    } finally {
      stopped.set(true);
      load.join();
    }
    List<String> lines = page.lines().toList();
    assertThat(lines.get(0))
        .startsWith("Keyward ")
        .contains(":" + gateway.ports().admin(), "ready");
    assertThat(lines.get(1)).contains(" commands/s", "of 10.0k connections", "data ");
    assertThat(lines.get(3).split(" {2,}"))
        .containsExactly(
            "DEPLOYMENT",
            "BUSY",
            "CMD/S",
            "ERR/S",
            "MEAN",
            "P99",
            "CLIENTS",
            "KEYS",
            "DATA",
            "OF LIMIT",
            "REFUSED/S",
            "SLOWED",
            "HITS",
            "IN/S",
            "OUT/S");
    // The busiest comes first.
    assertThat(lines.get(4)).startsWith("blue");
    List<String> blue = row(page, "blue");
    assertThat(blue.get(2)).matches("[1-9].*");
    assertThat(blue.get(5)).matches("[0-9.]+(µs|ms|s)");
    assertThat(blue.subList(6, 8)).containsExactly("1", "1");
    assertThat(blue.get(9)).matches("(29|3[0-9])%");
    assertThat(blue.get(10)).matches("[1-9].*");
    assertThat(blue.get(11)).isEqualTo("0%");
    // Hits and misses take turns; a page may begin and end in the middle of a pair.
    assertThat(blue.get(12)).matches("(3[3-9]|[45][0-9]|6[0-7])%");
    assertThat(blue.get(14)).matches("[0-9.]+[kMG]B");
    List<String> green = row(page, "green");
    assertThat(green.subList(1, 6)).containsExactly("0%", "0", "0", "-", "-");
    assertThat(green.get(7)).isEqualTo("3");
    assertThat(green.get(9)).isEqualTo("-");
  }

  @Test
  void inATerminalAPageTakesTheFormersPlaceAndNoMoreRoomThanThereIs() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    AtomicBoolean twoPages = new AtomicBoolean();
    PrintStream out =
        new PrintStream(bytes, true, UTF_8) {
          private int pages;

          @Override
          public boolean checkError() {
            twoPages.set(++pages == 2);
            return twoPages.get();
          }
        };
    try (Status status =
        new Status(
            List.of(
                "--admin",
                "127.0.0.1:" + gateway.ports().admin(),
                "--token",
                TOKEN,
                "--interval",
                "0.1"),
            Map.of(),
            out,
            () -> 8)) {
      status.run();
    }
    assertThat(twoPages).isTrue();
    String text = bytes.toString(UTF_8);
    assertThat(text).startsWith("\u001b[H\u001b[J").endsWith("\u001b[J");
    String[] pages = text.split("\u001b\\[H", -1);
    assertThat(pages).hasSize(4);
    assertThat(pages[2].lines()).hasSizeLessThanOrEqualTo(8);
    assertThat(pages[3]).contains("DEPLOYMENT").contains("and 1 more, less busy");
  }

  @Test
  void whatIsWrongIsSaidWithTheRemedy() throws Exception {
    String admin = "http://127.0.0.1:" + gateway.ports().admin();
    String redis = "http://127.0.0.1:" + gateway.ports().redis();
    assertThatThrownBy(() -> once(Map.of(), "--admin", admin))
        .isInstanceOf(StatusException.class)
        .hasMessageContaining("--token")
        .hasMessageNotContaining(TOKEN);
    assertThatThrownBy(() -> once(Map.of(), "--admin", redis))
        .isInstanceOf(StatusException.class)
        .hasMessageContaining("--admin http://host:9379");
    assertThatThrownBy(() -> once(Map.of(), "--interval", "often"))
        .hasMessageContaining("--interval is 'often'");
    assertThatThrownBy(() -> once(Map.of(), "--admin", "ftp://a"))
        .hasMessageContaining("--admin is 'ftp://a'");
    assertThatThrownBy(() -> once(Map.of(), "--token")).hasMessageContaining("needs a value");
    assertThatThrownBy(() -> once(Map.of(), "--often")).hasMessageContaining("'--often'");
    String port = Integer.toString(gateway.ports().admin());
    Map<String, String> environment =
        Map.of("KEYWARD_ADMIN_PORT", port, "KEYWARD_ADMIN_TOKEN", TOKEN);
    assertThat(once(environment, "--interval", "0.1")).contains("DEPLOYMENT");
  }

  private static String once(Map<String, String> environment, String... arguments)
      throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<String> all = new ArrayList<>(List.of("--once"));
    all.addAll(List.of(arguments));
    try (PrintStream out = new PrintStream(bytes, true, UTF_8);
        Status status = new Status(all, environment, out, () -> 0)) {
      status.run();
    }
    return bytes.toString(UTF_8);
  }
}
