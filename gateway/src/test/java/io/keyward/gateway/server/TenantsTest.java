package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.tenant.Secret;
import io.keyward.gateway.Gateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deployments of tenants, each of which is a server of its own to its clients. */
class TenantsTest {
  private static final String NOT_YET = "-NOAUTH Authentication required.";

  @TempDir Path folder;
  private Gateway gateway;

  @BeforeEach
  void start() throws IOException {
    gateway = start("");
  }

  private Gateway start(String further, String... deployments) throws IOException {
    String text =
        """
        event-loops: 2
        operator: {username: operator, password: "${OPERATOR_PASSWORD}"}
        tenants:
          librechat:
            secret: "${LIBRECHAT_SECRET}"
            max-deployments: 3
            deployments:
              blue:  {prefix: librechat-blue,  password: blue-secret, limits: {connections: 2}}
              green: {prefix: librechat-green, password: "%s"}
        """
            .formatted(Secret.hash("green-secret"));
    String more =
        Arrays.stream(deployments).map("      %s\n"::formatted).collect(Collectors.joining());
    Path file = Files.writeString(folder.resolve("keyward.yaml"), further + text + more);
    return Gateways.startWith(
        Map.of("OPERATOR_PASSWORD", "of-operator", "LIBRECHAT_SECRET", "of-librechat"),
        file.toString());
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private Wire connect() {
    return Wire.to(gateway.ports().redis());
  }

  private Wire logIn(String user, String password) {
    Wire wire = connect();
    assertThat(wire.ask("AUTH " + user + " " + password)).isEqualTo("+OK");
    return wire;
  }

  @Test
  void aLoginLeadsIntoTheDeploymentOfItsName() {
    try (Wire blue = logIn("blue", "blue-secret");
        Wire green = logIn("green", "green-secret");
        Wire again = logIn("green", "green-secret")) {
      assertThat(blue.ask("SET key blue")).isEqualTo("+OK");
      assertThat(green.ask("EXISTS key")).isEqualTo(":0");
      assertThat(green.ask("SET key green")).isEqualTo("+OK");
      assertThat(again.ask("GET key")).isEqualTo("$5");
      assertThat(again.line()).isEqualTo("green");
      assertThat(blue.ask("DBSIZE")).isEqualTo(":1");
      assertThat(blue.ask("FLUSHALL")).isEqualTo("+OK");
      assertThat(again.ask("DBSIZE")).isEqualTo(":1");
    }
  }

  @Test
  void aTenantsSecretCreatesADeploymentAtItsFirstLogin() {
    try (Wire first = logIn("librechat.app-00001-abc", "of-librechat");
        Wire second = logIn("librechat.app-00001-abc", "of-librechat");
        Wire other = logIn("librechat.app-00002.x", "of-librechat")) {
      assertThat(first.ask("SET key value")).isEqualTo("+OK");
      assertThat(second.ask("EXISTS key")).isEqualTo(":1");
      assertThat(other.ask("EXISTS key")).isEqualTo(":0");
    }
    assertThat(gateway.server().engine().find("librechat.app-00001-abc")).isNotNull();
  }

  @Test
  void theDefaultDeploymentIsNoneOfATenantWhoseLoginsCouldCreateItsPrefix() throws IOException {
    gateway.close();
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            prefix: rev-7
            tenants:
              shop: {secret: of-shop, prefix-template: "{deployment}", shared: [BANS]}
            """);
    gateway = Gateways.startWith(Map.of(), file.toString());
    try (Wire shop = logIn("shop.rev-8", "of-shop");
        Wire anybody = connect()) {
      assertThat(shop.ask("SET BANS:mallory 1")).isEqualTo("+OK");
      assertThat(anybody.ask("EXISTS BANS:mallory")).isEqualTo(":0");
      assertThat(shop.ask("AUTH shop.rev-7 of-shop"))
          .isEqualTo("-ERR the prefix of this deployment belongs to another one");
    }
  }

  @Test
  void theDeploymentsThatLoginsCreateAreBounded() {
    logIn("librechat.a", "of-librechat").close();
    logIn("librechat.b", "of-librechat").close();
    logIn("librechat.c", "of-librechat").close();
    try (Wire wire = connect()) {
      assertThat(wire.ask("AUTH librechat.d of-librechat"))
          .isEqualTo("-ERR the tenant has as many deployments as it may have");
      assertThat(wire.ask("AUTH librechat.d:e of-librechat"))
          .startsWith("-ERR invalid name of a deployment");
      assertThat(wire.ask("AUTH librechat.blue of-librechat")).isEqualTo("+OK");
    }
  }

  @Test
  void helloLogsInAndGreetsInTheChosenProtocol() {
    try (Wire wire = connect()) {
      wire.send("HELLO 3 AUTH blue blue-secret SETNAME app\r\n");
      assertThat(wire.line()).isEqualTo("%7");
      wire.send("CLIENT GETNAME\r\n");
      String line = wire.line();
      while (!line.equals("app")) {
        line = wire.line();
      }
    }
  }

  @RepeatedTest(4)
  void whatIsPipelinedBehindALoginIsExecutedWhereItLeads() {
    StringBuilder pipeline = new StringBuilder("AUTH blue blue-secret\r\n");
    for (int i = 0; i < 500; i++) {
      pipeline.append("INCR counter\r\n");
    }
    pipeline.append("AUTH green green-secret\r\n");
    for (int i = 0; i < 500; i++) {
      pipeline.append("INCR counter\r\n");
    }
    pipeline.append("AUTH blue blue-secret\r\nINCR counter\r\n");
    // Sockets at either loop, so that replies take every way from a home to a socket.
    try (Wire other = connect();
        Wire wire = connect()) {
      assertThat(other.ask("PING")).isEqualTo(NOT_YET);
      wire.send(pipeline.toString());
      assertThat(wire.line()).isEqualTo("+OK");
      for (int round = 0; round < 2; round++) {
        for (int i = 1; i <= 500; i++) {
          assertThat(wire.line()).isEqualTo(":" + i);
        }
        assertThat(wire.line()).isEqualTo("+OK");
      }
      assertThat(wire.line()).isEqualTo(":501");
    }
  }

  @Test
  void manyConnectionsFindTheirWayWhileTheyPipeline() {
    for (int i = 0; i < 60; i++) {
      String user = i % 2 == 0 ? "librechat.a" : "librechat.b";
      try (Wire wire = connect()) {
        wire.send("AUTH " + user + " of-librechat\r\nINCR mine\r\n");
        wire.send("AUTH librechat.c of-librechat\r\nINCR mine\r\nRESET\r\nPING\r\n");
        assertThat(wire.line()).isEqualTo("+OK");
        assertThat(wire.line()).isEqualTo(":" + (i / 2 + 1));
        assertThat(wire.line()).isEqualTo("+OK");
        assertThat(wire.line()).isEqualTo(":" + (i + 1));
        assertThat(wire.line()).isEqualTo("+RESET");
        assertThat(wire.line()).isEqualTo(NOT_YET);
      }
    }
  }

  @Test
  void aSecondLoginLeavesNothingBehind() {
    try (Wire wire = logIn("blue", "blue-secret");
        Wire blue = logIn("blue", "blue-secret")) {
      wire.send("HELLO 3\r\n");
      while (!wire.line().equals("modules")) {}
      assertThat(wire.line()).isEqualTo("*0");
      assertThat(wire.ask("WATCH key")).isEqualTo("+OK");
      assertThat(wire.ask("SUBSCRIBE news")).isEqualTo(">3");
      assertThat(wire.line() + wire.line() + wire.line() + wire.line() + wire.line())
          .isEqualTo("$9subscribe$4news:1");
      assertThat(blue.ask("PUBSUB NUMSUB news")).isEqualTo("*2");
      assertThat(blue.line() + blue.line() + blue.line()).isEqualTo("$4news:1");

      assertThat(wire.ask("AUTH green green-secret")).isEqualTo("+OK");

      assertThat(blue.ask("PUBLISH news hello")).isEqualTo(":0");
      assertThat(wire.ask("MULTI")).isEqualTo("+OK");
      assertThat(blue.ask("SET key other")).isEqualTo("+OK");
      assertThat(wire.ask("PING")).isEqualTo("+QUEUED");
      assertThat(wire.ask("AUTH blue blue-secret")).isEqualTo("+QUEUED");
      assertThat(wire.ask("EXEC")).isEqualTo("*2");
      assertThat(wire.line()).isEqualTo("+PONG");
      assertThat(wire.line())
          .isEqualTo("-ERR a login that leads elsewhere is not possible in a transaction");
    }
  }

  @Test
  void aDeploymentHasNoMoreConnectionsThanItsLimit() {
    try (Wire one = logIn("blue", "blue-secret");
        Wire two = logIn("blue", "blue-secret");
        Wire three = connect()) {
      assertThat(three.ask("AUTH blue blue-secret"))
          .isEqualTo("-ERR max number of clients reached");
      assertThat(one.ask("AUTH blue blue-secret")).isEqualTo("+OK");
      assertThat(one.ask("AUTH green green-secret")).isEqualTo("+OK");
      assertThat(three.ask("AUTH blue blue-secret")).isEqualTo("+OK");
      assertThat(two.ask("PING")).isEqualTo("+PONG");
    }
  }

  @Test
  void clientNumbersDoNotTellHowManyConnectElsewhere() {
    try (Wire blue = logIn("blue", "blue-secret");
        Wire green = logIn("green", "green-secret")) {
      assertThat(blue.ask("CLIENT ID")).isEqualTo(":1");
      assertThat(green.ask("CLIENT ID")).isEqualTo(":1");
    }
  }

  @Test
  void anOpenDefaultDeploymentStandsBesideTenants() throws Exception {
    gateway.close();
    gateway = start("prefix: main\n");
    try (Wire anybody = connect();
        Wire blue = logIn("blue", "blue-secret")) {
      assertThat(anybody.ask("SET key of-main")).isEqualTo("+OK");
      assertThat(blue.ask("EXISTS key")).isEqualTo(":0");
      assertThat(anybody.ask("AUTH blue blue-secret")).isEqualTo("+OK");
      assertThat(anybody.ask("EXISTS key")).isEqualTo(":0");
      assertThat(anybody.ask("RESET")).isEqualTo("+RESET");
      assertThat(anybody.ask("EXISTS key")).isEqualTo(":1");
      assertThat(gateway.lifecycle().info("main")).containsEntry("connections", 1L);
      assertThat(gateway.lifecycle().info("blue")).containsEntry("connections", 1L);
    }
  }

  @Test
  void aDeploymentThatIsFullGivesUpItsOwnKeysAlone() throws Exception {
    gateway.close();
    gateway =
        start(
            "directives: {maxmemory-policy: allkeys-lru}\n",
            "small: {password: of-small, limits: {memory: 200kb}}");
    try (Wire small = logIn("small", "of-small");
        Wire green = logIn("green", "green-secret")) {
      for (int i = 0; i < 1000; i++) {
        assertThat(green.ask("SET key" + i + " " + "g".repeat(100))).isEqualTo("+OK");
      }
      for (int i = 0; i < 5000; i++) {
        assertThat(small.ask("SET key" + i + " " + "s".repeat(100))).isEqualTo("+OK");
      }
      assertThat(green.ask("DBSIZE")).isEqualTo(":1000");
      int left = Integer.parseInt(small.ask("DBSIZE").substring(1));
      assertThat(left).isBetween(500, 2000);
      assertThat(small.ask("CONFIG SET maxmemory 0")).startsWith("-NOPERM");
    }
  }

  @Test
  void withoutEvictionADeploymentThatIsFullIsRefusedAlone() throws Exception {
    gateway.close();
    gateway = start("", "small: {password: of-small, limits: {memory: 100kb}}");
    try (Wire small = logIn("small", "of-small");
        Wire green = logIn("green", "green-secret")) {
      String answer = "";
      for (int i = 0; i < 5000 && !answer.startsWith("-"); i++) {
        answer = small.ask("SET key" + i + " " + "s".repeat(100));
      }
      assertThat(answer).isEqualTo("-OOM command not allowed when used memory > 'maxmemory'.");
      assertThat(small.ask("SET key s")).startsWith("-OOM");
      assertThat(green.ask("SET key g")).isEqualTo("+OK");
      assertThat(small.ask("FLUSHALL")).isEqualTo("+OK");
      assertThat(small.ask("SET key s")).isEqualTo("+OK");
    }
  }
}
