package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.server.FailingDisk.Fault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a replica is sent behind its snapshot, command by command. */
class ReplicaStreamTest {
  private static final List<String> OPTIONS =
      List.of(
          "--appendonly no --enable-debug-command yes --repl-ping-replica-period 3600 --event-loops"
              .split(" ", -1));

  private final FailingDisk disk = new FailingDisk();
  @TempDir private Path data;

  private Gateway start(int loops) throws Exception {
    List<String> options = new ArrayList<>(OPTIONS);
    options.addAll(List.of(Integer.toString(loops), "--save", "", "--bind", "127.0.0.1"));
    options.addAll(List.of("--dir", data.toString()));
    return Gateway.startOnFreePorts(Settings.load(options, Map.of()), disk);
  }

  /** Lets it follow, up to where the stream begins. */
  private static void follow(Wire replica) {
    assertThat(replica.ask("PSYNC ? -1")).startsWith("+FULLRESYNC");
    String _ = replica.snapshot();
  }

  private static String command(Wire replica) {
    int count = Integer.parseInt(replica.line().substring(1));
    List<String> words = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = Integer.parseInt(replica.line().substring(1));
      words.add(replica.read(length));
      assertThat(replica.line()).isEmpty();
    }
    return String.join(" ", words);
  }

  /** A transaction that others overtake in the middle names its database only if it has to. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aDatabaseIsNamedOnceAsLongAsItIsTheSame(int loops) throws Exception {
    try (Gateway gateway = start(loops);
        Words wire = new Words(gateway);
        Wire replica = Wire.to(gateway.ports().redis())) {
      follow(replica);
      for (String line :
          List.of(
              "SELECT 9",
              "SET a 1",
              "MULTI",
              "RPUSH k one",
              "DEBUG SLEEP 0.01",
              "RPUSH k other",
              "EXEC",
              "SELECT 3",
              "DEL k",
              "SET b 1")) {
        wire.call(line);
      }
      List<String> told = new ArrayList<>();
      while (!told.contains("SET b 1")) {
        told.add(command(replica));
      }
      assertThat(told)
          .containsExactly(
              "SELECT 9",
              "SET a 1",
              "MULTI",
              "RPUSH k one",
              "RPUSH k other",
              "EXEC",
              "SELECT 3",
              "SET b 1");
    }
  }

  /** So asks {@code redis-cli --replica}, which throws the snapshot away. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theDataMayBeLeftOut(int loops) throws Exception {
    try (Gateway gateway = start(loops);
        Words wire = new Words(gateway);
        Wire replica = Wire.to(gateway.ports().redis())) {
      wire.call("SET before 1");
      assertThat(wire.call("REPLCONF rdb-filter-only functions"))
          .isEqualTo("ERR Unsupported rdb-filter-only option: functions");
      replica.send("REPLCONF rdb-filter-only \"\"\r\n");
      assertThat(replica.line()).isEqualTo("+OK");
      assertThat(replica.ask("PSYNC ? -1")).startsWith("+FULLRESYNC");
      assertThat(replica.snapshot()).isEqualTo("REDIS0010\u00ff" + "\0".repeat(8));
      wire.call("SET behind 1");
      assertThat(command(replica)).isEqualTo("SELECT 0");
      assertThat(command(replica)).isEqualTo("SET behind 1");
    }
  }

  /** What broke one snapshot need not break the next: whoever has been cut off comes again. */
  @ParameterizedTest
  @CsvSource({
    "DEFECT_AT_OPENING, 1",
    "DEFECT_AT_OPENING, 2",
    "DEFECT_AT_NAMING, 1",
    "DEFECT_AT_NAMING, 2"
  })
  void afterADefectInASnapshotReplicasFollowAgain(Fault fault, int loops) throws Exception {
    try (Gateway gateway = start(loops);
        Words wire = new Words(gateway)) {
      disk.begin(fault);
      try (Wire replica = Wire.to(gateway.ports().redis())) {
        assertThatThrownBy(() -> follow(replica)).hasMessageContaining("closed");
        assertThat(disk.refusals()).isOne();
      }
      disk.end(fault);
      try (Wire replica = Wire.to(gateway.ports().redis())) {
        follow(replica);
        wire.call("SET a 1");
        assertThat(command(replica)).isEqualTo("SELECT 0");
        assertThat(command(replica)).isEqualTo("SET a 1");
      }
    }
  }
}
