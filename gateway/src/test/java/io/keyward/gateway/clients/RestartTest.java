package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.clients.NodeProject.Outcome;
import io.keyward.gateway.fixture.DataFolders;
import io.keyward.gateway.fixture.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * AI answers stream through a gateway process that is stopped, killed and started again, while
 * three instances of the application come and go, readers move between them and are cut off; every
 * reader's sequence is checked exactly. {@code loadtest/soak} does the same for as long as asked.
 */
class RestartTest {
  private static NodeProject project;

  @TempDir Path folder;

  @BeforeAll
  static void install() throws IOException {
    project = NodeProject.install();
  }

  @ParameterizedTest
  @ValueSource(strings = {"always", "everysec"})
  void noTokenIsLostOrComesTwiceWhenTheGatewayIsStoppedAndKilled(String fsync) throws Exception {
    Outcome outcome = soak(List.of("--fsync", fsync, "--kill", "SIGTERM,SIGKILL"), List.of());
    assertThat(outcome.standardOutput())
        .as(outcome.standardError())
        .endsWith("every reader saw every token once, in order\n")
        .containsPattern("SIGTERM: [1-9]\\d* times")
        .containsPattern("SIGKILL: [1-9]\\d* times");
    assertThat(outcome.exitCode()).isZero();
  }

  @Test
  void anAnswerGoesOnWhenTheApplicationMovesFromBlueToGreen() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            namespaces: [stream]
            tenants:
              chat:
                shared: [stream]
                deployments:
                  blue: {password: of-blue}
                  green: {password: of-green}
            """);
    Outcome outcome =
        soak(
            List.of("--fsync", "everysec", "--logins", "blue:of-blue,green:of-green"),
            List.of(file.toString()));
    assertThat(outcome.standardOutput())
        .as(outcome.standardError())
        .endsWith("every reader saw every token once, in order\n");
    assertThat(outcome.exitCode()).isZero();
  }

  private static Outcome soak(List<String> options, List<String> ofGateway) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--minutes", "0.15", "--streams", "6", "--port", Integer.toString(Ports.free())));
    arguments.addAll(options);
    arguments.addAll(
        List.of(
            "--",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseCompactObjectHeaders",
            "--enable-native-access=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "io.keyward.gateway.Main"));
    arguments.addAll(ofGateway);
    return project.run(
        "soak.mjs",
        arguments,
        Map.of(
            "KEYWARD_ADMIN_PORT",
            "0",
            "TMPDIR",
            Files.createDirectories(Path.of(DataFolders.fresh())).toString()));
  }
}
