package io.keyward.engine.builtin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.Bench;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** MONITOR shows what clients do, but for what is none of its business. */
class MonitorTest {
  private final Bench bench = new Bench();
  private final Bench.Session monitor = bench.connect();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  /** The lines sent to the monitoring client, without their times. */
  private List<String> lines() {
    String sent =
        new String(
            monitor.client().reply().bytes(),
            0,
            monitor.client().reply().length(),
            StandardCharsets.ISO_8859_1);
    monitor.client().reply().clear();
    return Arrays.stream(sent.split("\r\n"))
        .filter(line -> !line.isEmpty())
        .map(line -> line.replaceFirst("^\\+\\d+\\.\\d{6} ", ""))
        .toList();
  }

  @Test
  void everyCommandIsShownWithItsDatabaseAndAddress() {
    assertThat(monitor.run("monitor")).isEqualTo("OK");
    bench.line("set foo bar");
    bench.line("select 9");
    bench.run("set", "a\"\\\n\r\t\u0007\b", "\u0000\u00ff ~");
    assertThat(lines())
        .containsExactly(
            "[0 127.0.0.1:1] \"set\" \"foo\" \"bar\"",
            "[9 127.0.0.1:1] \"select\" \"9\"",
            "[9 127.0.0.1:1] \"set\" \"a\\\"\\\\\\n\\r\\t\\a\\b\" \"\\x00\\xff ~\"");
  }

  @Test
  void aTransactionIsShownInTheOrderOfItsExecution() {
    monitor.run("monitor");
    bench.line("multi");
    bench.line("set foo bar");
    bench.line("exec");
    bench.line("multi");
    bench.line("nosuch");
    bench.line("exec");
    assertThat(lines())
        .containsExactly(
            "[0 127.0.0.1:1] \"multi\"",
            "[0 127.0.0.1:1] \"set\" \"foo\" \"bar\"",
            "[0 127.0.0.1:1] \"exec\"",
            "[0 127.0.0.1:1] \"multi\"",
            "[0 127.0.0.1:1] \"exec\"");
  }

  @Test
  void whatAdministratorsDoIsNotShown() {
    monitor.run("monitor");
    bench.line("slowlog get");
    bench.line("latency latest");
    bench.line("client list");
    assertThat(lines()).isEmpty();
  }

  @Test
  void whoeverWantsNoRepliesIsShownNothing() {
    monitor.run("client", "reply", "off");
    monitor.run("monitor");
    bench.line("set foo bar");
    assertThat(lines()).isEmpty();
    monitor.run("client", "reply", "on");
    bench.line("get foo");
    assertThat(lines()).containsExactly("[0 127.0.0.1:1] \"get\" \"foo\"");
  }

  @Test
  void aBlockedCommandIsShownOnce() {
    Bench.Session waiting = bench.connect();
    monitor.run("monitor");
    waiting.send("blpop", "l", "0");
    bench.line("lpush l 1");
    assertThat(waiting.take()).isEqualTo("[\"l\" \"1\"]");
    assertThat(lines())
        .containsExactly(
            "[0 127.0.0.1:1] \"blpop\" \"l\" \"0\"", "[0 127.0.0.1:1] \"lpush\" \"l\" \"1\"");
  }

  @Test
  void itsOwnCommandsFollowTheirReplies() {
    monitor.run("monitor");
    monitor.send("ping");
    assertThat(lines()).containsExactly("+PONG", "[0 127.0.0.1:1] \"ping\"");
  }

  @Test
  void clientListMarksTheClientUntilItLeaves() {
    monitor.run("monitor");
    assertThat(bench.line("client list")).contains(" flags=O ");
    assertThat(monitor.run("monitor")).isEmpty();
    bench.keyspace().leave(monitor.client());
    bench.line("set foo bar");
    assertThat(lines()).isEmpty();
    assertThat(bench.line("client list")).doesNotContain(" flags=O ");
  }

  @Test
  void itIsRefusedInATransaction() {
    bench.line("multi");
    bench.line("monitor");
    assertThat(bench.line("exec"))
        .isEqualTo("[!ERR MONITOR isn't allowed for DENY BLOCKING client]");
  }

  @Test
  void anInternalClientIsShownAsAScript() {
    monitor.run("monitor");
    bench.session().client().internal(true);
    Request request = new Request();
    request.begin("ping".getBytes(StandardCharsets.US_ASCII));
    request.add(0, 4);
    request.client(bench.session().client());
    bench.keyspace().execute(request, bench.session().client().reply());
    assertThat(lines()).containsExactly("[0 lua] \"ping\"");
  }
}
