package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.Gateway;
import org.junit.jupiter.api.Test;

/** SLOWLOG, MONITOR and INFO over a socket: what they show, and no secrets. */
class ObservationTest {
  @Test
  void theSlowLogShowsNoSecrets() {
    try (Gateway gateway =
            Gateways.start("--requirepass", "hush1", "--slowlog-log-slower-than", "0");
        Wire wire = Wire.to(gateway.ports().redis())) {
      wire.ask("AUTH hush2");
      wire.ask("AUTH someone hush3");
      wire.ask("HELLO 2 SETNAME me AUTH someone hush4");
      wire.ask("AUTH hush1");
      wire.ask("CONFIG SET tls-key-file-pass hush5 maxclients 500");
      wire.ask("CONFIG SET requirepas hush6");
      wire.ask("CONFIG SET slowlog-log-slower-than -1");
      wire.send("SLOWLOG GET -1\r\nECHO end\r\n");
      StringBuilder log = new StringBuilder();
      String line = wire.line();
      while (!line.equals("end")) {
        log.append(line).append('\n');
        line = wire.line();
      }
      assertThat(log.toString())
          .contains("AUTH", "HELLO", "SETNAME", "tls-key-file-pass", "(redacted)", "500")
          .doesNotContain("hush", "someone");
    }
  }

  @Test
  void monitorsSeeNoSecretsAndResetEndsTheirWatching() {
    try (Gateway gateway = Gateways.start();
        Wire monitor = Wire.to(gateway.ports().redis());
        Wire wire = Wire.to(gateway.ports().redis())) {
      assertThat(monitor.ask("MONITOR")).isEqualTo("+OK");
      wire.ask("AUTH hush1");
      wire.ask("HELLO 3 AUTH someone hush2");
      wire.ask("CONFIG SET maxclients 500");
      wire.ask("PING");
      assertThat(monitor.line()).endsWith("] \"AUTH\" \"(redacted)\"");
      assertThat(monitor.line())
          .endsWith("] \"HELLO\" \"3\" \"AUTH\" \"(redacted)\" \"(redacted)\"");
      assertThat(monitor.line()).endsWith("] \"PING\"");
      assertThat(monitor.ask("RESET")).isEqualTo("+RESET");
      wire.ask("PING");
      assertThat(monitor.ask("ECHO last")).isEqualTo("$4");
    }
  }

  @Test
  void aMonitorThatDoesNotReadIsClosed() {
    try (Gateway gateway =
            Gateways.start("--client-output-buffer-limit", "pubsub", "1mb", "0", "0");
        Wire monitor = Wire.to(gateway.ports().redis());
        Wire wire = Wire.to(gateway.ports().redis())) {
      assertThat(monitor.ask("MONITOR")).isEqualTo("+OK");
      String value = "x".repeat(1 << 20);
      while (gateway.server().traffic().outputLimitDisconnections() == 0) {
        wire.send("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$" + value.length() + "\r\n" + value + "\r\n");
        assertThat(wire.line()).isEqualTo("+OK");
      }
    }
  }

  @Test
  void infoTellsPercentilesOfEachCommand() {
    try (Gateway gateway = Gateways.start("--latency-tracking-info-percentiles", "50 99.90 100");
        Wire wire = Wire.to(gateway.ports().redis())) {
      wire.ask("PING");
      wire.send("INFO latencystats\r\n");
      assertThat(wire.line()).startsWith("$");
      assertThat(wire.line()).isEqualTo("# Latencystats");
      assertThat(wire.line())
          .matches("latency_percentiles_usec_ping:p50=[0-9.]+,p99.9=[0-9.]+,p100=[0-9.]+");
      assertThat(wire.line()).isEmpty();
      assertThat(wire.ask("CONFIG RESETSTAT")).isEqualTo("+OK");
      wire.send("LATENCY HISTOGRAM\r\n");
      assertThat(wire.line()).isEqualTo("*2");
      wire.line();
      assertThat(wire.line()).isEqualTo("config|resetstat");
    }
  }
}
