package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keyward.gateway.fixture.GatewayProcess;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.params.XAddParams;

/**
 * Somebody sets the clock of the machine, by hours, while the gateway runs: its process sees it by
 * Debian's library faketime, which leaves the monotonic clock alone; where that is not installed
 * the tests are reported as aborted. A process starts slowly with it.
 */
@Tag("slow")
class ClockJumpTest {
  private static final long HOUR = 3600;

  @TempDir Path folder;
  private Path offset;
  private GatewayProcess gateway;
  private Jedis client;
  private int adminPort;
  private final HttpClient http = HttpClient.newHttpClient();

  private static Optional<Path> library() {
    return Stream.of("x86_64-linux-gnu", "aarch64-linux-gnu")
        .map(machine -> Path.of("/usr/lib", machine, "faketime/libfaketime.so.1"))
        .filter(Files::exists)
        .findFirst();
  }

  @BeforeEach
  void start() throws IOException {
    assumeTrue(library().isPresent(), "Install it: apt install faketime");
    offset = folder.resolve("offset");
    set(0);
    begin();
  }

  private void begin() throws IOException {
    adminPort = Ports.free();
    gateway =
        GatewayProcess.start(
            folder.resolve("data"),
            List.of(),
            Map.of(
                "KEYWARD_ADMIN_PORT", Integer.toString(adminPort),
                "LD_PRELOAD", library().orElseThrow().toString(),
                "FAKETIME_TIMESTAMP_FILE", offset.toString(),
                "FAKETIME_CACHE_DURATION", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            "--save",
            "1 1",
            "--timeout",
            "600");
    client = gateway.client();
  }

  @AfterEach
  void stop() {
    if (gateway != null) {
      client.close();
      gateway.close();
    }
  }

  /** Sets the clock to what it would be, and so many seconds. */
  private void set(long seconds) throws IOException {
    Path next = Files.writeString(folder.resolve("next"), "%+d".formatted(seconds));
    Files.move(next, offset, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Sets the clock while the gateway runs, and waits until it sees that. */
  private void jumpTo(long seconds) throws IOException {
    set(seconds);
    await(
        "the clock jumps",
        () -> Math.abs(wall() - System.currentTimeMillis() / 1000 - seconds) < HOUR / 2);
  }

  private static void await(String what, BooleanSupplier happened) {
    long deadline = System.nanoTime() + Patience.NANOS;
    while (!happened.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
    }
  }

  private long info(String section, String field) {
    return client
        .info(section)
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .mapToLong(line -> Long.parseLong(line.substring(field.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  private long wall() {
    return Long.parseLong(client.time().getFirst());
  }

  @Test
  void keysExpireByTheWallClockAndWhatLastsByAnother() throws IOException {
    whatLastsASecondLastsASecond();
    theLogIsForcedOnceASecond();
    keysExpireByTheWallClock();
  }

  private void keysExpireByTheWallClock() throws IOException {
    jumpTo(0);
    client.set("one hour", "v", SetParams.setParams().ex(HOUR));
    client.set("three hours", "v", SetParams.setParams().ex(3 * HOUR));
    jumpTo(2 * HOUR);
    assertThat(client.get("one hour")).isNull();
    assertThat(client.get("three hours")).isEqualTo("v");
    jumpTo(-2 * HOUR);
    assertThat(client.get("three hours")).isEqualTo("v");
    assertThat(client.ttl("three hours")).isBetween(5 * HOUR - 60, 5 * HOUR);
  }

  @Test
  void whatIsAcknowledgedSurvivesAJumpAndAKill() throws IOException {
    for (long jump : new long[] {0, 5 * HOUR, -7 * HOUR, 0}) {
      jumpTo(jump);
      for (int i = 0; i < 200; i++) {
        client.incr("n");
        client.xadd("stream", XAddParams.xAddParams(), Map.of("f", "v"));
      }
    }
    client.close();
    gateway.close();
    set(-9 * HOUR);
    begin();
    assertThat(client.get("n")).isEqualTo("800");
    List<StreamEntryID> ids =
        client.xrange("stream", (StreamEntryID) null, null).stream()
            .map(entry -> entry.getID())
            .toList();
    assertThat(ids).hasSize(800).isSorted().doesNotHaveDuplicates();
  }

  private void whatLastsASecondLastsASecond() throws IOException {
    try (Jedis idle = gateway.client()) {
      idle.ping();
      for (long jump : new long[] {6 * HOUR, -6 * HOUR}) {
        jumpTo(jump);
        assertThat(client.blpop(0.1, "nothing")).isNull();
        client.clientPause(50);
        assertThat(client.set("a", "b")).isEqualTo("OK");
        long saves = info("persistence", "rdb_saves");
        long uptime = info("server", "uptime_in_seconds");
        client.incr("n");
        await("a save point is kept", () -> info("persistence", "rdb_saves") > saves);
        await("time goes on", () -> info("server", "uptime_in_seconds") >= uptime + 2);
        assertThat(info("server", "uptime_in_seconds")).isLessThan(HOUR);
        assertThat(info("persistence", "rdb_last_bgsave_time_sec")).isBetween(0L, 60L);
      }
      assertThat(idle.ping()).as("no idle client is sent away").isEqualTo("PONG");
    }
  }

  /** With everysec the files are forced on, which metrics count. */
  private void theLogIsForcedOnceASecond() throws IOException {
    for (long jump : new long[] {6 * HOUR, -6 * HOUR}) {
      jumpTo(jump);
      client.incr("n");
      await("nothing waits for an fsync", () -> info("persistence", "aof_buffer_length") == 0);
      long forced = forces();
      await(
          "the next fsync",
          () -> {
            client.incr("n");
            return forces() > forced;
          });
    }
  }

  /** How often the gateway has forced a file to the disk, as its own figures say. */
  private long forces() {
    HttpRequest metrics =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + "/metrics")).build();
    try {
      return http.send(metrics, BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> line.startsWith("keyward_aof_fsync_seconds_count"))
          .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
          .sum();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }
}
