package io.keyward.engine.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import org.junit.jupiter.api.Test;

/** Scripts that are remembered count as data, and give way to each other. */
class RememberedScriptsTest {
  private final Bench bench = new Bench();

  private long used() {
    return bench.keyspace().usedBytes();
  }

  private String load(int number, int length) {
    String text = "return " + number + " --" + "x".repeat(length);
    return bench.run("script", "load", text).replace("\"", "");
  }

  @Test
  void theyCountAsDataAsLongAsTheyAreKnown() {
    bench.run("eval", "return 1", "0");
    long before = used();
    String digest = load(1, 10_000);
    assertThat(used() - before).isBetween(10_000L, 12_000L);
    assertThat(load(1, 10_000)).isEqualTo(digest);
    assertThat(used() - before).isBetween(10_000L, 12_000L);
    bench.run("script", "flush");
    assertThat(used()).isLessThan(before);
  }

  @Test
  void thoseNotUsedForLongestGoBeyondAQuarterOfMaxmemory() throws Exception {
    bench.settings().set(Directive.MAXMEMORY, "400000");
    String first = load(1, 20_000);
    String second = load(2, 20_000);
    for (int i = 3; i < 20; i++) {
      assertThat(bench.run("evalsha", first, "0")).isEqualTo("1");
      load(i, 20_000);
      assertThat(used()).isLessThan(100_000 + 2_000);
    }
    assertThat(bench.run("evalsha", second, "0")).startsWith("!NOSCRIPT");
    assertThat(bench.run("evalsha", first, "0")).isEqualTo("1");
    assertThat(bench.run("set", "key", "value")).contains("OK");
  }

  @Test
  void ofManyKeyspacesThoseForgetThatHaveMost() {
    Home home = bench.keyspace().home();
    home.guard(new MemoryGuard(bench.settings(), 96L << 20));
    Bench modest = bench.neighbour();
    assertThat(modest.run("eval", "return 'modest'", "0")).isEqualTo("\"modest\"");
    String known = modest.run("script", "load", "return 'modest'").replace("\"", "");
    for (int i = 0; i < 1000; i++) {
      load(i, 20_000);
    }
    assertThat(used()).isGreaterThan(1L << 20);
    long limit = home.guard().rememberedScriptLimit(home.usedBytes());
    assertThat(home.usedBytes()).isLessThan(limit + 100_000);
    assertThat(modest.run("evalsha", known, "0")).isEqualTo("\"modest\"");
  }

  @Test
  void oneThatIsMoreThanAllMayTakeIsNotLoaded() {
    MemoryGuard full = new MemoryGuard(bench.settings(), 30L << 20);
    bench.keyspace().home().guard(full);
    assertThat(full.measured(29L << 20, 0)).isTrue();
    String text = "if false then " + "x=1 ".repeat(10_000) + "end return 1";
    assertThat(bench.run("script", "load", text))
        .isEqualTo("!OOM command needs more memory than there is");
    assertThat(bench.run("eval", text, "0")).isEqualTo("1");
    assertThat(used()).isLessThan(10_000);
  }
}
