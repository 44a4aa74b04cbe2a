package io.keyward.engine.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.LiveSettings;
import org.junit.jupiter.api.Test;

/** What data, clients and scripts may take of a heap. */
class MemoryGuardTest {
  private static final long MB = 1 << 20;

  private final Bench bench = new Bench();
  private final LiveSettings settings = bench.settings();

  @Test
  void aBigHeapIsForThreeQuartersThere() {
    assertThat(new MemoryGuard(settings, 4096 * MB).dataLimit()).isEqualTo(3072 * MB);
  }

  @Test
  void whatTheProcessNeedsComesFirstInASmallHeap() {
    MemoryGuard guard = new MemoryGuard(settings, 72 * MB);
    long before = guard.dataLimit();
    assertThat(before + guard.scriptLimit(before)).isLessThan(45 * MB);
    assertThat(guard.measured(40 * MB, 0)).isFalse();
    assertThat(guard.dataLimit()).isLessThan(before);
    // What was in use for a moment only is no need of the process.
    assertThat(guard.measured(25 * MB, 0)).isFalse();
    assertThat(guard.measured(50 * MB, 0)).isFalse();
    assertThat(guard.dataLimit()).isLessThan(before).isGreaterThan(before - 6 * MB);
  }

  @Test
  void scriptsHaveWhatNobodyElseNeedsAndAnEighthInAnyCase() {
    MemoryGuard guard = new MemoryGuard(settings, 4096 * MB);
    assertThat(guard.scriptLimit(0)).isEqualTo(2304 * MB);
    assertThat(guard.scriptLimit(3000 * MB)).isEqualTo(384 * MB);
    guard.scripts(400 * MB);
    assertThat(guard.scriptsHoldTooMuch(0)).isFalse();
    assertThat(guard.scriptsHoldTooMuch(3000 * MB)).isTrue();
    guard.scripts(-400 * MB);
    assertThat(guard.scriptsHoldTooMuch(3000 * MB)).isFalse();
  }

  @Test
  void usersAndFunctionsCountAsData() {
    assertThat(bench.line("set key value")).isEqualTo("OK");
    long before = bench.keyspace().usedBytes();
    assertThat(bench.line("acl setuser alice on ~" + "x".repeat(5000))).isEqualTo("OK");
    assertThat(bench.keyspace().usedBytes()).isGreaterThan(before + 10_000);
    assertThat(bench.line("acl setuser alice resetkeys")).isEqualTo("OK");
    assertThat(bench.keyspace().usedBytes()).isLessThan(before + 5000);
    assertThat(bench.line("acl deluser alice")).isEqualTo("1");
    assertThat(bench.keyspace().usedBytes()).isEqualTo(before);
  }
}
