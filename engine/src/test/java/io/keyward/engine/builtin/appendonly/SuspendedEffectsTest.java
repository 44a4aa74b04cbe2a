package io.keyward.engine.builtin.appendonly;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.Client.Turn;
import io.keyward.engine.builtin.Bench;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a command in slices has done is one unit, whatever others do meanwhile. */
class SuspendedEffectsTest {
  private final Bench bench = new Bench(LiveSettings.defaults(), "blue");
  private final Bench neighbour = bench.neighbour();
  private final EffectStreams effects = new EffectStreams(bench);

  @Test
  void whatIsEvictedForATransactionIsWrittenBeforeOthersSetItAgain() throws Exception {
    for (int i = 0; i < 20; i++) {
      neighbour.line("set k" + i + " " + "x".repeat(3000));
    }
    Bench.Session caller = bench.connect();
    caller.run("multi");
    caller.run("set", "a", "1");
    caller.run("eval", "for j=1,3000000 do end redis.call('set','a','2')", "0");
    bench.settings().set(Directive.MAXMEMORY_POLICY, "allkeys-random");
    bench.settings().set(Directive.MAXMEMORY, "10kb");
    caller.send("exec");
    assertThat(caller.client().turn()).isEqualTo(Turn.SUSPENDED);
    bench.settings().set(Directive.MAXMEMORY, "0");
    assertThat(neighbour.line("dbsize")).isNotEqualTo("20");
    for (int i = 0; i < 20; i++) {
      neighbour.line("set k" + i + " again");
    }
    while (caller.client().turn() == Turn.SUSPENDED) {
      bench.pass(1);
    }
    List<String> written = effects.take();
    for (int i = 0; i < 20; i++) {
      assertThat(written.lastIndexOf("set neighbour::k" + i + " again"))
          .isGreaterThan(written.lastIndexOf("DEL neighbour::k" + i));
    }
    assertThat(written).containsSubsequence("MULTI", "set blue::a 1", "set blue::a 2", "EXEC");
  }

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

  @Test
  void whatHasBeenDrawnInSlicesIsRemovedInOneUnit() throws IOException {
    bench.run("eval", "for i=1,60000 do redis.call('sadd','s','m'..i) end", "0");
    List<String> _ = effects.take();
    Bench.Session caller = bench.connect();
    caller.send("spop", "s", "50000");
    assertThat(caller.client().turn()).isEqualTo(Turn.SUSPENDED);
    while (caller.client().turn() == Turn.SUSPENDED) {
      neighbour.line("incr n");
      bench.pass(1);
    }
    List<String> drawn =
        Pattern.compile("m\\d+").matcher(caller.take()).results().map(MatchResult::group).toList();
    assertThat(drawn).hasSize(50_000).doesNotHaveDuplicates();
    List<String> written = effects.take();
    List<String> unit = written.subList(written.indexOf("MULTI") + 1, written.indexOf("EXEC"));
    assertThat(unit)
        .allSatisfy(removal -> assertThat(removal).startsWith("SREM blue::s "))
        .hasSizeGreaterThan(1);
    assertThat(unit.stream().flatMap(removal -> Stream.of(removal.split(" ")).skip(2)).toList())
        .isEqualTo(drawn);
  }
}
