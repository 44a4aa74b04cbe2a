package io.keyward.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.gateway.fixture.DataFolders;
import io.keyward.gateway.fixture.GatewayProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a gateway as a process of its own writes to standard output. */
class LogsTest {
  private static List<String> outputOf(String format) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.keyward.gateway.Main",
                "--port",
                "0",
                "--unixsocket",
                DataFolders.fresh() + ".sock",
                "--admin-port",
                "0",
                "--dir",
                DataFolders.fresh(),
                "--log-format",
                format)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    CompletableFuture.delayedExecutor(60, TimeUnit.SECONDS).execute(process::destroyForcibly);
    // SIGTERM, once it says that it runs: the output ends with the process.
    StringBuilder output = new StringBuilder();
    try (var reader = process.inputReader(UTF_8)) {
      String line = reader.readLine();
      while (line != null) {
        output.append(line).append('\n');
        if (line.contains("deployments one")) {
          boolean _ = process.toHandle().destroy();
        }
        line = reader.readLine();
      }
    }
    return output.toString().lines().filter(line -> !line.isBlank()).toList();
  }

  @Test
  void everyLineIsJsonIfThatIsWanted() throws Exception {
    List<JsonObject> events = outputOf("json").stream().map(JsonObject::new).toList();
    assertThat(events)
        .allSatisfy(
            event -> {
              assertThat(event.getString("level")).isIn("INFO", "WARN");
              assertThat(Instant.parse(event.getString("time"))).isAfter(Instant.EPOCH);
              assertThat(event.getString("message")).isNotBlank().doesNotContain("{}");
            })
        .anySatisfy(
            event ->
                assertThat(event.getString("message"))
                    .contains("Started", "deployments", "one, without"));
  }

  @Test
  void aFileThatCannotBeOpenedStopsTheStart() {
    String folder = DataFolders.fresh();
    assertThatThrownBy(
            () ->
                GatewayProcess.start(
                        Path.of(folder), List.of(), Map.of(), "--logfile", "/dev/null/log")
                    .close())
        .hasMessageContaining("Keyward cannot start: logfile /dev/null/log cannot be opened.");
  }

  @Test
  void orTextForPeople() throws Exception {
    assertThat(outputOf("text")).anySatisfy(line -> assertThat(line).startsWith("  Keyward "));
  }
}
