package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A blue/green switch with the clients that an application really has. */
class BlueGreenTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theSwitchIsARoutine(int loops) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            event-loops: %d
            operator: {username: operator, password: of-operator}
            tenants:
              librechat:
                secret: of-librechat
                shared: [OPENID_SESSION]
            """
                .formatted(loops));
    NodeProject project = NodeProject.install();
    try (Gateway gateway =
        Gateway.startOnFreePorts(
            Settings.load(
                List.of(
                    file.toString(),
                    "--bind",
                    "127.0.0.1",
                    "--dir",
                    folder.resolve("data").toString()),
                Map.of()))) {
      NodeProject.Outcome outcome =
          project.run(
              "blue-green.mjs",
              List.of(),
              Map.of("KEYWARD_ADDRESS", "127.0.0.1:" + gateway.ports().redis()));
      assertThat(outcome.exitCode()).as(outcome.standardError()).isZero();
      JsonObject told = new JsonObject(outcome.standardOutput());
      assertThat(told.getLong("acknowledged")).isPositive();
      assertThat(told.getLong("cached")).isPositive();
      assertThat(gateway.lifecycle().aliases())
          .containsExactly(Map.entry("librechat", "librechat.green"));
    }
  }
}
