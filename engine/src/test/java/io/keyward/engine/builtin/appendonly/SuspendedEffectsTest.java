package io.keyward.engine.builtin.appendonly;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.Client.Turn;
import io.keyward.engine.builtin.Bench;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What a command in slices has done is one unit, whatever others do meanwhile. */
class SuspendedEffectsTest {
  private final Bench bench = new Bench(LiveSettings.defaults(), "blue");
  private final Bench neighbour = bench.neighbour();
  private final EffectStreams effects = new EffectStreams(bench);

  @Test
  void theUnitOfASuspendedScriptStaysTogether() throws IOException {
    Bench.Session caller = bench.connect();
    neighbour.line("set before 1");
    caller.run("select", "3");
    caller.send(
        "eval",
        "for i=1,3 do redis.call('rpush','l',i) for j=1,500000 do end end return 'done'",
        "0");
    assertThat(caller.client().turn()).isEqualTo(Turn.SUSPENDED);
    int served = 0;
    while (caller.client().turn() == Turn.SUSPENDED) {
      neighbour.line("set n " + ++served);
      bench.pass(1);
    }
    assertThat(caller.take()).isEqualTo("\"done\"");
    neighbour.line("set after 1");
    byte[] stream = effects.bytes();
    assertThat(effects.take())
        .containsSubsequence(
            "set neighbour::before 1",
            "set neighbour::n " + served,
            "MULTI",
            "rpush blue::l 1",
            "rpush blue::l 2",
            "rpush blue::l 3",
            "EXEC",
            "set neighbour::after 1")
        .hasSize(served + 7);
    String text = new String(stream, StandardCharsets.ISO_8859_1);
    int unit = text.indexOf("MULTI");
    assertThat(text.lastIndexOf("SELECT", unit)).isGreaterThan(text.lastIndexOf("neighbour", unit));
  }
}
