package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Twenty places: two for strangers, eighteen for deployments, ten for one tenant at most. */
class DoorwayTest {
  private static final String FULL = "-ERR max number of clients reached";

  @TempDir Path folder;
  private final List<Wire> open = new ArrayList<>();
  private Gateway gateway;

  @BeforeEach
  void start() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            event-loops: 1
            directives: {maxclients: 20}
            operator: {password: of-operator}
            tenants:
              noisy: {deployments: {noisy: {password: a}, second: {password: b}}}
              quiet: {deployments: {quiet: {password: c}}}
              large: {limits: {connections: 15}, deployments: {large: {password: d}}}
            """);
    gateway = Gateways.startWith(Map.of(), file.toString());
  }

  @AfterEach
  void stop() {
    open.forEach(Wire::close);
    gateway.close();
  }

  private Wire connect() {
    Wire wire = Wire.to(gateway.ports().redis());
    open.add(wire);
    return wire;
  }

  private String logIn(String user, String password) {
    return connect().ask("AUTH " + user + " " + password);
  }

  @Test
  void whoDoesNotLogInGivesWayToWhoComesLater() {
    Wire first = connect();
    assertThat(first.ask("PING")).startsWith("-NOAUTH");
    for (int i = 0; i < 100; i++) {
      connect();
    }
    assertThat(first.readToEnd()).isEmpty();
    assertThat(logIn("quiet", "c")).isEqualTo("+OK");
    assertThat(logIn("operator", "of-operator")).isEqualTo("+OK");
    assertThat(gateway.server().doorway().strangers()).isLessThanOrEqualTo(2);
  }

  @Test
  void noTenantTakesAllPlacesAndTheOperatorAlwaysFindsOne() {
    for (int i = 0; i < 5; i++) {
      assertThat(logIn("noisy", "a")).isEqualTo("+OK");
      assertThat(logIn("second", "b")).isEqualTo("+OK");
    }
    assertThat(logIn("noisy", "a")).isEqualTo(FULL);
    for (int i = 0; i < 8; i++) {
      assertThat(logIn("quiet", "c")).isEqualTo("+OK");
    }
    assertThat(logIn("quiet", "c")).isEqualTo(FULL);
    assertThat(logIn("operator", "of-operator")).isEqualTo("+OK");
    open.getFirst().close();
    while (!logIn("quiet", "c").equals("+OK")) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aTenantMayHaveMoreIfTheFileSaysSo() {
    for (int i = 0; i < 15; i++) {
      assertThat(logIn("large", "d")).isEqualTo("+OK");
    }
    assertThat(logIn("large", "d")).isEqualTo(FULL);
  }
}
