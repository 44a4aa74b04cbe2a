package io.keyward.gateway.clients;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.keyward.gateway.fixture.GatewayExtension;
import io.keyward.gateway.fixture.RunningGateway;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * ioredis, node-redis and what is built on them (Keyv, connect-redis, BullMQ, rate-limit-redis)
 * drive the gateway: every test of the Node project appears here as a test of its own.
 */
@ExtendWith(GatewayExtension.class)
class NodeClientsTest {
  @TestFactory
  List<DynamicNode> files(RunningGateway gateway) throws IOException {
    NodeProject project = NodeProject.install();
    Map<String, String> environment =
        Map.ofEntries(
            entry("KEYWARD_URL", gateway.open().url()),
            entry("KEYWARD_ADMIN_URL", gateway.adminUrl()),
            entry("KEYWARD_TLS_URL", gateway.open().tlsUrl()),
            entry("KEYWARD_CA", gateway.open().certificate().toString()),
            entry("KEYWARD_SOCKET", gateway.open().socket().toString()),
            entry("KEYWARD_LOGIN_URL", gateway.guarded().url()),
            entry("KEYWARD_CLUSTER_URL", gateway.clustered().url()),
            entry("KEYWARD_CLUSTER_TLS_URL", gateway.clustered().tlsUrl()),
            entry("KEYWARD_README", NodeProject.top().resolve("README.md").toString()),
            entry("KEYWARD_BLUE_URL", gateway.deployment("blue").url()),
            entry("KEYWARD_BLUE_TLS_URL", gateway.deployment("blue").tlsUrl()),
            entry("KEYWARD_GREEN_URL", gateway.deployment("green").url()),
            entry("KEYWARD_REVISION_URL", gateway.deployment("librechat.rev7").url()));
    List<DynamicNode> files = new ArrayList<>();
    for (Path file : project.testFiles()) {
      // The file runs when JUnit comes to it, and is over before its tests are reported.
      Stream<DynamicNode> tests =
          Stream.of(file).flatMap(each -> tests(project.run(each, environment)));
      files.add(dynamicContainer(file.getFileName().toString(), tests));
    }
    assertThat(files).as("test files in the Node project").isNotEmpty();
    return files;
  }

  private static Stream<DynamicNode> tests(NodeProject.Outcome outcome) {
    List<JsonObject> reports = outcome.standardOutput().lines().map(JsonObject::new).toList();
    boolean failed = reports.stream().anyMatch(report -> report.getString("failure") != null);
    Stream<DynamicNode> tests = reports.stream().map(report -> test(report, outcome));
    DynamicNode end =
        dynamicTest(
            "ends well",
            () -> {
              assertThat(reports).as("tests that ran: %s", outcome.standardError()).isNotEmpty();
              assertThat(outcome.exitCode() == 0 || failed)
                  .as("exit code %d: %s", outcome.exitCode(), outcome.standardError())
                  .isTrue();
            });
    return Stream.concat(tests, Stream.of(end));
  }

  private static DynamicNode test(JsonObject report, NodeProject.Outcome outcome) {
    return dynamicTest(
        report.getString("name"),
        () -> {
          assertThat(report.getBoolean("ran")).as("was run, not skipped").isTrue();
          String failure = report.getString("failure");
          if (failure != null) {
            fail(failure + "\n" + outcome.standardError());
          }
        });
  }
}
