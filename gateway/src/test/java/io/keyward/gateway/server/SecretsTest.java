package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.Gateway;
import org.junit.jupiter.api.Test;

class SecretsTest {
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
}
