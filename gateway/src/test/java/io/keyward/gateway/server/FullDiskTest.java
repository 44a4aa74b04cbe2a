package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.fixture.GatewayProcess;
import io.keyward.gateway.fixture.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * The file system that holds the data takes no more, for the real process: one of 8 MB in memory is
 * full, where it may be mounted, or the system's limit of 4 MB for the size of a file is reached.
 * Then there is room again.
 */
class FullDiskTest {
  /** What takes no more. */
  enum Full {
    DISK,
    FILE
  }

  private static final String MOST_BYTES_OF_A_FILE = "4194304";
  private static final int BALLAST = 3 * 1024 * 1024;
  private static final String VALUE = "v".repeat(20_000);
  private static final int MOST = 2000;

  @TempDir Path folder;
  private Path data;
  private Path ballast;
  private boolean mounted;
  private GatewayProcess gateway;

  private void makeFileSystem(Full full) throws Exception {
    data = Files.createDirectory(folder.resolve("data"));
    mounted =
        full == Full.DISK && run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", data.toString());
    ballast = Files.write(data.resolve("ballast"), new byte[BALLAST]);
  }

  @AfterEach
  void unmount() throws Exception {
    if (gateway != null) {
      gateway.close();
    }
    if (mounted) {
      assertThat(run("umount", data.toString())).isTrue();
    }
  }

  private static boolean run(String... words) throws Exception {
    return new ProcessBuilder(words).redirectErrorStream(true).start().waitFor() == 0;
  }

  private void start(List<String> options, String... more) throws IOException {
    start(Stream.concat(options.stream(), Stream.of(more)).toArray(String[]::new));
  }

  private void start(String... options) throws IOException {
    List<String> limited =
        mounted ? List.of() : List.of("prlimit", "--fsize=" + MOST_BYTES_OF_A_FILE + ":");
    gateway = GatewayProcess.start(data, limited, Map.of(), options);
  }

  private void makeRoom() throws Exception {
    Files.delete(ballast);
    if (!mounted) {
      assertThat(run("prlimit", "--fsize=unlimited:", "--pid", Long.toString(gateway.pid())))
          .isTrue();
    }
  }

  /** Writes until that is refused; returns how many keys have been acknowledged. */
  private int fill() {
    int acknowledged = 0;
    boolean refuses = true;
    try (Jedis client = gateway.client()) {
      while (acknowledged < MOST) {
        client.set("key:" + acknowledged, VALUE);
        acknowledged++;
      }
      // With everysec the disk may be asked later than all of that is acknowledged.
      refuses = refusesInTime(client);
    } catch (JedisDataException refused) {
      assertThat(refused).hasMessageStartingWith("MISCONF");
    } catch (JedisConnectionException cutOff) {
      // With always: the reply waited for a disk that refuses.
    }
    assertThat(refuses).isTrue();
    return acknowledged;
  }

  private static boolean refusesInTime(Jedis client) {
    long deadline = System.nanoTime() + Patience.NANOS;
    while (System.nanoTime() < deadline) {
      client.set("last", "1");
    }
    return false;
  }

  private void awaitWrites(Jedis client) {
    long deadline = System.nanoTime() + Patience.NANOS;
    while (true) {
      try {
        client.set("after", "1");
        return;
      } catch (JedisDataException refused) {
        assertThat(refused).hasMessageStartingWith("MISCONF");
        assertThat(System.nanoTime()).isLessThan(deadline);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"DISK, always, 1", "DISK, everysec, 2", "FILE, always, 2", "FILE, everysec, 1"})
  void writesStopAndGoOnAndNothingAcknowledgedIsLost(Full full, String fsync, String loops)
      throws Exception {
    makeFileSystem(full);
    List<String> options =
        List.of("--save", "", "--auto-aof-rewrite-percentage", "0", "--event-loops", loops);
    start(options, "--appendfsync", fsync);
    int acknowledged = fill();
    try (Jedis client = gateway.client()) {
      assertThat(client.get("key:0")).isEqualTo(VALUE);
      assertThat(client.info("persistence")).contains("aof_last_write_status:err");
      makeRoom();
      awaitWrites(client);
      assertThat(client.info("persistence")).contains("aof_last_write_status:ok");
    }
    gateway.close();
    start(options);
    try (Jedis client = gateway.client()) {
      for (int i = 0; i < acknowledged; i++) {
        assertThat(client.exists("key:" + i)).as("key %s of %s", i, acknowledged).isTrue();
      }
      assertThat(client.get("after")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSnapshotThatFindsNoRoomStopsWritesUntilOneDoes(Full full) throws Exception {
    makeFileSystem(full);
    start("--appendonly", "no", "--save", "3600 1", "--rdbcompression", "no");
    try (Jedis client = gateway.client()) {
      assertThat(client.save()).isEqualTo("OK");
      long before = Files.size(data.resolve("dump.rdb"));
      for (int i = 0; i < 300; i++) {
        client.set("key:" + i, VALUE);
      }
      assertThat(refusal(client::save)).startsWith("ERR");
      assertThat(client.set("more", "0")).isEqualTo("OK");
      assertThat(client.bgsave()).isEqualTo("Background saving started");
      Rewrites.until("writes to stop", () -> !refusal(() -> client.set("more", "0")).isEmpty());
      assertThat(refusal(() -> client.set("more", "1"))).startsWith("MISCONF Redis is configured");
      assertThat(client.get("key:299")).isEqualTo(VALUE);
      assertThat(data.resolve("dump.rdb")).hasSize(before);
      makeRoom();
      assertThat(client.save()).isEqualTo("OK");
      assertThat(client.set("more", "1")).isEqualTo("OK");
    }
  }

  private static String refusal(Runnable call) {
    try {
      call.run();
      return "";
    } catch (JedisDataException refused) {
      return String.valueOf(refused.getMessage());
    }
  }
}
