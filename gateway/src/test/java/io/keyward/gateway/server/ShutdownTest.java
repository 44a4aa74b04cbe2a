package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.Settings;
import io.keyward.config.directive.Directive;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.server.FailingDisk.Fault;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** SHUTDOWN with each of its options, and the signals that stand for it. */
class ShutdownTest {
  private static final String FAILED = "ERR Errors trying to SHUTDOWN. Check logs.";

  @TempDir Path data;
  private final FailingDisk disk = new FailingDisk();

  private Gateway start(String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("--bind", "127.0.0.1", "--dir", data.toString()));
    all.addAll(List.of("--appendonly", "no"));
    all.addAll(List.of(options));
    return Gateway.startOnFreePorts(Settings.load(all, Map.of()), disk);
  }

  private static void ends(Gateway gateway, Words wire, String command) throws Exception {
    assertThatThrownBy(() -> wire.call(command)).isInstanceOf(JedisConnectionException.class);
    gateway.awaitStop();
  }

  private String keyAfterRestart() throws Exception {
    try (Gateway gateway = start("--save", "");
        Words wire = new Words(gateway)) {
      return wire.call("GET key");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SHUTDOWN, 3600 1, value",
    "SHUTDOWN NOW FORCE, 3600 1, value",
    "SHUTDOWN NOSAVE, 3600 1, nil",
    "shutdown nosave now force, 3600 1, nil",
    "SHUTDOWN, '', nil",
    "SHUTDOWN SAVE, '', value",
    "SHUTDOWN SAVE NOW, '', value"
  })
  void theOptionsSayWhetherASnapshotIsWritten(String command, String savePoints, String kept)
      throws Exception {
    Gateway gateway = start("--save", savePoints);
    try (Words wire = new Words(gateway)) {
      wire.call("SET key value");
      ends(gateway, wire, command);
    }
    assertThat(keyAfterRestart()).isEqualTo(kept);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"SHUTDOWN", "SHUTDOWN SAVE", "SHUTDOWN NOW", "SHUTDOWN SAVE NOW", "signal"})
  void aSnapshotThatFailsKeepsTheGatewayServing(String command) throws Exception {
    Gateway gateway = start("--save", "3600 1");
    try (Words wire = new Words(gateway)) {
      wire.call("SET key value");
      disk.begin(Fault.FULL);
      if (command.equals("signal")) {
        gateway.stop(Directive.SHUTDOWN_ON_SIGTERM);
      } else {
        assertThat(wire.call(command)).isEqualTo(FAILED);
      }
      assertThat(wire.call("GET key")).isEqualTo("value");
      try (Words another = new Words(gateway)) {
        assertThat(another.call("ECHO served")).isEqualTo("served");
      }
      disk.end(Fault.FULL);
      ends(gateway, wire, "SHUTDOWN");
    }
    assertThat(keyAfterRestart()).isEqualTo("value");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHUTDOWN FORCE", "SHUTDOWN SAVE FORCE", "SHUTDOWN NOSAVE"})
  void forceEndsItAllTheSame(String command) throws Exception {
    Gateway gateway = start("--save", "3600 1");
    try (Words wire = new Words(gateway)) {
      wire.call("SET key value");
      disk.begin(Fault.FULL);
      ends(gateway, wire, command);
    }
  }

  @ParameterizedTest
  @CsvSource({"default, value", "nosave, nil", "force now, value", "save, value"})
  void aSignalStandsForTheOptionsOfItsDirective(String options, String kept) throws Exception {
    Gateway gateway = start("--save", "3600 1", "--shutdown-on-sigint", options);
    try (Words wire = new Words(gateway)) {
      wire.call("SET key value");
    }
    gateway.stop(Directive.SHUTDOWN_ON_SIGINT);
    gateway.awaitStop();
    assertThat(keyAfterRestart()).isEqualTo(kept);
  }

  @Test
  void whatIsDoneDuringASnapshotIsInTheOneThatIsWrittenAtTheEnd() throws Exception {
    Gateway gateway = start("--save", "3600 1", "--rdb-key-save-delay", "100000000");
    int admin = gateway.ports().admin();
    Thread stop;
    try (Words wire = new Words(gateway)) {
      wire.call("SET early value");
      assertThat(wire.call("BGSAVE")).isEqualTo("Background saving started");
      Rewrites.until(
          "the walk",
          () -> wire.call("INFO persistence").contains("current_save_keys_processed:1\r\n"));
      wire.call("SET key value");
      stop = Thread.ofPlatform().start(gateway::close);
    }
    Rewrites.until("the end of all that is served", () -> !accepts(admin));
    gateway.server().live().set(Directive.RDB_KEY_SAVE_DELAY, "0");
    stop.join();
    assertThat(keyAfterRestart()).isEqualTo("value");
  }

  private static boolean accepts(int port) {
    try (Wire _ = Wire.to(port)) {
      return true;
    } catch (UncheckedIOException refused) {
      return false;
    }
  }

  @Test
  void wrongOptionsAreRefusedAsRedisDoes() throws Exception {
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      for (String wrong :
          List.of("SAVE NOSAVE", "ABORT NOW", "ABORT SAVE", "FORCE ABORT", "LATER", "NOW 1")) {
        assertThat(wire.call("SHUTDOWN " + wrong)).isEqualTo("ERR syntax error");
      }
      assertThat(wire.call("SHUTDOWN ABORT")).isEqualTo("ERR No shutdown in progress.");
      assertThat(wire.call("SHUTDOWN ABORT ABORT")).isEqualTo("ERR No shutdown in progress.");
      String set = "CONFIG SET shutdown-on-sigterm ";
      String refused =
          "ERR CONFIG SET failed (possibly related to argument 'shutdown-on-sigterm') - ";
      assertThat(wire.call(set + "later"))
          .isEqualTo(
              refused
                  + "argument(s) must be one of the following: default, save, nosave, now, force");
      assertThat(wire.call(set + "SAVE")).isEqualTo("OK");
      assertThat(wire.call("CONFIG GET shutdown-on-sig*"))
          .contains("shutdown-on-sigterm save", "shutdown-on-sigint default");
    }
  }

  @Test
  void replicasThatLagHaveTheirTimeUnlessItIsAborted() throws Exception {
    Gateway gateway = start("--save", "", "--shutdown-timeout", "1000");
    try (Words wire = new Words(gateway);
        Words other = new Words(gateway);
        Wire replica = Wire.to(gateway.ports().redis())) {
      assertThat(replica.send("PSYNC ? -1\r\n").line()).startsWith("+FULLRESYNC ");
      String _ = replica.snapshot();
      while (!other.call("INFO replication").contains("state=online")) {
        Thread.sleep(1);
      }
      wire.call("SET key value");
      CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> wire.call("SHUTDOWN"));
      String abort = other.call("SHUTDOWN ABORT");
      while (!abort.equals("OK")) {
        assertThat(abort).isEqualTo("ERR No shutdown in progress.");
        abort = other.call("SHUTDOWN ABORT");
      }
      assertThat(answer.join()).isEqualTo(FAILED);
      assertThat(wire.call("GET key")).isEqualTo("value");
      assertThat(other.call("CONFIG SET shutdown-timeout 10")).isEqualTo("OK");
      assertThatThrownBy(() -> wire.call("SHUTDOWN NOW"))
          .isInstanceOf(JedisConnectionException.class);
    }
    gateway.awaitStop();
  }
}
