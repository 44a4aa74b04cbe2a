package io.keyward.engine.builtin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.Client;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.observation.Observation;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What a keyspace notes of its commands is not seen in another. */
class IsolationTest {
  private final Bench bench = new Bench();

  @Test
  void whatAKeyspaceNotesIsSeenThereAlone() throws RefusedException {
    BuiltinKeyspace other = bench.engine().open("green");
    Client neighbour = new Client(99, bench.session(), new Reply(), 0);
    neighbour.authenticated(true);
    other.enter(neighbour);
    Bench.Session monitor = bench.connect();
    monitor.run("monitor");
    bench.settings().set(Directive.SLOWLOG_LOG_SLOWER_THAN, "0");
    bench.settings().set(Directive.LATENCY_MONITOR_THRESHOLD, "1");

    send(other, neighbour, "dbsize");
    other.observation().event(Observation.EXPIRE_CYCLE, 5_000_000);

    assertThat(monitor.take()).isEmpty();
    assertThat(bench.line("slowlog get")).isEqualTo("[]");
    assertThat(bench.line("latency latest")).isEqualTo("[]");
    assertThat(bench.line("latency histogram dbsize")).isEqualTo("[]");

    assertThat(other.observation().slowLog().size()).isOne();
    assertThat(other.observation().latencyEvents().all()).containsKey(Observation.EXPIRE_CYCLE);
    assertThat(other.observation().times().known(other.table().find("dbsize"))).isTrue();
  }

  private static void send(BuiltinKeyspace keyspace, Client client, String word) {
    byte[] bytes = word.getBytes(StandardCharsets.US_ASCII);
    Request request = new Request();
    request.begin(bytes);
    request.add(0, bytes.length);
    request.client(client);
    keyspace.beginBurst();
    keyspace.execute(request, client.reply());
    keyspace.endBurst();
  }
}
