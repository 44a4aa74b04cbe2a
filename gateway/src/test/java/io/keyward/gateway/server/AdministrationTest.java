package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.Gateway;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Login, HELLO, RESET, CONFIG, INFO and SHUTDOWN as a connection sees them. */
class AdministrationTest {
  private static String info(Wire wire, String sections) {
    String head = wire.ask("INFO " + sections);
    String text = wire.read(Integer.parseInt(head.substring(1)) + 2);
    return text.substring(0, text.length() - 2);
  }

  @Test
  void aPasswordIsAskedForAndCheckedForBothUsers() {
    try (Gateway gateway =
            Gateways.start(Map.of("REDIS_USERNAME", "app", "REDIS_PASSWORD", "secret"));
        Wire wire = Wire.to(gateway.ports().redis())) {
      assertThat(wire.ask("PING")).isEqualTo("-NOAUTH Authentication required.");
      assertThat(wire.ask("HELLO 3"))
          .startsWith("-NOAUTH HELLO must be called with the client already authenticated");
      assertThat(wire.ask("AUTH wrong"))
          .isEqualTo("-WRONGPASS invalid username-password pair or user is disabled.");
      assertThat(wire.ask("AUTH other secret")).startsWith("-WRONGPASS");
      assertThat(wire.ask("AUTH a b c")).isEqualTo("-ERR syntax error");
      assertThat(wire.ask("AUTH app secret")).isEqualTo("+OK");
      assertThat(wire.ask("PING")).isEqualTo("+PONG");
      assertThat(wire.ask("RESET")).isEqualTo("+RESET");
      assertThat(wire.ask("PING")).isEqualTo("-NOAUTH Authentication required.");
      assertThat(wire.ask("AUTH secret")).isEqualTo("+OK");
      assertThat(wire.ask("QUIT")).isEqualTo("+OK");
      assertThat(wire.readToEnd()).isEmpty();
    }
  }

  @Test
  void helloChoosesTheProtocolAndNamesTheConnection() {
    try (Gateway gateway = Gateways.start();
        Wire wire = Wire.to(gateway.ports().redis())) {
      assertThat(wire.ask("AUTH secret")).startsWith("-ERR AUTH <password> called without any");
      assertThat(wire.ask("AUTH default any")).isEqualTo("+OK");
      assertThat(wire.ask("HELLO 4")).isEqualTo("-NOPROTO unsupported protocol version");
      assertThat(wire.ask("HELLO x"))
          .isEqualTo("-ERR Protocol version is not an integer or out of range");
      assertThat(wire.ask("HELLO 3 WHAT")).isEqualTo("-ERR Syntax error in HELLO option 'WHAT'");
      assertThat(wire.ask("HELLO 3 AUTH default any SETNAME me")).isEqualTo("%7");
      String rest =
          "$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n7.2.6\r\n$5\r\nproto\r\n:3\r\n";
      assertThat(wire.read(rest.length())).isEqualTo(rest);
      String end = "$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n";
      String line = wire.line();
      while (!line.equals("standalone")) {
        line = wire.line();
      }
      assertThat(wire.read(end.length())).isEqualTo(end);
      assertThat(wire.ask("CLIENT GETNAME")).isEqualTo("$2");
      assertThat(wire.line()).isEqualTo("me");
      assertThat(wire.ask("GET absent")).isEqualTo("_");
      assertThat(wire.ask("RESET")).isEqualTo("+RESET");
      assertThat(wire.ask("GET absent")).isEqualTo("$-1");
      assertThat(wire.ask("CLIENT GETNAME")).isEqualTo("$-1");
    }
  }

  @Test
  void configGetsAndSetsAllOrNothing() {
    try (Gateway gateway = Gateways.start();
        Wire wire = Wire.to(gateway.ports().redis())) {
      assertThat(wire.ask("CONFIG SET maxmemory 10mb hash-max-ziplist-entries 7")).isEqualTo("+OK");
      assertThat(wire.ask("CONFIG SET maxmemory 20mb timeout x"))
          .isEqualTo(
              "-ERR CONFIG SET failed (possibly related to argument 'timeout') - argument couldn't"
                  + " be parsed into an integer");
      assertThat(wire.ask("CONFIG GET maxmemory hash-max-listpack-e*")).isEqualTo("*4");
      String pairs = "$9\r\nmaxmemory\r\n$8\r\n10485760\r\n$25\r\nhash-max-listpack-entries\r\n";
      assertThat(wire.read(pairs.length())).isEqualTo(pairs);
      assertThat(wire.line() + wire.line()).isEqualTo("$17");
      assertThat(wire.ask("CONFIG SET dir /elsewhere"))
          .endsWith("(possibly related to argument 'dir') - can't set protected config");
      assertThat(wire.ask("CONFIG SET timeout"))
          .isEqualTo("-ERR wrong number of arguments for 'config|set' command");
      assertThat(wire.ask("CONFIG SET timeout 1 maxmemory")).isEqualTo("-ERR syntax error");
      assertThat(wire.ask("CONFIG REWRITE"))
          .isEqualTo("-ERR The server is running without a config file");
    }
  }

  @Test
  void infoCountsWhatHappens() {
    try (Gateway gateway = Gateways.start();
        Wire wire = Wire.to(gateway.ports().redis())) {
      wire.ask("SET k v");
      wire.ask("PEXPIRE k 100000");
      wire.ask("GET absent");
      wire.ask("NOSUCH");
      assertThat(info(wire, "everything"))
          .contains("# Server\r\nredis_version:7.2.6\r\n")
          .contains("tcp_port:" + gateway.ports().redis() + "\r\n")
          .contains("connected_clients:1\r\n")
          .contains("keyspace_misses:1\r\n")
          .contains("cmdstat_pexpire:calls=1,")
          .contains("errorstat_ERR:count=1\r\n")
          .contains("db0:keys=1,expires=1,avg_ttl=");
      assertThat(info(wire, "cpu keyspace"))
          .startsWith("# CPU\r\nused_cpu_sys:")
          .contains("\r\n\r\n# Keyspace\r\n")
          .doesNotContain("# Server");
      assertThat(info(wire, "")).doesNotContain("# Commandstats").contains("# Memory");
      assertThat(info(wire, "nosuch")).isEmpty();
      assertThat(wire.ask("CONFIG RESETSTAT")).isEqualTo("+OK");
      assertThat(info(wire, "commandstats errorstats stats"))
          .contains("keyspace_misses:0\r\n")
          .doesNotContain("cmdstat_set:")
          .doesNotContain("errorstat_");
    }
  }

  @Test
  void shutdownStopsTheServer() throws InterruptedException {
    try (Gateway gateway = Gateways.start();
        Wire wire = Wire.to(gateway.ports().redis())) {
      assertThat(wire.ask("SHUTDOWN ABORT")).isEqualTo("-ERR No shutdown in progress.");
      assertThat(wire.ask("SHUTDOWN SAVE NOSAVE")).isEqualTo("-ERR syntax error");
      wire.send("SHUTDOWN NOSAVE\r\n");
      assertThat(wire.readToEnd()).isEmpty();
      gateway.awaitStop();
    }
  }
}
