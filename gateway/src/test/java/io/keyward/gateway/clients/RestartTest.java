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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * AI answers stream through a gateway process that is stopped, killed and started again, while
 * three instances of the application come and go, readers move between them and are cut off; every
 * reader's sequence is checked exactly. {@code loadtest/soak} does the same for as long as asked.
 */
class RestartTest {
  @TempDir private static Path folder;

  private static final ExecutorService soaks = Executors.newVirtualThreadPerTaskExecutor();
  private static Future<Outcome> always;
  private static Future<Outcome> everySecond;
  private static Future<Outcome> blueToGreen;

  /** All at once, since they mostly wait. */
  @BeforeAll
  static void start() throws IOException {
    NodeProject project = NodeProject.install();
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
    always = soak(project, List.of("--fsync", "always", "--kill", "SIGTERM,SIGKILL"), List.of());
    everySecond =
        soak(project, List.of("--fsync", "everysec", "--kill", "SIGTERM,SIGKILL"), List.of());
    blueToGreen =
        soak(
            project,
            List.of("--fsync", "everysec", "--logins", "blue:of-blue,green:of-green"),
            List.of(file.toString()));
  }

  @AfterAll
  static void end() {
    soaks.close();
  }

  @Test
  void noTokenIsLostOrComesTwiceWhenTheGatewayIsStoppedAndKilled() throws Exception {
    assertDisturbedAndWhole(always.get());
  }

  @Test
  void norWithAnFsyncOnceASecond() throws Exception {
    assertDisturbedAndWhole(everySecond.get());
  }

  private static void assertDisturbedAndWhole(Outcome outcome) {
    assertWhole(outcome);
    assertThat(outcome.standardOutput())
        .containsPattern("SIGTERM: [1-9]\\d* times")
        .containsPattern("SIGKILL: [1-9]\\d* times");
  }

  @Test
  void anAnswerGoesOnWhenTheApplicationMovesFromBlueToGreen() throws Exception {
    assertWhole(blueToGreen.get());
  }

  private static void assertWhole(Outcome outcome) {
    assertThat(outcome.standardOutput())
        .as(outcome.standardError())
        .endsWith("every reader saw every token once, in order\n");
    assertThat(outcome.exitCode()).isZero();
  }

  private static Future<Outcome> soak(
      NodeProject project, List<String> options, List<String> ofGateway) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--minutes", "0.05", "--streams", "6", "--port", Integer.toString(Ports.free())));
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
    Map<String, String> environment =
        Map.of(
            "KEYWARD_ADMIN_PORT",
            "0",
            "TMPDIR",
            Files.createDirectories(Path.of(DataFolders.fresh())).toString());
    return soaks.submit(() -> project.run("soak.mjs", arguments, environment));
  }
}
