package io.keyward.engine.builtin.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** XDELEX and XACKDEL, which mind who still refers to an entry. */
class ReferenceCommandsTest {
  private final Bench bench = new Bench();

  @BeforeEach
  void threeEntriesDeliveredInTwoGroups() {
    bench.line("xadd s 1 n 1");
    bench.line("xadd s 2 n 2");
    bench.line("xadd s 3 n 3");
    bench.line("xgroup create s g 0");
    bench.line("xgroup create s h 0");
    bench.line("xreadgroup group g c streams s >");
    bench.line("xreadgroup group h c count 2 streams s >");
  }

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  @Test
  void deletesAndKeepsReferencesUnlessToldOtherwise() {
    assertThat(bench.line("xdelex s ids 2 1 9")).isEqualTo("[1 -1]");
    assertThat(bench.line("xpending s g")).startsWith("[3 ");
    assertThat(bench.line("xdelex s delref ids 2 1 2")).isEqualTo("[-1 1]");
    assertThat(bench.line("xpending s g")).startsWith("[1 ");
    assertThat(bench.line("xpending s h")).startsWith("[0 ");
    assertThat(bench.line("xdelex none ids 2 1 2")).isEqualTo("[-1 -1]");
  }

  @Test
  void deletesOnlyWhatEveryGroupHasDone() {
    assertThat(bench.line("xdelex s acked ids 3 1 2 3")).isEqualTo("[2 2 2]");
    bench.line("xack s g 1 3");
    bench.line("xack s h 1");
    assertThat(bench.line("xdelex s acked ids 3 1 2 3")).isEqualTo("[1 2 2]");
    assertThat(bench.line("xlen s")).isEqualTo("2");
  }

  @Test
  void acknowledgesAndDeletes() {
    assertThat(bench.line("xackdel s g acked ids 2 1 9")).isEqualTo("[2 -1]");
    assertThat(bench.line("xackdel s h acked ids 1 1")).isEqualTo("[1]");
    assertThat(bench.line("xackdel s g ids 1 2")).isEqualTo("[1]");
    assertThat(bench.line("xpending s h")).startsWith("[1 \"2-0\"");
    assertThat(bench.line("xackdel s none ids 1 3")).isEqualTo("[-1]");
    assertThat(bench.line("xlen s")).isEqualTo("1");
  }

  @Test
  void refusesWhatIsNoListOfIds() {
    assertThat(bench.line("xdelex s ids 0 1"))
        .isEqualTo("!ERR Number of IDs must be a positive integer");
    assertThat(bench.line("xdelex s ids 2 1"))
        .isEqualTo("!ERR The `numids` parameter must match the number of arguments");
    assertThat(bench.line("xdelex s ids 1 x"))
        .isEqualTo("!ERR Invalid stream ID specified as stream command argument");
    assertThat(bench.line("xdelex s ids abc 1"))
        .isEqualTo("!ERR Number of IDs must be a positive integer");
    assertThat(bench.line("xackdel s g ids 1")).contains("wrong number of arguments");
    assertThat(bench.line("xdelex s ids 1 1 2")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("xdelex s keepref delref ids 1 1")).isEqualTo("!ERR syntax error");
  }
}
