package io.keyward.gateway.server;

import static io.keyward.gateway.server.Rewrites.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.Settings;
import io.keyward.engine.builtin.Home;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.server.FailingDisk.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** While the disk refuses, writes are refused and reads are not; all goes on when it recovers. */
class DiskFaultsTest {
  @TempDir Path data;
  private final FailingDisk disk = new FailingDisk();

  private Gateway start(String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("--bind", "127.0.0.1", "--dir", data.toString()));
    all.addAll(List.of("--save", "", "--enable-debug-command", "yes"));
    all.addAll(List.of(options));
    return Gateway.startOnFreePorts(Settings.load(all, Map.of()), disk);
  }

  private Gateway start(int loops, String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("--event-loops", Integer.toString(loops)));
    all.addAll(List.of(options));
    return start(all.toArray(String[]::new));
  }

  private static String await(Words wire, String command, Predicate<String> answer) {
    long deadline = System.nanoTime() + Patience.NANOS;
    String given = wire.call(command);
    while (!answer.test(given)) {
      assertThat(System.nanoTime()).as("%s answers %s", command, given).isLessThan(deadline);
      given = wire.call(command);
    }
    return given;
  }

  private static String awaitInfo(Words wire, String... fields) {
    return await(
        wire,
        "INFO persistence",
        info -> Stream.of(fields).allMatch(f -> info.contains(f + "\r\n")));
  }

  @ParameterizedTest
  @CsvSource({"FULL, 1", "FORCE, 2", "MEMORY, 1"})
  void writesAreRefusedUntilTheDiskRecovers(Fault fault, int loops) throws Exception {
    String digest;
    try (Gateway gateway = start(loops, "--appendfsync", "everysec");
        Words wire = new Words(gateway)) {
      wire.call("SET before 1");
      disk.begin(fault);
      String refusal = await(wire, "INCR n", answer -> answer.startsWith("MISCONF"));
      assertThat(refusal)
          .isEqualTo(
              "MISCONF Errors writing to the AOF file: "
                  + switch (fault) {
                    case FULL -> "No space left on device";
                    case MEMORY -> "Cannot allocate memory";
                    default -> "Input/output error";
                  });
      assertThat(wire.call("GET before")).isEqualTo("1");
      assertThat(wire.call("EVAL return(redis.call('INCR',KEYS[1])) 1 n")).contains("MISCONF");
      awaitInfo(wire, "aof_last_write_status:err");
      disk.end(fault);
      await(wire, "INCR n", answer -> !answer.startsWith("MISCONF"));
      awaitInfo(wire, "aof_last_write_status:ok");
      digest = wire.call("DEBUG DIGEST");
    }
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      assertThat(wire.call("DEBUG DIGEST")).isEqualTo(digest);
    }
  }

  /** Who has written waits until there is memory again, and hears nothing of it. */
  @ParameterizedTest
  @CsvSource({"always, 1", "always, 2", "everysec, 1", "everysec, 2"})
  void aMomentWithoutMemoryIsNotNoticed(String fsync, int loops) throws Exception {
    String digest;
    try (Gateway gateway = start(loops, "--appendfsync", fsync);
        Words wire = new Words(gateway);
        Words other = new Words(gateway)) {
      for (int i = 1; i <= 20; i++) {
        int before = disk.refusals();
        disk.beginForOneRefusal(Fault.MEMORY);
        assertThat(wire.call("INCR n")).isEqualTo(Integer.toString(i));
        assertThat(other.call("RPUSH list " + i)).isEqualTo(Integer.toString(i));
        until("it was noticed at the disk", () -> disk.refusals() > before);
      }
      digest = wire.call("DEBUG DIGEST");
    }
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      assertThat(wire.call("DEBUG DIGEST")).isEqualTo(digest);
    }
  }

  /** What the log does not tell for want of memory is in the files before writes go on. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void whatTheLogCouldNotTellIsWrittenAnew(int loops) throws Exception {
    String digest;
    try (Gateway gateway = start(loops, "--appendfsync", "everysec");
        Words wire = new Words(gateway)) {
      wire.call("RPUSH list a b c");
      wire.call("CONFIG SET rdb-key-save-delay 300000");
      Home home = gateway.server().engine().homes().getFirst();
      CompletableFuture.runAsync(() -> home.effects().missing(), home.loop()::execute).join();
      String refusal = "MISCONF Errors writing to the AOF file: Cannot allocate memory";
      assertThat(wire.call("RPUSH list d")).isEqualTo(refusal);
      assertThat(wire.call("LRANGE list 0 -1")).isEqualTo("a b c");
      awaitInfo(wire, "aof_last_write_status:err");
      wire.call("CONFIG SET rdb-key-save-delay 0");
      await(wire, "RPUSH list d", answer -> answer.equals("4"));
      awaitInfo(wire, "aof_rewrites:1", "aof_rewrite_in_progress:0", "aof_last_write_status:ok");
      digest = wire.call("DEBUG DIGEST");
    }
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      assertThat(wire.call("DEBUG DIGEST")).isEqualTo(digest);
    }
  }

  /** What the system has dropped it does not write later, though the next fsync succeeds. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void afterAFailedFsyncAllIsWrittenAnew(int loops) throws Exception {
    try (Gateway gateway = start(loops);
        Words wire = new Words(gateway)) {
      disk.begin(Fault.FORCE);
      await(wire, "INCR n", answer -> answer.startsWith("MISCONF"));
      disk.end(Fault.FORCE);
      awaitInfo(wire, "aof_rewrites:1", "aof_rewrite_in_progress:0");
      assertThat(data.resolve("appendonlydir/appendonly.aof.1.base.rdb")).exists();
    }
  }

  @ParameterizedTest
  @CsvSource({"FULL, 2", "FORCE, 1", "MEMORY, 2"})
  void withAlwaysNothingIsAcknowledgedThatTheDiskHasNot(Fault fault, int loops) throws Exception {
    long acknowledged = 0;
    try (Gateway gateway = start(loops, "--appendfsync", "always");
        Words wire = new Words(gateway);
        Words other = new Words(gateway)) {
      acknowledged = Long.parseLong(wire.call("INCR n"));
      disk.begin(fault);
      assertThatThrownBy(() -> wire.call("INCR n")).isInstanceOf(JedisConnectionException.class);
      await(other, "INCR n", answer -> answer.startsWith("MISCONF"));
      disk.end(fault);
      acknowledged = Long.parseLong(await(other, "INCR n", a -> !a.startsWith("MISCONF")));
    }
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      assertThat(Long.parseLong(wire.call("GET n"))).isEqualTo(acknowledged);
    }
  }

  /** One of the two deployments lives on the operator's own event loop, the other does not. */
  @ParameterizedTest
  @ValueSource(strings = {"one", "other"})
  void withAlwaysTheOperatorIsToldNothingThatTheDiskHasNot(String deployment) throws Exception {
    Path file =
        Files.writeString(
            data.resolve("keyward.yaml"),
            """
            event-loops: 2
            operator: {username: operator, password: of-operator}
            tenants:
              shop:
                deployments:
                  one: {prefix: one, password: of-one}
                  other: {prefix: other, password: of-other}
            """);
    String increment = "INCR " + deployment + "::n";
    List<String> options =
        List.of(file.toString(), "--bind", "127.0.0.1", "--appendfsync", "always");
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("--dir", data.toString(), "--save", ""));
    try (Gateway gateway = Gateway.startOnFreePorts(Settings.load(all, Map.of()), disk);
        Words wire = new Words(gateway);
        Words other = new Words(gateway)) {
      wire.call("AUTH operator of-operator");
      other.call("AUTH operator of-operator");
      assertThat(wire.call(increment)).isEqualTo("1");
      disk.begin(Fault.FORCE);
      assertThatThrownBy(() -> wire.call(increment)).isInstanceOf(JedisConnectionException.class);
      await(other, increment, answer -> answer.startsWith("MISCONF"));
      disk.end(Fault.FORCE);
      await(other, increment, answer -> !answer.startsWith("MISCONF"));
    }
  }

  @ParameterizedTest
  @CsvSource({"FULL, 1", "FORCE, 2", "MEMORY, 2", "NAMES, 1"})
  void aRewriteThatFailsLeavesWhatThereWas(Fault fault, int loops) throws Exception {
    String digest;
    try (Gateway gateway = start(loops, "--appendfsync", "no");
        Words wire = new Words(gateway)) {
      wire.call("SET before 1");
      disk.begin(fault);
      wire.call("BGREWRITEAOF");
      String info = awaitInfo(wire, "aof_rewrite_in_progress:0", "aof_last_bgrewrite_status:err");
      assertThat(info).contains("aof_rewrites_consecutive_failures:1");
      disk.end(fault);
      await(wire, "SET after 1", answer -> answer.equals("OK"));
      wire.call("BGREWRITEAOF");
      awaitInfo(wire, "aof_rewrite_in_progress:0", "aof_last_bgrewrite_status:ok");
      wire.call("SET last 1");
      digest = wire.call("DEBUG DIGEST");
    }
    try (Stream<Path> left = Files.list(data.resolve("appendonlydir"))) {
      assertThat(left.filter(file -> file.getFileName().toString().startsWith("temp-"))).isEmpty();
    }
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      assertThat(wire.call("DEBUG DIGEST")).isEqualTo(digest);
    }
  }

  @ParameterizedTest
  @CsvSource({"FULL, 2", "FORCE, 1", "MEMORY, 1", "NAMES, 2"})
  void aSnapshotThatFailsStopsWrites(Fault fault, int loops) throws Exception {
    try (Gateway gateway = start(loops, "--appendonly", "no", "--save", "3600 1");
        Words wire = new Words(gateway)) {
      wire.call("SET before 1");
      disk.begin(fault);
      assertThat(wire.call("SAVE")).startsWith("ERR");
      assertThat(wire.call("INFO persistence")).contains("rdb_last_bgsave_status:ok");
      assertThat(wire.call("SET before 1")).isEqualTo("OK");
      wire.call("BGSAVE");
      awaitInfo(wire, "rdb_bgsave_in_progress:0", "rdb_last_bgsave_status:err");
      assertThat(await(wire, "SET a 1", answer -> !answer.equals("OK")))
          .startsWith("MISCONF Redis is configured to save RDB snapshots");
      assertThat(wire.call("GET before")).isEqualTo("1");
      disk.end(fault);
      assertThat(wire.call("SAVE")).isEqualTo("OK");
      await(wire, "SET a 1", answer -> answer.equals("OK"));
    }
  }

  @Test
  void aDiskThatCannotBeWrittenStopsTheStart() {
    disk.begin(Fault.NAMES);
    assertThatThrownBy(() -> start().close())
        .isInstanceOf(StartException.class)
        .hasMessageContaining("Read-only file system");
  }

  @Test
  void aFileInThePlaceOfTheFolderStopsTheStartWithTheRemedy() throws Exception {
    Path file = Files.writeString(data.resolve("file"), "x");
    assertThatThrownBy(() -> start("--dir", file.toString()).close())
        .isInstanceOf(StartException.class)
        .hasMessageContaining("of the data files cannot be used: it is no folder. Give --dir");
  }

  @Test
  void aSecondGatewayOnTheSameFolderRefuses() throws Exception {
    try (Gateway gateway = start()) {
      assertThat(gateway.ports().redis()).isPositive();
      assertThatThrownBy(() -> start().close())
          .isInstanceOf(StartException.class)
          .hasMessageContaining("another gateway has the folder");
    }
  }

  @Test
  void aMissingManifestIsWrittenAnewIfThereIsNoDoubt() throws Exception {
    Path manifest = data.resolve("appendonlydir/appendonly.aof.manifest");
    String digest;
    String text;
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      wire.call("SET a 1");
      wire.call("BGREWRITEAOF");
      awaitInfo(wire, "aof_rewrites:1", "aof_rewrite_in_progress:0");
      wire.call("INCR a");
      digest = wire.call("DEBUG DIGEST");
      text = Files.readString(manifest);
    }
    Files.delete(manifest);
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      assertThat(wire.call("DEBUG DIGEST")).isEqualTo(digest);
      assertThat(Files.readString(manifest)).isEqualTo(text);
    }
    Files.delete(manifest);
    Files.writeString(manifest.resolveSibling("appendonly.aof.3.incr.aof"), "*1\r\n$4\r\nPING\r\n");
    assertThatThrownBy(() -> start().close())
        .isInstanceOf(StartException.class)
        .hasMessageContaining("have lost their manifest appendonly.aof.manifest. Restore it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "file", "file appendonly.aof.1.incr.aof seq 1 ty"})
  void aTornManifestStopsTheStart(String torn) throws Exception {
    start().close();
    Files.writeString(data.resolve("appendonlydir/appendonly.aof.manifest"), torn);
    assertThatThrownBy(() -> start().close())
        .isInstanceOf(StartException.class)
        .hasCauseInstanceOf(IOException.class)
        .hasMessageContaining("appendonly.aof.manifest")
        .hasMessageContaining("Restore it from a backup");
  }

  @Test
  void aManifestThatIsNoneStopsTheStartWithTheRemedy() throws Exception {
    start().close();
    Path manifest = data.resolve("appendonlydir/appendonly.aof.manifest");
    Files.write(manifest, new byte[] {-1, -2});
    assertThatThrownBy(() -> start().close())
        .isInstanceOf(StartException.class)
        .hasMessageContaining("appendonly.aof.manifest is no text. Restore it from a backup");
    Files.writeString(manifest, "file \"a\\xzz\" seq 1 type b\n");
    assertThatThrownBy(() -> start().close())
        .isInstanceOf(StartException.class)
        .hasMessageContaining("axzz is named by")
        .hasMessageContaining("Restore it");
    Files.delete(manifest);
    Files.createDirectory(manifest);
    assertThatThrownBy(() -> start().close())
        .isInstanceOf(StartException.class)
        .hasMessageContaining("appendonly.aof.manifest cannot be read: ");
  }

  @Test
  void aManifestWithoutItsLastLineLosesNothing() throws Exception {
    Path manifest = data.resolve("appendonlydir/appendonly.aof.manifest");
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      wire.call("BGREWRITEAOF");
      awaitInfo(wire, "aof_rewrites:1", "aof_rewrite_in_progress:0");
      wire.call("SET a 1");
    }
    List<String> lines = Files.readAllLines(manifest);
    Files.write(manifest, lines.subList(0, lines.size() - 1));
    assertThatThrownBy(() -> start().close())
        .isInstanceOf(StartException.class)
        .hasMessageContaining("does not name appendonly.aof.2.incr.aof")
        .hasMessageContaining("or add the line: " + lines.getLast() + ", or move");
    Files.write(manifest, lines);
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      assertThat(wire.call("GET a")).isEqualTo("1");
    }
  }

  @Test
  void aFileThatTheManifestOnlyWantsDeletedIsNotMissed() throws Exception {
    Path manifest = data.resolve("appendonlydir/appendonly.aof.manifest");
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      wire.call("SET a 1");
      wire.call("BGREWRITEAOF");
      awaitInfo(wire, "aof_rewrites:1", "aof_rewrite_in_progress:0");
      wire.call("SET a 2");
    }
    String text = Files.readString(manifest);
    Files.writeString(manifest, text.replace("type i", "type h"));
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      assertThat(wire.call("GET a")).isEqualTo("1");
    }
  }

  @Test
  void aFileInThePlaceOfTheLogsFolderStopsTheStartWithTheRemedy() throws Exception {
    Files.writeString(data.resolve("appendonlydir"), "x");
    assertThatThrownBy(() -> start().close())
        .isInstanceOf(StartException.class)
        .hasMessageContaining("appendonlydir: it is no folder. Move away what has its name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "garbage", "garbage that is longer than the head of a snapshot"})
  void aSnapshotThatIsNoneStopsTheStartWithTheRemedy(String content) throws Exception {
    Files.writeString(data.resolve("dump.rdb"), content);
    assertThatThrownBy(() -> start().close())
        .isInstanceOf(StartException.class)
        .hasMessageContaining("dump.rdb cannot be loaded from byte")
        .hasMessageContaining("it does not begin as a snapshot does. Put an intact copy");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "garbage", "garbage that is longer than the head of a snapshot"})
  void aBaseThatIsNoSnapshotThoughItsNameSaysSoStopsTheStart(String content) throws Exception {
    Path base = data.resolve("appendonlydir/appendonly.aof.1.base.rdb");
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      wire.call("SET a 1");
      wire.call("BGREWRITEAOF");
      awaitInfo(wire, "aof_rewrites:1", "aof_rewrite_in_progress:0");
      wire.call("SET b 2");
    }
    assertThat(base).isNotEmptyFile();
    Files.writeString(base, content);
    assertThatThrownBy(() -> start().close())
        .isInstanceOf(StartException.class)
        .hasMessageContaining("base.rdb cannot be loaded from byte")
        .hasMessageContaining("it does not begin as a snapshot does. Put an intact copy");
  }
}
