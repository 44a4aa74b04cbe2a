package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What has been done is there after a restart, and what files there may be. */
@ParameterizedClass
@ValueSource(ints = {1, 2})
class AppendOnlyTest {
  @Parameter int loops;
  @TempDir Path data;

  private Gateway start(String... more) {
    return Gateways.start(options(more).toArray(String[]::new));
  }

  private Gateway start(FailingDisk disk, String... more) throws Exception {
    List<String> options = new ArrayList<>(List.of("--bind", "127.0.0.1"));
    options.addAll(options(more));
    return Gateway.startOnFreePorts(Settings.load(options, Map.of()), disk);
  }

  private List<String> options(String... more) {
    List<String> options = new ArrayList<>(List.of("--dir", data.toString()));
    options.addAll(List.of("--appendonly", "yes", "--save", "", "--enable-debug-command", "yes"));
    options.addAll(List.of("--event-loops", Integer.toString(loops)));
    options.addAll(List.of(more));
    return options;
  }

  private Path log(String name) {
    return data.resolve("appendonlydir").resolve(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"always", "everysec", "no"})
  void aRestartFindsWhatWasDone(String fsync) throws Exception {
    String digest;
    try (Gateway gateway = start("--appendfsync", fsync);
        Words wire = new Words(gateway)) {
      wire.call("SET a 1");
      wire.call("RPUSH l 1 2 3");
      wire.call("XADD x * f v");
      wire.call("SELECT 3");
      wire.call("SADD s a b c d");
      wire.call("SPOP s 2");
      digest = wire.call("DEBUG DIGEST");
    }
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      assertThat(wire.call("DEBUG DIGEST")).isEqualTo(digest);
      assertThat(wire.call("GET a")).isEqualTo("1");
    }
  }

  @Test
  void theLogCanBeSwitchedOnAndOffWhileItRuns() throws Exception {
    String digest;
    try (Gateway gateway = start("--appendonly", "no");
        Words wire = new Words(gateway)) {
      wire.call("SET before 1");
      assertThat(wire.call("CONFIG SET appendonly yes")).isEqualTo("OK");
      wire.call("SET after 2");
      String info = Rewrites.awaited(wire);
      assertThat(info)
          .contains("aof_enabled:1", "aof_rewrite_scheduled:0", "aof_last_bgrewrite_status:ok")
          .contains("aof_current_size:", "aof_base_size:");
      wire.call("SET later 3");
      digest = wire.call("DEBUG DIGEST");
      assertThat(wire.call("CONFIG SET appendonly no")).isEqualTo("OK");
      assertThat(wire.call("INFO persistence")).contains("aof_enabled:0");
      wire.call("SET lost 4");
    }
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      assertThat(wire.call("DEBUG DIGEST")).isEqualTo(digest);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"always", "everysec"})
  void aLogThatIsSwitchedOnGoesOnInItsFirstFile(String force) throws Exception {
    try (Gateway gateway = start("--appendonly", "no", "--appendfsync", force);
        Words wire = new Words(gateway)) {
      assertThat(wire.call("CONFIG SET appendonly yes")).isEqualTo("OK");
      Rewrites.awaited(wire);
      for (int i = 0; i < 3; i++) {
        assertThat(wire.call("SET n " + i)).isEqualTo("OK");
        assertThat(wire.call("WAITAOF 1 0 0")).isEqualTo("1 0");
      }
    }
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      assertThat(wire.call("GET n")).isEqualTo("2");
    }
  }

  @Test
  void aRewriteLeavesABaseAndOneIncrement() throws Exception {
    String digest;
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      for (int i = 0; i < 100; i++) {
        wire.call("INCR n");
      }
      for (int round = 0; round < 2; round++) {
        assertThat(wire.call("BGREWRITEAOF"))
            .isEqualTo("Background append only file rewriting started");
        Rewrites.awaited(wire);
      }
      wire.call("INCR n");
      digest = wire.call("DEBUG DIGEST");
    }
    assertThat(Files.readString(log("appendonly.aof.manifest")))
        .isEqualTo(
            """
            file appendonly.aof.2.base.rdb seq 2 type b
            file appendonly.aof.3.incr.aof seq 3 type i
            """);
    try (Stream<Path> files = Files.list(data.resolve("appendonlydir"))) {
      assertThat(files).hasSize(3);
    }
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      assertThat(wire.call("GET n")).isEqualTo("101");
      assertThat(wire.call("DEBUG DIGEST")).isEqualTo(digest);
    }
  }

  /** Copies what a start would find now. */
  private void copyFiles(Path to) throws IOException {
    Path folder = Files.createDirectories(to.resolve("appendonlydir"));
    try (Stream<Path> files = Files.list(data.resolve("appendonlydir"))) {
      for (Path file : files.toList()) {
        if (!file.getFileName().toString().startsWith("temp")) {
          Files.copy(file, folder.resolve(file.getFileName()));
        }
      }
    }
  }

  private static boolean walks(Words wire) {
    return wire.call("INFO persistence").matches("(?s).*current_save_keys_processed:[1-9].*");
  }

  @Test
  void nothingIsMissingInTheMiddleOfALogThatWasSwitchedOnDuringARewrite(@TempDir Path copy)
      throws Exception {
    FailingDisk disk = new FailingDisk();
    String stops = "CONFIG SET rdb-key-save-delay 100000000";
    String goesOn = "CONFIG SET rdb-key-save-delay 0";
    try (Gateway gateway = start(disk, "--appendonly", "no", "--appendfsync", "no");
        Words wire = new Words(gateway)) {
      wire.call("DEBUG POPULATE 300");
      wire.call(stops);
      wire.call("BGREWRITEAOF");
      Rewrites.until("the walk for the first base", () -> walks(wire));
      assertThat(wire.call("CONFIG SET appendonly yes")).isEqualTo("OK");
      wire.call("SET n between");
      disk.holdForcesAfter(0);
      wire.call(goesOn);
      disk.awaitHeldForce();
      wire.call(stops);
      disk.releaseForces();
      Path base = log("appendonly.aof.1.base.rdb");
      Rewrites.until("the first base", () -> Files.exists(base));
      wire.call("SET a 1");
      Rewrites.until("the walk for the second base", () -> walks(wire));
      wire.call("APPEND n !");
      copyFiles(copy);
      wire.call(goesOn);
      assertThat(Rewrites.awaited(wire)).contains("aof_last_bgrewrite_status:ok");
    }
    try (Gateway gateway = Gateways.start("--dir", copy.toString(), "--save", "");
        Words wire = new Words(gateway)) {
      assertThat(wire.call("GET n")).isIn("nil", "between!");
    }
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      assertThat(wire.call("GET n")).isEqualTo("between!");
    }
  }

  @Test
  void aRewriteThatIsUnderWayAtTheEndLeavesNothingBehind() throws Exception {
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      wire.call("DEBUG POPULATE 300");
      wire.call("CONFIG SET rdb-key-save-delay 100000000");
      wire.call("BGREWRITEAOF");
      Rewrites.until("the walk", () -> walks(wire));
      wire.call("SET a 1");
    }
    try (Stream<Path> files = Files.walk(data)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("appendonly.aof.manifest")
          .noneMatch(name -> name.startsWith("temp"));
    }
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      assertThat(wire.call("GET a")).isEqualTo("1");
    }
  }

  @Test
  void nobodySwitchesItOffInATransaction() throws Exception {
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      wire.call("MULTI");
      wire.call("CONFIG SET appendonly no");
      wire.call("SET m 1");
      wire.call("CONFIG SET appendonly yes");
      wire.call("SET m 2");
      assertThat(wire.call("EXEC"))
          .contains("the append-only file cannot be switched off inside a transaction");
      assertThat(wire.call("INFO persistence")).contains("aof_enabled:1");
    }
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      assertThat(wire.call("GET m")).isEqualTo("2");
    }
  }

  @Test
  void switchingOffDuringARewriteIsNoFailure() throws Exception {
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      wire.call("DEBUG POPULATE 100");
      wire.call("CONFIG SET appendonly no");
      wire.call("CONFIG SET rdb-key-save-delay 5000");
      wire.call("CONFIG SET appendonly yes");
      wire.call("CONFIG SET appendonly no");
      wire.call("CONFIG SET rdb-key-save-delay 0");
      assertThat(Rewrites.awaited(wire))
          .contains("aof_enabled:0", "aof_last_bgrewrite_status:ok")
          .contains("aof_rewrites_consecutive_failures:0");
      try (Stream<Path> files = Files.list(data.resolve("appendonlydir"))) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .noneMatch(name -> name.startsWith("temp"));
      }
    }
  }

  @Test
  void aLogThatIsBigEnoughForANewSettingIsRewrittenAtOnce() {
    try (Gateway gateway = start("--auto-aof-rewrite-percentage", "0");
        Words wire = new Words(gateway)) {
      for (int i = 0; i < 100; i++) {
        wire.call("SET key " + "x".repeat(100));
      }
      assertThat(wire.call("CONFIG SET auto-aof-rewrite-min-size 5kb")).isEqualTo("OK");
      assertThat(wire.call("INFO persistence")).contains("aof_rewrites:0");
      assertThat(wire.call("CONFIG SET auto-aof-rewrite-percentage 100")).isEqualTo("OK");
      Rewrites.until("a rewrite", () -> wire.call("INFO persistence").contains("aof_rewrites:1"));
    }
  }

  private void append(String text) throws IOException {
    try (FileChannel file =
        FileChannel.open(log("appendonly.aof.1.incr.aof"), StandardOpenOption.APPEND)) {
      file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }
  }

  @Test
  void anUnfinishedEndIsCutOff() throws Exception {
    start().close();
    append("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n");
    append("*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n2\r\n*1\r\n$4\r\nEX");
    assertThatThrownBy(() -> start("--aof-load-truncated", "no"))
        .cause()
        .hasMessageContaining("at offset 27")
        .hasMessageContaining("redis-check-aof --fix");
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      assertThat(wire.call("GET a")).isEqualTo("1");
      wire.call("SET b 2");
    }
    try (Gateway gateway = start("--aof-load-truncated", "no");
        Words wire = new Words(gateway)) {
      assertThat(wire.call("MGET a b")).contains("1").contains("2");
    }
  }

  @Test
  void damageInTheMiddleStopsTheStart() throws Exception {
    start().close();
    append("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n*3\r\n$3\r\nSET\r\n$9\r\na\r\n$1\r\n1\r\n");
    append("*1\r\n$4\r\nPING\r\n");
    assertThatThrownBy(this::start)
        .rootCause()
        .hasMessageContaining("an argument is not as long as it says");
    assertThatThrownBy(this::start)
        .hasRootCauseInstanceOf(IOException.class)
        .cause()
        .hasMessageContaining("is damaged at offset 27")
        .hasMessageContaining("redis-check-aof --fix");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "-1", "2147483648"})
  void aDatabaseThatIsNoNumberIsDamage(String number) throws Exception {
    start().close();
    append("*2\r\n$6\r\nSELECT\r\n$%d\r\n%s\r\n".formatted(number.length(), number));
    append("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n");
    assertThatThrownBy(this::start)
        .cause()
        .hasMessageContaining("is damaged at offset 0: of the command SELECT")
        .hasMessageContaining("cut it off there: truncate -s 0 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n1\r\n"})
  void whatIsNoCommandStopsTheStartAndIsCutOffAsTheMessageSays(String before) throws Exception {
    start().close();
    append("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n" + before);
    append("*3\r\n$3\r\nS\001T\r\n$1\r\na\r\n$1\r\n2\r\n*1\r\n$4\r\nEXEC\r\n");
    Path increment = log("appendonly.aof.1.incr.aof");
    String remedy = "truncate -s 27 " + increment;
    assertThatThrownBy(this::start)
        .cause()
        .hasMessageContaining("is damaged at offset 27")
        .hasMessageContaining("which redis-check-aof does not see")
        .hasMessageEndingWith(remedy);
    try (FileChannel file = FileChannel.open(increment, StandardOpenOption.WRITE)) {
      file.truncate(27);
    }
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      assertThat(wire.call("MGET a b")).contains("1").contains("nil");
    }
  }

  @Test
  void aLogOfMoreDatabasesThanThereAreStopsTheStart() throws Exception {
    try (Gateway gateway = start("--databases", "21");
        Words wire = new Words(gateway)) {
      wire.call("SELECT 20");
      wire.call("SET a 1");
    }
    assertThatThrownBy(this::start)
        .cause()
        .hasMessageContaining("holds keys of database 20, at offset 24")
        .hasMessageContaining("the directive databases says 16");
    try (Gateway gateway = start("--databases", "21");
        Words wire = new Words(gateway)) {
      wire.call("SELECT 20");
      assertThat(wire.call("GET a")).isEqualTo("1");
    }
  }

  @Test
  void keysOfNoDeploymentStopTheStart() throws Exception {
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      wire.call("SET a 1");
    }
    assertThatThrownBy(
            () -> Gateways.start(Map.of("REDIS_KEY_PREFIX", "green"), "--dir", data.toString()))
        .cause()
        .hasMessageContaining("is of other deployments: at offset 23, of the command SET")
        .hasMessageContaining("Start with the prefixes under which it was written");
  }

  @Test
  void aManifestThatMakesNoSenseStopsTheStart() throws Exception {
    start().close();
    Files.writeString(log("appendonly.aof.manifest"), "file a seq 1 type i\nfile b seq 1 type i\n");
    assertThatThrownBy(this::start).cause().hasMessageContaining("makes no sense in line 2");
    Files.writeString(log("appendonly.aof.manifest"), "file gone seq 1 type i\n");
    assertThatThrownBy(this::start).cause().hasMessageContaining("is not there");
  }

  @Test
  void theSingleFileOfAFormerRedisBecomesTheBase() throws Exception {
    Files.writeString(data.resolve("appendonly.aof"), "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n");
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      assertThat(wire.call("GET a")).isEqualTo("1");
    }
    assertThat(List.of(Files.readString(log("appendonly.aof.manifest")).split("\n", -1)))
        .first()
        .isEqualTo("file appendonly.aof seq 1 type b");
  }
}
