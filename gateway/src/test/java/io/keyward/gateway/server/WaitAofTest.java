package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.server.FailingDisk.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WAITAOF waits for disks: the gateway's own, and those of replicas. */
@ParameterizedClass
@ValueSource(ints = {1, 2})
class WaitAofTest {
  private static final String SWITCHED_OFF =
      "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.";

  @Parameter int loops;
  @TempDir Path data;
  private final FailingDisk disk = new FailingDisk();

  private Gateway start(String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("--bind", "127.0.0.1", "--dir", data.toString(), "--save", ""));
    all.addAll(List.of("--event-loops", Integer.toString(loops)));
    return Gateway.startOnFreePorts(Settings.load(all, Map.of()), disk);
  }

  /** Lets a client wait, and returns when it does. */
  private static CompletableFuture<String> waiting(Words client, String command, Words other)
      throws InterruptedException {
    CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> client.call(command));
    while (!other.call("INFO clients").contains("blocked_clients:1\r\n")) {
      assertThat(answer).isNotDone();
      Thread.sleep(1);
    }
    return answer;
  }

  @ParameterizedTest
  @ValueSource(strings = {"always", "everysec"})
  void theOwnDiskKeepsWhatWasDone(String policy) throws Exception {
    try (Gateway gateway = start("--appendfsync", policy);
        Words wire = new Words(gateway)) {
      // With everysec each takes a second.
      int times = policy.equals("always") ? 3 : 1;
      for (int i = 0; i < times; i++) {
        wire.call("INCR n");
        assertThat(wire.call("WAITAOF 1 0 0")).isEqualTo("1 0");
      }
      // Asks the other loop as well, which may take longer than a short wait.
      Rewrites.until("what is kept", () -> wire.call("WAITAOF 1 1 1").equals("1 0"));
    }
  }

  @Test
  void nothingIsKeptAsLongAsTheDiskIsNotForced() throws Exception {
    try (Gateway gateway = start("--appendfsync", "no");
        Words wire = new Words(gateway);
        Words other = new Words(gateway)) {
      assertThat(wire.call("WAITAOF 1 0 0")).isEqualTo("1 0");
      wire.call("INCR n");
      assertThat(wire.call("WAITAOF 1 0 1")).isEqualTo("0 0");
      assertThat(wire.call("WAITAOF 0 0 0")).isEqualTo("0 0");
      CompletableFuture<String> answer = waiting(wire, "WAITAOF 1 0 0", other);
      other.call("CONFIG SET appendfsync everysec");
      assertThat(answer.join()).isEqualTo("1 0");
    }
  }

  @Test
  void afterAFailedFsyncItTakesANewBase() throws Exception {
    try (Gateway gateway = start("--appendfsync", "everysec");
        Words wire = new Words(gateway);
        Words other = new Words(gateway)) {
      disk.begin(Fault.FORCE);
      wire.call("INCR n");
      CompletableFuture<String> answer = waiting(wire, "WAITAOF 1 0 0", other);
      while (!other.call("INCR n").startsWith("MISCONF")) {
        Thread.sleep(1);
      }
      assertThat(answer).isNotDone();
      disk.end(Fault.FORCE);
      assertThat(answer.join()).isEqualTo("1 0");
      assertThat(data.resolve("appendonlydir/appendonly.aof.1.base.rdb")).exists();
    }
  }

  @Test
  void whoWaitsIsToldThatTheLogIsSwitchedOff() throws Exception {
    try (Gateway gateway = start("--appendfsync", "no");
        Words wire = new Words(gateway);
        Words other = new Words(gateway)) {
      wire.call("INCR n");
      CompletableFuture<String> answer = waiting(wire, "WAITAOF 1 0 0", other);
      other.call("CONFIG SET appendonly no");
      assertThat(answer.join()).isEqualTo(SWITCHED_OFF);
      assertThat(wire.call("WAITAOF 1 0 0")).isEqualTo(SWITCHED_OFF);
      assertThat(wire.call("WAITAOF 0 0 0")).isEqualTo("0 0");
      other.call("CONFIG SET appendonly yes");
      other.call("CONFIG SET appendfsync everysec");
      wire.call("INCR n");
      assertThat(wire.call("WAITAOF 1 0 0")).isEqualTo("1 0");
    }
  }

  @Test
  void nobodyWaitsInATransactionOrAScript() throws Exception {
    try (Gateway gateway = start("--appendfsync", "no");
        Words wire = new Words(gateway)) {
      wire.call("MULTI");
      wire.call("INCR n");
      wire.call("WAITAOF 1 1 0");
      assertThat(wire.call("EXEC")).isEqualTo("1 0 0");
      assertThat(wire.call("EVAL return{redis.pcall('WAITAOF',0,0,0)} 0"))
          .endsWith("ERR This Redis command is not allowed from script");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "WAITAOF 2 0 0: ERR value is out of range, value must between 0 and 1",
        "WAITAOF -1 0 0: ERR value is out of range, value must between 0 and 1",
        "WAITAOF x 0 0: ERR value is not an integer or out of range",
        "WAITAOF 1 -1 0: ERR value is out of range, must be positive",
        "WAITAOF 1 0 -1: ERR timeout is negative",
        "WAITAOF 1 0 x: ERR timeout is not an integer or out of range",
        "WAITAOF 1 0 9223372036854775807: ERR timeout is out of range",
        "WAIT 1 9223372036854775807: ERR timeout is out of range",
        "WAITAOF 1 0: ERR wrong number of arguments for 'waitaof' command"
      })
  void refusesAsRedisDoes(String row) throws Exception {
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      String[] parts = row.split(": ", 2);
      assertThat(wire.call(parts[0])).isEqualTo(parts[1]);
    }
  }

  @Test
  void replicasSayWhatTheirDisksKeep() throws Exception {
    try (Gateway gateway = start("--appendonly", "no");
        Words wire = new Words(gateway);
        Words other = new Words(gateway);
        Wire replica = Wire.to(gateway.ports().redis())) {
      String resync = replica.send("PSYNC ? -1\r\n").line();
      assertThat(resync).startsWith("+FULLRESYNC ");
      String _ = replica.snapshot();
      while (!other.call("INFO replication").contains("state=online")) {
        Thread.sleep(1);
      }
      wire.call("INCR n");
      CompletableFuture<String> answer = waiting(wire, "WAITAOF 0 1 0", other);
      // What it is sent ends with a question, to which it has got everything and forced nothing.
      String start = resync.substring(resync.lastIndexOf(' ') + 1);
      long offset = Long.parseLong(start) + bytesUntilGetAck(replica);
      replica.send("REPLCONF ACK %d\r\n".formatted(offset));
      while (!wireSees(other, offset)) {
        Thread.sleep(1);
      }
      assertThat(other.call("WAIT 1 0")).isEqualTo("1");
      assertThat(answer).isNotDone();
      replica.send("REPLCONF ACK %d FACK %d\r\n".formatted(offset, offset));
      assertThat(answer.join()).isEqualTo("0 1");
    }
  }

  private static boolean wireSees(Words client, long offset) {
    return client.call("INFO replication").contains("offset=" + offset + ",");
  }

  private static long bytesUntilGetAck(Wire replica) {
    long bytes = 0;
    String line = "";
    while (!line.startsWith("GETACK")) {
      line = replica.line();
      bytes += line.length() + 1;
    }
    return bytes + "$1\r\n*\r\n".length();
  }

  /** The operator's commands go to deployments on both loops. */
  @Test
  void theOperatorWaitsForAllDeployments() throws Exception {
    Path file = data.resolve("keyward.yaml");
    Files.writeString(
        file,
        """
        operator: {username: operator, password: operator}
        tenants:
          shop:
            deployments:
              blue: {prefix: blue, password: blue}
              green: {prefix: green, password: green}
              cache: {prefix: cache, password: cache, durability: memory}
        """);
    try (Gateway gateway = start(file.toString(), "--event-loops", "2", "--appendfsync", "no");
        Words operator = new Words(gateway);
        Words blue = new Words(gateway);
        Words cache = new Words(gateway)) {
      operator.call("AUTH operator operator");
      blue.call("AUTH blue blue");
      cache.call("AUTH cache cache");
      blue.call("SET a 1");
      operator.call("SET green::a 1");
      assertThat(operator.call("WAITAOF 1 0 1")).isEqualTo("0 0");
      operator.call("CONFIG SET appendfsync everysec");
      assertThat(operator.call("WAITAOF 1 0 0")).isEqualTo("1 0");
      assertThat(blue.call("WAITAOF 1 0 0")).isEqualTo("1 0");
      assertThat(blue.call("WAITAOF 0 1 1")).isEqualTo("1 0");
      assertThat(cache.call("WAITAOF 1 0 0")).isEqualTo(SWITCHED_OFF);
      assertThat(cache.call("WAITAOF 0 0 0")).isEqualTo("0 0");
    }
  }
}
