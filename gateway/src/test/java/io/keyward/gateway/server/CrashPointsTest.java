package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.server.CopyingDisk.Copy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * Wherever the process is killed, or the power fails, while files are written, a restart succeeds
 * and finds what was promised: every step that the gateway takes on its files is one to stop at.
 */
class CrashPointsTest {
  private static final String PAIR =
      "redis.call('INCR', KEYS[1]) return redis.call('RPUSH', KEYS[2], 'x')";

  @TempDir Path folder;

  /** How often the pair was incremented: sent, acknowledged, and promised to outlast a crash. */
  private final AtomicLong sent = new AtomicLong();

  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong promised = new AtomicLong();
  private volatile boolean promiseAll;
  private final AtomicInteger copiesRead = new AtomicInteger();

  private CopyingDisk<Long> disk() {
    return new CopyingDisk<>(
        folder.resolve("data"),
        folder.resolve("copies"),
        () -> promiseAll ? acknowledged.get() : promised.get());
  }

  private Gateway start(CopyingDisk<Long> disk, int loops, String... options) throws Exception {
    List<String> all =
        new ArrayList<>(List.of("--bind", "127.0.0.1", "--dir", folder.resolve("data").toString()));
    all.addAll(List.of("--event-loops", Integer.toString(loops)));
    all.addAll(List.of(options));
    return Gateway.startOnFreePorts(Settings.load(all, Map.of()), disk);
  }

  /** Writes until the gateway stops. */
  private Thread write(Gateway gateway) {
    int port = gateway.ports().redis();
    return Thread.ofPlatform()
        .start(
            () -> {
              try (Jedis client = new Jedis("127.0.0.1", port, Patience.MILLIS)) {
                while (true) {
                  sent.incrementAndGet();
                  client.eval(PAIR, 2, "counter", "list");
                  acknowledged.incrementAndGet();
                }
              } catch (JedisConnectionException stopped) {
                // As it should.
              }
            });
  }

  /** Returns when something has been done since, so that each file has something. */
  private void awaitWrites() {
    long before = acknowledged.get();
    Rewrites.until("writes", () -> acknowledged.get() > before + 1);
  }

  private static void awaitRewrites(Words wire, int number) {
    String info = wire.call("INFO persistence");
    while (!info.contains("aof_rewrites:" + number + "\r\n")
        || info.contains("aof_rewrite_in_progress:1")) {
      info = wire.call("INFO persistence");
    }
  }

  private void check(Copy<Long> copy, String... options) {
    List<String> all = new ArrayList<>(List.of("--dir", copy.folder().toString(), "--save", ""));
    all.addAll(List.of(options));
    try (Gateway gateway = Gateways.start(all.toArray(String[]::new));
        Words wire = new Words(gateway)) {
      String counter = wire.call("GET counter");
      long present = counter.equals("nil") ? 0 : Long.parseLong(counter);
      assertThat(present).as(copy.step()).isBetween(copy.promised(), sent.get());
      assertThat(wire.call("LLEN list")).as(copy.step()).isEqualTo(Long.toString(present));
      copiesRead.incrementAndGet();
    } catch (IllegalStateException failed) {
      throw new AssertionError("no restart after: " + copy.step(), failed);
    }
  }

  /** Of a power failure {@code everysec} promises only that a restart succeeds. */
  @ParameterizedTest
  @CsvSource({"always, 1", "everysec, 2"})
  void nothingIsLostWhileTheLogIsWrittenAndRewritten(String fsync, int loops) throws Exception {
    CopyingDisk<Long> disk = disk();
    Thread writer;
    promiseAll = true;
    try (Gateway gateway = start(disk, loops, "--appendfsync", fsync);
        Words wire = new Words(gateway)) {
      writer = write(gateway);
      for (int rewrite = 1; rewrite <= 2; rewrite++) {
        awaitWrites();
        wire.call("BGREWRITEAOF");
        awaitRewrites(wire, rewrite);
      }
      assertThat(wire.call("SAVE")).isEqualTo("OK");
    }
    writer.join();
    List<Copy<Long>> copies = disk.taken();
    for (Copy<Long> copy : copies) {
      boolean promise = fsync.equals("always") || !copy.powerLost();
      check(promise ? copy : new Copy<>(copy.step(), copy.folder(), 0L));
    }
    assertThat(copies)
        .extracting(Copy::step)
        .contains(
            "after replace appendonly.aof.2.base.rdb, killed",
            "before replace appendonly.aof.manifest, killed",
            "after delete appendonly.aof.1.incr.aof, killed",
            "before force appendonly.aof.2.incr.aof, power lost",
            "after replace dump.rdb, killed");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aLogThatIsSwitchedOnTakesOverFromTheSnapshot(int loops) throws Exception {
    CopyingDisk<Long> disk = disk();
    Thread writer;
    int withoutLog;
    try (Gateway gateway = start(disk, loops, "--appendfsync", "always", "--appendonly", "no");
        Words wire = new Words(gateway)) {
      writer = write(gateway);
      for (int save = 0; save < 2; save++) {
        awaitWrites();
        long before = acknowledged.get();
        assertThat(wire.call("SAVE")).isEqualTo("OK");
        promised.set(before);
      }
      withoutLog = disk.taken().size();
      assertThat(wire.call("CONFIG SET appendonly yes")).isEqualTo("OK");
      awaitRewrites(wire, 1);
      promiseAll = true;
      awaitWrites();
      wire.call("BGREWRITEAOF");
      awaitRewrites(wire, 2);
    }
    writer.join();
    List<Copy<Long>> copies = disk.taken();
    copies.subList(0, withoutLog).forEach(copy -> check(copy, "--appendonly", "no"));
    copies.subList(withoutLog, copies.size()).forEach(this::check);
    assertThat(copiesRead.get()).isEqualTo(copies.size()).isGreaterThan(40);
  }
}
