package io.keyward.engine.builtin.sortedset;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** BZPOPMIN, BZPOPMAX and BZMPOP: who waits, who is served, and when waiting ends. */
class WaitingPopTest {
  private final Bench bench = new Bench();
  private final Bench.Session first = bench.connect();
  private final Bench.Session second = bench.connect();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  @Test
  void takesAtOnceFromTheFirstKeyThatHasMembers() {
    bench.line("zadd b 1 x 2 y");
    assertThat(first.run("bzpopmax", "a", "b", "0")).isEqualTo("[\"b\" \"y\" \"2\"]");
    assertThat(first.run("bzmpop", "0", "2", "a", "b", "min", "count", "5"))
        .isEqualTo("[\"b\" [[\"x\" \"1\"]]]");
    assertThat(bench.line("exists b")).isEqualTo("0");
  }

  @Test
  void waitingClientsAreServedInTheOrderOfTheirComing() {
    assertThat(first.run("bzpopmin", "z", "0")).isEmpty();
    assertThat(second.run("bzpopmax", "z", "0")).isEmpty();
    assertThat(bench.line("zadd z 1 a 2 b 3 c")).isEqualTo("3");
    assertThat(first.take()).isEqualTo("[\"z\" \"a\" \"1\"]");
    assertThat(second.take()).isEqualTo("[\"z\" \"c\" \"3\"]");
    assertThat(bench.line("zrange z 0 -1")).isEqualTo("[\"b\"]");
  }

  @Test
  void waitsOnWhenTheKeyBecomesSomethingElse() {
    assertThat(first.run("bzmpop", "0", "1", "z", "min")).isEmpty();
    bench.line("set z text");
    assertThat(first.take()).isEmpty();
    bench.line("del z");
    bench.line("zadd z 5 m");
    assertThat(first.take()).isEqualTo("[\"z\" [[\"m\" \"5\"]]]");
  }

  @Test
  void storedResultsWakeWhoWaits() {
    bench.line("zadd source 1 a");
    first.run("bzpopmin", "target", "0");
    bench.line("zunionstore target 1 source");
    assertThat(first.take()).isEqualTo("[\"target\" \"a\" \"1\"]");
    second.run("bzpopmin", "target", "0");
    bench.line("zrangestore target source 0 -1");
    assertThat(second.take()).isEqualTo("[\"target\" \"a\" \"1\"]");
  }

  @Test
  void theTimeIsUpAfterItsSeconds() {
    first.run("bzpopmin", "z", "0.1");
    bench.pass(90);
    assertThat(first.take()).isEmpty();
    bench.pass(20);
    assertThat(first.take()).isEqualTo("nil");
  }
}
