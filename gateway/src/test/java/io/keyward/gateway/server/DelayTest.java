package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.Gateway;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hidden directives make snapshots slow, so that what happens meanwhile can be tested. */
class DelayTest {
  private static final int KEYS = 20;
  private static final int MICROS_A_KEY = 10_000;

  @TempDir Path data;

  private Gateway start(String... options) {
    String[] all = new String[options.length + 6];
    System.arraycopy(
        new String[] {"--dir", data.toString(), "--appendonly", "no", "--save", ""}, 0, all, 0, 6);
    System.arraycopy(options, 0, all, 6, options.length);
    return Gateways.start(all);
  }

  private static String persistence(Words wire) {
    return wire.call("INFO persistence");
  }

  @Test
  void aSnapshotGoesOnUntilItMayEnd() throws Exception {
    try (Gateway gateway = start();
        Words wire = new Words(gateway);
        Words killed = new Words(gateway)) {
      wire.call("SET k v");
      assertThat(wire.call("CONFIG SET rdb-key-save-delay 100000000")).isEqualTo("OK");
      assertThat(wire.call("BGSAVE")).isEqualTo("Background saving started");
      String id = killed.call("CLIENT ID");
      assertThat(wire.call("CLIENT KILL ID " + id)).isEqualTo("1");
      while (!persistence(wire).contains("current_save_keys_processed:1\r\n")) {
        assertThat(persistence(wire)).contains("rdb_bgsave_in_progress:1\r\n");
      }
      assertThat(persistence(wire)).contains("rdb_bgsave_in_progress:1\r\n", "rdb_saves:1\r\n");
      wire.call("CONFIG SET rdb-key-save-delay 0");
      while (persistence(wire).contains("rdb_bgsave_in_progress:1\r\n")) {
        Thread.sleep(1);
      }
      assertThat(persistence(wire)).contains("rdb_saves:1\r\n");
    }
  }

  @Test
  void loadingTakesSoLongAtLeast() throws Exception {
    try (Gateway gateway = start();
        Words wire = new Words(gateway)) {
      for (int i = 0; i < KEYS; i++) {
        wire.call("SET key:" + i + " x");
      }
      assertThat(wire.call("SAVE")).isEqualTo("OK");
    }
    long began = System.nanoTime();
    try (Gateway gateway = start("--key-load-delay", String.valueOf(MICROS_A_KEY));
        Words wire = new Words(gateway)) {
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isGreaterThanOrEqualTo(Duration.ofNanos((KEYS - 16) * MICROS_A_KEY * 1000L));
      assertThat(wire.call("DBSIZE")).isEqualTo(String.valueOf(KEYS));
      assertThat(wire.call("CONFIG GET key-load-delay")).isEqualTo("key-load-delay 10000");
      assertThat(wire.call("CONFIG GET *")).doesNotContain("key-load-delay");
    }
  }
}
