package io.keyward.gateway.server;

import static io.keyward.gateway.server.LibrechatGateway.TEST;
import static io.keyward.gateway.server.LibrechatGateway.awaitEnd;
import static io.keyward.gateway.server.LibrechatGateway.told;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.SteadyTime;
import io.keyward.gateway.fixture.Patience;
import io.keyward.tenancy.Deployment;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deployments whose keys are freed when nobody has been there for long. */
class RetirementTest {
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
  void aDeploymentIsRetiredWhenNobodyHasBeenThereForLong() throws Exception {
    try (Wire blue = librechat.logIn("blue", "blue-secret")) {
      assertThat(blue.ask("SET key value")).isEqualTo("+OK");
      assertThat(told(librechat.lifecycle().retire(TEST, "blue", 1.0, true)))
          .containsEntry("would-free-keys", 1L)
          .containsEntry("connections", 1L)
          .containsEntry("retires-in-seconds", 3600L);
      librechat.lifecycle().retire(TEST, "blue", 0.0, false);
      assertThat(blue.ask("GET key")).isEqualTo("$5");
      assertThat(blue.line()).isEqualTo("value");
      assertThat(blue.ask("QUIT")).isEqualTo("+OK");
      awaitEnd(blue);
    }
    while (librechat.gateway().server().tenancy().roster().named("blue").connections() > 0) {
      Thread.onSpinWait();
    }
    while (!librechat.state("blue").equals("retired")) {
      librechat.lifecycle().retire(TEST, "blue", 0.0, false);
    }
    try (Wire back = librechat.logIn("blue", "blue-secret")) {
      assertThat(back.ask("DBSIZE")).isEqualTo(":0");
      assertThat(librechat.state("blue")).isEqualTo("active");
    }
  }

  @Test
  void anOrderToRetireIsCarriedOutOnceAndMayBeTakenBack() throws Exception {
    Deployment blue = librechat.gateway().server().tenancy().roster().named("blue");
    while (!librechat.state("blue").equals("retired")) {
      librechat.lifecycle().retire(TEST, "blue", 0.0, false);
    }
    fillAndLeave(blue);
    librechat.lifecycle().retireDue();
    assertThat(librechat.lifecycle().info("blue"))
        .containsEntry("state", "active")
        .containsEntry("keys", 1L);

    librechat.lifecycle().retire(TEST, "blue", 1.0, false);
    assertThat(librechat.lifecycle().info("blue")).containsEntry("retire-after-seconds", 3600L);
    librechat.lifecycle().create(TEST, "blue");
    assertThat(librechat.lifecycle().info("blue")).containsEntry("retire-after-seconds", 0L);
  }

  /** A client that leaves a key, and has been away for some milliseconds. */
  private void fillAndLeave(Deployment blue) throws InterruptedException {
    try (Wire client = librechat.logIn("blue", "blue-secret")) {
      assertThat(client.ask("SET key value")).isEqualTo("+OK");
    }
    while (blue.connections() > 0 || SteadyTime.millis() - blue.lastConnection() < 3) {
      Thread.sleep(1);
    }
  }

  @Test
  void theTenantsSettingRetiresByItself() throws Exception {
    librechat.write("    retire-after: 1ms", "");
    assertThat(librechat.gateway().reload()).isEmpty();
    librechat.lifecycle().promote(TEST, "live", "green");
    try (Wire wire = librechat.logIn("librechat.rev1", "of-librechat")) {
      assertThat(wire.ask("SET key value")).isEqualTo("+OK");
      librechat.lifecycle().retireDue();
      assertThat(librechat.state("librechat.rev1")).isEqualTo("active");
    }
    Deployment first = librechat.gateway().server().tenancy().roster().named("librechat.rev1");
    while (first.connections() > 0) {
      Thread.onSpinWait();
    }
    // Idleness counts by the steady clock, a millisecond of which has to pass.
    for (long began = System.nanoTime();
        librechat.listed().size() > 2 && System.nanoTime() - began < Patience.NANOS; ) {
      librechat.lifecycle().retireDue();
    }
    assertThat(librechat.listed()).containsExactly("blue", "green");
    assertThat(librechat.state("green")).isEqualTo("active");
    assertThat(librechat.lifecycle().audit(10).stream().anyMatch(l -> l.contains("\"gateway\"")))
        .isTrue();
  }
}
