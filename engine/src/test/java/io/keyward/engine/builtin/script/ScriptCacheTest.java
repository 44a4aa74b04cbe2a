package io.keyward.engine.builtin.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.Bench;
import org.junit.jupiter.api.Test;

/** What remembered scripts take is counted once, and no longer when they are forgotten. */
class ScriptCacheTest {
  private final Bench bench = new Bench(LiveSettings.defaults());

  private ScriptFigures figures() {
    return ScriptFigures.of(bench.keyspace());
  }

  private long settingsBytes() {
    return bench.keyspace().settingsAccount().bytes();
  }

  @Test
  void theFigureForInfoIsWhatCountsAsTheKeyspacesOwn() {
    long before = settingsBytes();
    String first = bench.run("script", "load", "return 1");
    long one = figures().scriptBytes();
    assertThat(one).isPositive();
    assertThat(bench.run("eval", "return 1", "0")).isEqualTo("1");
    assertThat(bench.run("script", "load", "return 1")).isEqualTo(first);
    assertThat(figures().scriptBytes()).as("known already").isEqualTo(one);
    bench.run("eval", "return '" + "x".repeat(1000) + "'", "0");
    assertThat(figures().scripts()).isEqualTo(2);
    assertThat(figures().scriptBytes()).isGreaterThan(one + 1000);
    assertThat(settingsBytes() - before).isEqualTo(figures().scriptBytes());
    assertThat(bench.run("eval", "return (", "0")).startsWith("!ERR Error compiling script");
    assertThat(settingsBytes() - before).isEqualTo(figures().scriptBytes());
    bench.run("script", "flush");
    assertThat(figures().scriptBytes()).isZero();
    assertThat(settingsBytes()).isEqualTo(before);
  }
}
