package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.Gateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SAVE, BGSAVE, BGREWRITEAOF and DEBUG RELOAD while another of them is under way, as in Redis. */
@ParameterizedClass
@ValueSource(ints = {1, 2})
class SnapshotTurnsTest {
  private static final String SAVING = "Background saving ";
  private static final String REWRITING = "Background append only file rewriting ";

  @Parameter int loops;
  @TempDir Path data;
  private Gateway gateway;
  private Words wire;

  @BeforeEach
  void fill() {
    gateway =
        Gateways.start(
            "--dir",
            data.toString(),
            "--appendonly",
            "no",
            "--save",
            "",
            "--enable-debug-command",
            "yes",
            "--event-loops",
            Integer.toString(loops));
    wire = new Words(gateway);
    wire.call("DEBUG POPULATE 100");
  }

  @AfterEach
  void stop() {
    wire.close();
    gateway.close();
  }

  private void delay(int micros) {
    assertThat(wire.call("CONFIG SET rdb-key-save-delay " + micros)).isEqualTo("OK");
  }

  /** Begins what does not end before it is let. */
  private void underWay(String command) {
    delay(100_000_000);
    assertThat(wire.call(command)).startsWith("Background").endsWith("started");
  }

  private String info() {
    return wire.call("INFO persistence");
  }

  private void awaitSnapshot() {
    Rewrites.until(
        "the snapshot",
        () -> {
          String info = info();
          return info.contains("rdb_saves:1") && info.contains("rdb_bgsave_in_progress:0");
        });
  }

  private void awaitEnd() {
    delay(0);
    assertThat(Rewrites.awaited(wire)).contains("aof_last_bgrewrite_status:ok");
    Rewrites.until("the end of a snapshot", () -> info().contains("rdb_bgsave_in_progress:0"));
  }

  @Test
  void aSaveComesBehindARewriteAndNotBesideASnapshot() {
    underWay("BGREWRITEAOF");
    delay(1000);
    assertThat(wire.call("SAVE")).isEqualTo("OK");
    assertThat(info()).contains("aof_rewrites:1", "rdb_saves:1");
    underWay("BGSAVE");
    assertThat(wire.call("SAVE")).isEqualTo("ERR Background save already in progress");
    awaitEnd();
  }

  @Test
  void aSnapshotIsScheduledOnceBehindARewrite() {
    underWay("BGREWRITEAOF");
    assertThat(wire.call("BGSAVE")).startsWith("ERR Another child process is active (AOF?)");
    assertThat(wire.call("BGSAVE SCHEDULE")).isEqualTo(SAVING + "scheduled");
    assertThat(wire.call("BGSAVE SCHEDULE")).isEqualTo(SAVING + "scheduled");
    assertThat(info()).contains("rdb_bgsave_in_progress:0", "aof_rewrite_in_progress:1");
    delay(0);
    awaitSnapshot();
    awaitEnd();
    assertThat(info()).contains("rdb_saves:1");
  }

  @Test
  void aRewriteIsScheduledOnceBehindASnapshot() {
    underWay("BGSAVE");
    assertThat(wire.call("BGREWRITEAOF")).isEqualTo(REWRITING + "scheduled");
    assertThat(info()).contains("aof_rewrite_in_progress:0", "aof_rewrite_scheduled:1");
    assertThat(wire.call("BGREWRITEAOF")).isEqualTo(REWRITING + "scheduled");
    awaitEnd();
    assertThat(info()).contains("aof_rewrites:1", "rdb_saves:1");
    underWay("BGREWRITEAOF");
    assertThat(wire.call("BGREWRITEAOF"))
        .isEqualTo("ERR Background append only file rewriting already in progress");
    awaitEnd();
  }

  @Test
  void aLogThatIsSwitchedOnDuringASnapshotIsScheduled() {
    underWay("BGSAVE");
    assertThat(wire.call("CONFIG SET appendonly yes")).isEqualTo("OK");
    assertThat(info()).contains("aof_rewrite_in_progress:0", "aof_rewrite_scheduled:1");
    wire.call("SET later 1");
    awaitEnd();
    assertThat(info()).contains("aof_rewrites:1", "aof_enabled:1");
    assertThat(wire.call("DEBUG LOADAOF")).isEqualTo("OK");
    assertThat(wire.call("GET later")).isEqualTo("1");
  }

  @Test
  void whatIsBegunIsCountedButNotWhatAReloadSaves() {
    assertThat(wire.call("DEBUG RELOAD")).isEqualTo("OK");
    assertThat(info()).contains("rdb_saves:0", "rdb_last_bgsave_time_sec:-1");
    underWay("BGSAVE");
    assertThat(info()).contains("rdb_saves:1");
    awaitEnd();
    assertThat(wire.call("SAVE")).isEqualTo("OK");
    assertThat(info()).contains("rdb_saves:2");
    underWay("BGREWRITEAOF");
    assertThat(info()).contains("aof_rewrites:1");
    awaitEnd();
    assertThat(wire.call("CONFIG RESETSTAT")).isEqualTo("OK");
    assertThat(info()).contains("rdb_saves:0", "aof_rewrites:0");
  }

  private void log(String yesOrNo) {
    assertThat(wire.call("CONFIG SET appendonly " + yesOrNo)).isEqualTo("OK");
  }

  private List<String> filesOfTheLog() throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("appendonlydir"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aLogThatIsSwitchedOffIsNotRewritten() throws Exception {
    log("yes");
    awaitEnd();
    List<String> complete = filesOfTheLog();
    underWay("BGSAVE");
    assertThat(wire.call("BGREWRITEAOF")).isEqualTo(REWRITING + "scheduled");
    log("no");
    assertThat(info()).contains("aof_rewrite_scheduled:0", "rdb_bgsave_in_progress:1");
    awaitEnd();
    assertThat(filesOfTheLog()).isEqualTo(complete);
    assertThat(info()).contains("rdb_saves:1", "aof_rewrites:1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "no"})
  void aLogThatIsSwitchedOffGivesUpItsRewrite(String preamble) throws Exception {
    wire.call("CONFIG SET aof-use-rdb-preamble " + preamble);
    delay(100_000_000);
    log("yes");
    assertThat(info()).contains("aof_rewrite_in_progress:1", "aof_rewrites_consecutive_failures:0");
    log("no");
    assertThat(info()).contains("aof_rewrite_in_progress:0", "aof_rewrite_scheduled:0");
    assertThat(filesOfTheLog()).isEmpty();
    delay(0);
    log("yes");
    awaitEnd();
    wire.call("SET n 1");
    underWay("BGREWRITEAOF");
    wire.call("SET n 2");
    log("no");
    assertThat(info())
        .contains("aof_rewrite_in_progress:0", "aof_last_bgrewrite_status:ok", "aof_rewrites:3")
        .contains("aof_rewrites_consecutive_failures:0");
    wire.call("SET n 3");
    underWay("BGSAVE");
    awaitEnd();
    assertThat(wire.call("DEBUG LOADAOF")).isEqualTo("OK");
    assertThat(wire.call("GET n")).isEqualTo("2");
    assertThat(wire.call("DBSIZE")).isEqualTo("101");
  }

  @Test
  void inATransactionBothComeAfterIt() {
    wire.call("MULTI");
    wire.call("BGSAVE");
    wire.call("SET inside 1");
    wire.call("EXEC");
    awaitSnapshot();
    assertThat(wire.call("DEBUG RELOAD NOSAVE")).isEqualTo("OK");
    assertThat(wire.call("GET inside")).isEqualTo("1");
    wire.call("MULTI");
    wire.call("BGREWRITEAOF");
    assertThat(wire.call("EXEC")).isEqualTo(REWRITING + "scheduled");
    Rewrites.until("the rewrite", () -> info().contains("aof_rewrites:1"));
    awaitEnd();
    wire.call("MULTI");
    wire.call("BGSAVE");
    assertThat(wire.call("EXEC")).isEqualTo(SAVING + "scheduled");
  }

  @Test
  void aReloadWaitsForWhatIsUnderWay() {
    underWay("BGSAVE");
    delay(1000);
    assertThat(wire.call("DEBUG RELOAD")).isEqualTo("OK");
    underWay("BGREWRITEAOF");
    delay(1000);
    assertThat(wire.call("DEBUG RELOAD")).isEqualTo("OK");
    assertThat(wire.call("DBSIZE")).isEqualTo("100");
  }
}
