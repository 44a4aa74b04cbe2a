package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.config.ConfigurationException;
import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator's functions and scripts reach all event loops, and the functions a restart. */
class OperatorFunctionsTest {
  private static final String LIBRARY =
      "#!lua name=l\n"
          + "redis.register_function('f', function(keys) return redis.call('INCR', keys[1]) end)";

  @TempDir Path folder;
  private Gateway gateway;

  @BeforeEach
  void start() throws IOException {
    Files.writeString(
        folder.resolve("keyward.yaml"),
        """
        event-loops: 2
        operator: {username: operator, password: operator}
        tenants:
          a: {deployments: {d0: {password: p}}}
          b: {deployments: {d1: {password: p}}}
        """);
    gateway = Gateways.startWith(Map.of(), arguments());
    assertThat(gateway.server().engine().find("d0").loop())
        .isNotEqualTo(gateway.server().engine().find("d1").loop());
  }

  private String[] arguments() {
    return new String[] {
      folder.resolve("keyward.yaml").toString(), "--dir", folder.resolve("data").toString()
    };
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private Wire operator() {
    Wire wire = Wire.to(gateway.ports().redis());
    assertThat(wire.ask("AUTH operator operator")).isEqualTo("+OK");
    return wire;
  }

  private static String send(Wire wire, String... words) {
    StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
    }
    return wire.send(text.toString()).line();
  }

  @Test
  void functionsAreKeptOverARestart() {
    try (Wire operator = operator()) {
      assertThat(send(operator, "FUNCTION", "LOAD", LIBRARY)).isEqualTo("$1");
      assertThat(operator.line()).isEqualTo("l");
      for (String key : List.of("d0::n", "d1::n")) {
        assertThat(operator.ask("FCALL f 1 " + key)).isEqualTo(":1");
      }
    }
    gateway.close();
    gateway = Gateways.startWith(Map.of(), arguments());
    try (Wire operator = operator()) {
      for (String key : List.of("d0::n", "d1::n")) {
        assertThat(operator.ask("FCALL f 1 " + key)).isEqualTo(":2");
      }
      assertThat(operator.ask("FUNCTION DELETE l")).isEqualTo("+OK");
      assertThat(operator.ask("FCALL f 1 d0::n")).startsWith("-ERR Function not found");
      assertThat(operator.ask("FCALL f 1 d1::n")).startsWith("-ERR Function not found");
    }
    gateway.close();
    gateway = Gateways.startWith(Map.of(), arguments());
    try (Wire operator = operator();
        Wire deployment = Wire.to(gateway.ports().redis())) {
      assertThat(operator.ask("FUNCTION LIST")).isEqualTo("*0");
      assertThat(deployment.ask("AUTH d0 p")).isEqualTo("+OK");
      assertThat(deployment.ask("FUNCTION LIST")).isEqualTo("*0");
    }
  }

  @Test
  void aScriptIsKnownOnEveryLoop() {
    try (Wire operator = operator()) {
      assertThat(send(operator, "SCRIPT", "LOAD", "return redis.call('INCR', KEYS[1])"))
          .isEqualTo("$40");
      String digest = operator.line();
      for (String key : List.of("d0::n", "d1::n")) {
        assertThat(operator.ask("EVALSHA " + digest + " 1 " + key)).isEqualTo(":1");
      }
    }
  }

  @Test
  void aDamagedFileStopsTheStartAndIsNamed() throws IOException, ConfigurationException {
    gateway.close();
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.writeString(data.resolve(OperatorFunctions.NAME), "damaged");
    Settings settings = Settings.load(List.of(arguments()), Map.of());
    assertThatThrownBy(() -> Gateway.startOnFreePorts(settings))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(OperatorFunctions.NAME)
        .hasMessageContaining("Remedy: repair it, or delete it");
  }
}
