package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.gateway.Gateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The operator's view of channels, with deployments on the operator's event loop and on another.
 */
class OperatorChannelsTest {
  private static final int DEPLOYMENTS = 3;

  @TempDir Path folder;
  private Gateway gateway;
  private final List<Wire> open = new ArrayList<>();
  private int here = -1;
  private int elsewhere = -1;

  @BeforeEach
  void start() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            event-loops: 2
            namespaces: [stream]
            operator: {username: operator, password: operator}
            tenants:
              a: {deployments: {d0: {password: p}}}
              b: {deployments: {d1: {password: p}}}
              c: {deployments: {d2: {password: p}}}
              lib: {secret: s, shared: [stream]}
            """);
    gateway = Gateways.startWith(Map.of(), file.toString());
    for (int i = 0; i < DEPLOYMENTS; i++) {
      BuiltinKeyspace keyspace = gateway.server().engine().find("d" + i);
      boolean own = keyspace.loop().equals(gateway.server().operatorKeyspace().loop());
      here = own ? i : here;
      elsewhere = own ? elsewhere : i;
    }
    assertThat(List.of(here, elsewhere)).doesNotContain(-1);
  }

  @AfterEach
  void stop() {
    open.forEach(Wire::close);
    gateway.close();
  }

  private Wire as(String login, String password) {
    Wire wire = Wire.to(gateway.ports().redis());
    open.add(wire);
    assertThat(wire.ask("AUTH " + login + " " + password)).isEqualTo("+OK");
    return wire;
  }

  private Wire operator() {
    return as("operator", "operator");
  }

  private Wire deployment(int number) {
    return as("d" + number, "p");
  }

  /** A reply, its elements between blanks. */
  private static String read(Wire wire, String first) {
    char kind = first.charAt(0);
    if (kind == '$') {
      return first.equals("$-1") ? "nil" : wire.line();
    }
    if (kind != '*') {
      return first.substring(1);
    }
    List<String> parts = new ArrayList<>();
    for (int i = Integer.parseInt(first.substring(1)); i > 0; i--) {
      parts.add(read(wire, wire.line()));
    }
    return String.join(" ", parts);
  }

  private static String ask(Wire wire, String command) {
    return read(wire, wire.ask(command));
  }

  private static String next(Wire wire) {
    return read(wire, wire.line());
  }

  @Test
  void theOperatorHearsEveryDeploymentUnderItsPrefixWithoutBeingCounted() {
    Wire listener = operator();
    Wire byPattern = operator();
    assertThat(ask(byPattern, "PSUBSCRIBE d*::new*")).isEqualTo("psubscribe d*::new* 1");
    for (int i : List.of(here, elsewhere)) {
      Wire deployment = deployment(i);
      ask(listener, "SUBSCRIBE d" + i + "::news");
      assertThat(ask(deployment, "PUBLISH news hello" + i)).isEqualTo("0");
      assertThat(next(listener)).isEqualTo("message d" + i + "::news hello" + i);
      assertThat(next(byPattern)).isEqualTo("pmessage d*::new* d" + i + "::news hello" + i);
      assertThat(ask(deployment, "PUBSUB NUMSUB news")).isEqualTo("news 0");
      assertThat(ask(deployment, "PUBSUB NUMPAT")).isEqualTo("0");
      assertThat(ask(deployment, "PUBSUB CHANNELS")).isEmpty();
      ask(listener, "SSUBSCRIBE d" + i + "::shard");
      assertThat(ask(deployment, "SPUBLISH shard x")).isEqualTo("0");
      assertThat(next(listener)).isEqualTo("smessage d" + i + "::shard x");
    }
    ask(byPattern, "PUNSUBSCRIBE");
    assertThat(ask(deployment(here), "PUBLISH news last")).isEqualTo("0");
    assertThat(next(listener)).isEqualTo("message d" + here + "::news last");
    assertThat(ask(byPattern, "PING")).isEqualTo("PONG");
  }

  @Test
  void whatTheOperatorPublishesReachesThatDeploymentAlone() {
    Wire operator = operator();
    Wire listener = operator();
    ask(listener, "SUBSCRIBE d" + here + "::c");
    ask(listener, "SUBSCRIBE d" + elsewhere + "::c");
    for (int i : List.of(here, elsewhere)) {
      Wire inside = deployment(i);
      Wire other = deployment(i == here ? elsewhere : here);
      ask(inside, "SUBSCRIBE c");
      ask(other, "SUBSCRIBE c");
      assertThat(ask(operator, "PUBLISH d" + i + "::c x")).isEqualTo("2");
      assertThat(next(inside)).isEqualTo("message c x");
      assertThat(next(listener)).isEqualTo("message d" + i + "::c x");
      assertThat(ask(other, "PING")).isEqualTo("pong ");
      ask(inside, "UNSUBSCRIBE");
      ask(other, "UNSUBSCRIBE");
    }
    assertThat(ask(operator, "PUBLISH nobody x")).isEqualTo("0");
  }

  @Test
  void channelsAndListenersOfAllAreToldByTheirFullNames() {
    Wire operator = operator();
    ask(deployment(here), "SUBSCRIBE one");
    ask(deployment(elsewhere), "SUBSCRIBE one");
    ask(deployment(elsewhere), "PSUBSCRIBE p*");
    ask(operator(), "SUBSCRIBE d" + here + "::one");
    assertThat(ask(operator, "PUBSUB CHANNELS").split(" "))
        .containsExactlyInAnyOrder("d" + here + "::one", "d" + elsewhere + "::one");
    assertThat(ask(operator, "PUBSUB CHANNELS d" + elsewhere + "::*"))
        .isEqualTo("d" + elsewhere + "::one");
    assertThat(ask(operator, "PUBSUB NUMSUB d" + here + "::one d" + elsewhere + "::one one"))
        .isEqualTo("d" + here + "::one 2 d" + elsewhere + "::one 1 one 0");
    assertThat(ask(operator, "PUBSUB NUMPAT")).isEqualTo("1");
  }

  @Test
  void eventsOfKeysAreThoseOfOneServer() {
    Wire operator = operator();
    Wire listener = operator();
    ask(operator, "CONFIG SET notify-keyspace-events KEA");
    ask(listener, "PSUBSCRIBE __key*");
    for (int i : List.of(here, elsewhere)) {
      ask(deployment(i), "LPUSH k v");
      String key = "d" + i + "::k";
      assertThat(next(listener)).isEqualTo("pmessage __key* __keyspace@0__:" + key + " lpush");
      assertThat(next(listener)).isEqualTo("pmessage __key* __keyevent@0__:lpush " + key);
    }
  }

  @Test
  void aSharedChannelAndASharedKeyAreOne() {
    Wire operator = operator();
    Wire listener = operator();
    Wire blue = as("lib.blue", "s");
    Wire green = as("lib.green", "s");
    ask(operator, "CONFIG SET notify-keyspace-events KA");
    ask(listener, "PSUBSCRIBE *");
    ask(green, "SUBSCRIBE stream:1");
    assertThat(ask(blue, "PUBLISH stream:1 x")).isEqualTo("1");
    assertThat(next(listener)).isEqualTo("pmessage * lib~shared::stream:1 x");
    assertThat(next(green)).isEqualTo("message stream:1 x");
    assertThat(ask(operator, "PUBLISH lib~shared::stream:1 y")).isEqualTo("2");
    assertThat(next(green)).isEqualTo("message stream:1 y");
    assertThat(next(listener)).isEqualTo("pmessage * lib~shared::stream:1 y");
    ask(blue, "LPUSH stream:k v");
    assertThat(next(listener)).isEqualTo("pmessage * __keyspace@0__:lib~shared::stream:k lpush");
    ask(blue, "LPUSH other v");
    assertThat(next(listener)).isEqualTo("pmessage * __keyspace@0__:lib.blue::other lpush");
  }
}
