package io.keyward.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Settings;
import io.keyward.gateway.fixture.Patience;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is told to stop while it starts gives up what it has begun, and then ends. */
class StopWhileStartingTest {
  /** Long enough for an end that waits for nobody. */
  private static final Duration WHILE = Duration.ofMillis(500);

  @TempDir Path directory;

  @Test
  @Timeout(2 * Patience.MILLIS / 1000)
  void theEndWaitsUntilTheStartHasGivenUp() throws Exception {
    Settings settings =
        Settings.load(
            List.of(
                "--port",
                "0",
                "--unixsocket",
                directory.resolve("socket").toString(),
                "--dir",
                directory.toString()),
            Map.of("KEYWARD_ADMIN_PORT", "0"));
    AtomicReference<Thread> end = new AtomicReference<>();
    Gateway gateway =
        Gateway.start(
            settings,
            starting -> {
              Thread closes = Thread.ofPlatform().start(starting::close);
              end.set(closes);
              try {
                Thread.sleep(Patience.MILLIS);
                throw new AssertionError("the start has not been interrupted");
              } catch (InterruptedException asked) {
                // As long as the start goes on, the event loops that it needs run.
              }
              try {
                assertThat(closes.join(WHILE)).isFalse();
              } catch (InterruptedException again) {
                throw new AssertionError(again);
              }
            });
    gateway.awaitStop();
    end.get().join();
    assertThat(gateway.stops()).isTrue();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }
}
