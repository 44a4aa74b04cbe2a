package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Settings;
import io.keyward.engine.builtin.Home;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.DataFolders;
import io.keyward.gateway.server.FailingDisk.Fault;
import io.keyward.tenancy.Deployment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With {@code appendfsync always} nothing is acknowledged before the disk has it. */
class AcknowledgementTest {
  private final FailingDisk disk = new FailingDisk();

  @AfterEach
  void release() {
    disk.releaseForces();
  }

  private Gateway start(int loops) throws Exception {
    Path data = Path.of(DataFolders.fresh());
    Path file =
        Files.writeString(
            Files.createDirectories(data).resolve("keyward.yaml"),
            """
            tenants:
              shop:
                deployments:
                  one: {prefix: one, password: of-one}
                  other: {prefix: other, password: of-other}
                  third: {prefix: third, password: of-third}
                  memory: {prefix: memory, password: of-memory, durability: memory}
            """);
    List<String> all =
        List.of(
            file.toString(),
            "--event-loops",
            Integer.toString(loops),
            "--bind",
            "127.0.0.1",
            "--appendfsync",
            "always",
            "--save",
            "",
            "--dir",
            data.toString());
    return Gateway.startOnFreePorts(Settings.load(all, Map.of()), disk);
  }

  private static Wire logIn(Gateway gateway, String user) {
    Wire wire = Wire.to(gateway.ports().redis());
    assertThat(wire.ask("AUTH " + user + " of-" + user)).isEqualTo("+OK");
    return wire;
  }

  /** Lets what the loops have under way come to its end; these are in no log. */
  private static void settle(List<Wire> others) {
    for (int i = 0; i < 20; i++) {
      for (Wire other : others) {
        assertThat(other.ask("PING")).isEqualTo("+PONG");
      }
    }
  }

  /** Lets requests take so little that two of them are executed in one turn. */
  private static void warmUp(Wire wire) {
    for (int i = 0; i < 500; i++) {
      wire.send("SET key 1\r\nECHO 1\r\n");
      assertThat(wire.read(12)).isEqualTo("+OK\r\n$1\r\n1\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"other", "third", "memory"})
  void whoLogsInElsewhereIsNotToldOfAWriteThatTheDiskHasNot(String elsewhere) throws Exception {
    try (Gateway gateway = start(2);
        Wire wire = logIn(gateway, "one");
        Wire there = logIn(gateway, elsewhere);
        Wire memory = logIn(gateway, "memory")) {
      warmUp(wire);
      disk.holdForcesAfter(0);
      wire.send("SET key 1\r\nAUTH " + elsewhere + " of-" + elsewhere + "\r\n");
      disk.awaitHeldForce();
      settle(List.of(memory, there));
      disk.begin(Fault.FORCE);
      disk.releaseForces();
      assertThat(wire.readToEnd()).isEmpty();
      disk.end(Fault.FORCE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"other", "third", "memory"})
  void whoLogsInElsewhereGetsAllRepliesInTheirOrder(String elsewhere) throws Exception {
    try (Gateway gateway = start(2);
        Wire wire = logIn(gateway, "one");
        Wire memory = logIn(gateway, "memory")) {
      for (int i = 1; i <= 50; i++) {
        disk.holdForcesAfter(0);
        String login = "AUTH " + elsewhere + " of-" + elsewhere + "\r\n";
        wire.send("INCR n\r\n" + login + "INCR n\r\nAUTH one of-one\r\nECHO last\r\n");
        disk.awaitHeldForce();
        settle(List.of(memory));
        disk.releaseForces();
        assertThat(wire.line()).isEqualTo(":" + i);
        assertThat(wire.line()).isEqualTo("+OK");
        assertThat(wire.line()).isEqualTo(":" + i);
        assertThat(wire.line()).isEqualTo("+OK");
        assertThat(wire.line()).isEqualTo("$4");
        assertThat(wire.line()).isEqualTo("last");
      }
    }
  }

  /** Whether the loop takes no more requests, when what it has under way has come to its end. */
  private static boolean crowded(Gateway gateway) throws Exception {
    Home home = gateway.server().homes().getFirst();
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    for (int i = 0; i < 20; i++) {
      CompletableFuture<Boolean> passed = new CompletableFuture<>();
      home.loop().execute(() -> passed.complete(home.effects().gate().crowded()));
      answer = passed;
      boolean _ = passed.get();
    }
    return answer.get();
  }

  /** Its reply may leave when the disk has what it tells of, the next request has to wait. */
  @Test
  void whoIsAnsweredWhileTooMuchWaitsToBeWrittenGoesOnWhenThereIsRoom() throws Exception {
    String value = "v".repeat(200_000);
    String fill = "for i = 1, 40 do redis.call('set', 'k', string.rep('x', 200000)) end";
    String eval = "*3\r\n$4\r\nEVAL\r\n$" + fill.length() + "\r\n" + fill + "\r\n$1\r\n0\r\n";
    List<Wire> writers = new ArrayList<>();
    try (Gateway gateway = start(1);
        Wire wire = logIn(gateway, "one")) {
      for (int i = 0; i < 12; i++) {
        writers.add(logIn(gateway, "other"));
      }
      try {
        disk.holdForcesAfter(0);
        wire.send("SET key 1\r\n*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$200000\r\n");
        wire.send(value.substring(0, 150_000));
        disk.awaitHeldForce();
        writers.forEach(writer -> writer.send(eval));
        while (!crowded(gateway)) {
          Thread.onSpinWait();
        }
        disk.holdForcesAfter(1);
        assertThat(wire.line()).isEqualTo("+OK");
        disk.awaitHeldForce();
        assertThat(crowded(gateway)).isTrue();
      } finally {
        disk.releaseForces();
      }
      wire.send(value.substring(150_000) + "\r\n");
      assertThat(wire.line()).isEqualTo("+OK");
    } finally {
      writers.forEach(Wire::close);
    }
  }

  @Test
  void whoLeavesOnTheWayGivesItsPlaceBack() throws Exception {
    try (Gateway gateway = start(2);
        Wire memory = logIn(gateway, "memory")) {
      try (Wire wire = logIn(gateway, "one")) {
        disk.holdForcesAfter(0);
        wire.send("SET key 1\r\nAUTH other of-other\r\n");
        disk.awaitHeldForce();
        settle(List.of(memory));
      }
      disk.releaseForces();
      while (connections(gateway, "one") + connections(gateway, "other") > 0) {
        Thread.onSpinWait();
      }
    }
  }

  private static int connections(Gateway gateway, String prefix) {
    return gateway.server().tenancy().deployments().stream()
        .filter(one -> one.prefix().equals(prefix))
        .mapToInt(Deployment::connections)
        .sum();
  }

  @Test
  void whatABlockedClientGetsWaitsForTheDiskThoughItsFormerReplyNeedNot() throws Exception {
    try (Gateway gateway = start(1);
        Wire wire = logIn(gateway, "one");
        Wire pushing = logIn(gateway, "one");
        Wire memory = logIn(gateway, "memory")) {
      warmUp(wire);
      disk.holdForcesAfter(0);
      wire.send("SET key 1\r\nBLMOVE from to LEFT LEFT 0\r\n");
      disk.awaitHeldForce();
      pushing.send("RPUSH from element\r\n");
      settle(List.of(memory));
      disk.holdForcesAfter(1);
      disk.awaitHeldForce();
      settle(List.of(memory));
      disk.begin(Fault.FORCE);
      disk.releaseForces();
      assertThat(wire.readToEnd()).doesNotContain("element");
      assertThat(pushing.readToEnd()).isEmpty();
      disk.end(Fault.FORCE);
    }
  }

  @Test
  void whatABlockedClientGetsComesWhenTheDiskHasIt() throws Exception {
    try (Gateway gateway = start(1);
        Wire wire = logIn(gateway, "one");
        Wire pushing = logIn(gateway, "one");
        Wire memory = logIn(gateway, "memory")) {
      for (int i = 0; i < 50; i++) {
        disk.holdForcesAfter(0);
        wire.send("SET key 1\r\nBLMOVE from to LEFT LEFT 0\r\nECHO last\r\n");
        disk.awaitHeldForce();
        pushing.send("RPUSH from element\r\n");
        settle(List.of(memory));
        disk.releaseForces();
        String expected = "+OK\r\n$7\r\nelement\r\n$4\r\nlast\r\n";
        assertThat(wire.read(expected.length())).isEqualTo(expected);
        assertThat(pushing.line()).isEqualTo(":1");
      }
    }
  }
}
