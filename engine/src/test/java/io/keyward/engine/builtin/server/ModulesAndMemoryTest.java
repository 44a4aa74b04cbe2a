package io.keyward.engine.builtin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import org.junit.jupiter.api.Test;

/** What a server without modules answers, and what memory takes. */
class ModulesAndMemoryTest {
  private final Bench bench = new Bench();

  @Test
  void thereAreNoModules() {
    assertThat(bench.line("module list")).isEqualTo("[]");
    assertThat(bench.line("module load /x.so")).startsWith("!ERR Error loading the extension.");
    assertThat(bench.line("module unload x"))
        .isEqualTo("!ERR Error unloading module: no such module with that name");
  }

  @Test
  void lolwutDrawsSomething() {
    assertThat(bench.line("lolwut")).contains("Redis ver. 7.2.6");
    assertThat(bench.line("lolwut version 5 3").lines().findFirst().orElseThrow()).hasSize(1 + 9);
    assertThat(bench.line("lolwut version x")).startsWith("!ERR value is not an integer");
    assertThat(bench.line("lolwut 5")).contains("Redis ver. 7.2.6");
  }

  @Test
  void memoryIsToldOf() {
    bench.line("set k v");
    assertThat(bench.line("memory stats")).contains("\"keys.count\" 1 ", "\"heap.used\" ");
    assertThat(bench.line("memory doctor")).contains("too little to tell");
    assertThat(bench.line("memory malloc-stats")).contains("slots in use", "Collections");
    assertThat(bench.line("memory purge")).isEqualTo("OK");
    for (int i = 0; i < 3; i++) {
      bench.run("set", "big" + i, "x".repeat(3 << 20));
    }
    assertThat(bench.line("memory doctor")).contains("maxmemory is 0");
    bench.validate();
  }
}
