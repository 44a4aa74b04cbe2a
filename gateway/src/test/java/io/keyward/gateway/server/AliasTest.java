package io.keyward.gateway.server;

import static io.keyward.gateway.server.LibrechatGateway.TEST;
import static io.keyward.gateway.server.LibrechatGateway.awaitEnd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.gateway.deployment.DeploymentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins that lead to another deployment from one moment to the next. */
class AliasTest {
  @TempDir Path folder;
  private LibrechatGateway librechat;

  @BeforeEach
  void start() throws IOException {
    librechat = new LibrechatGateway(folder);
  }

  @AfterEach
  void stop() {
    librechat.close();
  }

  @Test
  void anAliasMovesInOneStepAndItsClientsConnectAnew() throws DeploymentException {
    librechat.lifecycle().promote(TEST, "live", "blue");
    try (Wire byAlias = librechat.logIn("live", "of-librechat");
        Wire byName = librechat.logIn("blue", "blue-secret");
        Wire operator = librechat.operator()) {
      assertThat(byAlias.ask("SET key blue")).isEqualTo("+OK");
      assertThat(operator.ask("DEPLOYMENT PROMOTE live green")).isEqualTo("*6");

      awaitEnd(byAlias);
      assertThat(byName.ask("GET key")).isEqualTo("$4");
    }
    try (Wire again = librechat.logIn("live", "of-librechat")) {
      assertThat(again.ask("GET key")).isEqualTo("$-1");
    }
    try (Wire withItsPassword = librechat.logIn("live", "green-secret")) {
      assertThat(withItsPassword.ask("GET key")).isEqualTo("$-1");
    }
    assertThat(librechat.lifecycle().aliases()).containsExactly(Map.entry("live", "green"));
    try (Wire operator = librechat.operator()) {
      for (String call : List.of("INFO live", "DRAIN live 0", "CLONE live blue", "DROP live")) {
        assertThat(operator.ask("DEPLOYMENT " + call))
            .isEqualTo("-ERR that is an alias, which leads to green. Remedy: name that one");
      }
    }
  }

  @Test
  void whoIsSentAwayGetsTheAnswersToWhatWasAsked() throws DeploymentException {
    librechat.lifecycle().promote(TEST, "live", "blue");
    try (Wire byAlias = librechat.logIn("live", "of-librechat")) {
      byAlias.send("INCR count\r\n".repeat(10_000));
      assertThat(byAlias.line()).isEqualTo(":1");
      librechat.lifecycle().promote(TEST, "live", "green");

      String rest = byAlias.readToEnd();
      List<String> answers = rest.lines().toList();
      int executed = answers.size() + 1;
      assertThat(answers.getLast()).isEqualTo(":" + executed);
      try (Wire blue = librechat.logIn("blue", "blue-secret")) {
        assertThat(blue.ask("INCR count"))
            .as("nothing was executed that was not answered")
            .isEqualTo(":" + (executed + 1));
      }
    }
  }

  @Test
  void anAliasLeadsToNoDeploymentThatIsNotThere() throws Exception {
    librechat.lifecycle().promote(TEST, "live", "blue");
    Path file = folder.resolve("keyward.yaml");
    String before = Files.readString(file);
    Files.writeString(file, before.replaceFirst(" *blue: .*\n", ""));
    assertThat(librechat.gateway().reload()).isEmpty();

    assertThat(librechat.refusal("live"))
        .isEqualTo("-ERR the deployment to which the alias led is not there");
    assertThat(librechat.listed()).doesNotContain("librechat.blue");

    Files.writeString(file, before);
    assertThat(librechat.gateway().reload()).isEmpty();
    try (Wire again = librechat.logIn("live", "of-librechat")) {
      assertThat(again.ask("PING")).isEqualTo("+PONG");
    }
  }

  @Test
  void anAliasTakesNoNameThatMeansSomething() {
    for (String name : List.of("blue", "operator", "default", "librechat.live", "no good")) {
      assertThatThrownBy(() -> librechat.lifecycle().promote(TEST, name, "green"))
          .isInstanceOf(DeploymentException.class);
    }
    assertThat(librechat.lifecycle().aliases()).isEmpty();
  }

  @Test
  void whatAnAliasLeadsToIsNeitherDroppedNorRetired() throws DeploymentException {
    librechat.lifecycle().promote(TEST, "live", "blue");
    assertThatThrownBy(() -> librechat.lifecycle().drop(TEST, "blue", false))
        .hasMessageContaining("an alias leads to it");
    assertThatThrownBy(() -> librechat.lifecycle().retire(TEST, "blue", 0.0, false))
        .hasMessageContaining("an alias leads to it");
    librechat.lifecycle().drop(TEST, "blue", true);
    assertThat(librechat.lifecycle().aliases()).isEmpty();
  }
}
