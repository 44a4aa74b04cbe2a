package io.keyward.engine.builtin.generic;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import org.junit.jupiter.api.Test;

/** MEMORY USAGE tells what a value takes. */
class MemoryCommandsTest {
  private final Bench bench = new Bench();

  private long usage(String key) {
    return Long.parseLong(bench.line("memory usage " + key));
  }

  @Test
  void usageGrowsWithTheValue() {
    bench.run("set", "small", "v".repeat(10));
    bench.run("set", "large", "v".repeat(1000));
    assertThat(usage("small")).isBetween(20L, 64L);
    assertThat(usage("large")).isBetween(1010L, 1200L);
    assertThat(bench.line("memory usage none")).isEqualTo("nil");
  }

  @Test
  void usageOfABigHashIsWhatItsMakingHasTaken() {
    bench.line("hset other a 1");
    long before = bench.keyspace().usedBytes();
    for (int i = 0; i < 1000; i++) {
      bench.line("hset h field" + i + " value" + i);
    }
    long taken = bench.keyspace().usedBytes() - before;
    assertThat(usage("h")).isBetween(taken, taken + 8);
  }

  @Test
  void samplesAreANumberThatIsNotNegative() {
    bench.line("set k v");
    assertThat(bench.line("memory usage k samples 0")).isEqualTo(bench.line("memory usage k"));
    assertThat(bench.line("memory usage k samples -1")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("memory usage k samples")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("memory usage k samples x"))
        .isEqualTo("!ERR value is not an integer or out of range");
    assertThat(bench.line("memory nosuch"))
        .isEqualTo("!ERR unknown subcommand 'nosuch'. Try MEMORY HELP.");
  }
}
