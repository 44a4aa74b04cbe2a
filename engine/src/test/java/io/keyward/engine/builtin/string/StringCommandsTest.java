package io.keyward.engine.builtin.string;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StringCommandsTest {
  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  @Test
  void setReplacesAndGetReturns() {
    assertThat(bench.line("get k")).isEqualTo("nil");
    assertThat(bench.line("set k v")).isEqualTo("OK");
    assertThat(bench.line("get k")).isEqualTo("\"v\"");
    assertThat(bench.line("SET k -12")).isEqualTo("OK");
    assertThat(bench.line("Get k")).isEqualTo("\"-12\"");
    assertThat(bench.run("set", "k", "x".repeat(100_000))).isEqualTo("OK");
    assertThat(bench.line("get k")).hasSize(100_002);
  }

  @Test
  void errorsAreInRedisWords() {
    assertThat(bench.line("nosuch a b"))
        .isEqualTo("!ERR unknown command 'nosuch', with args beginning with: 'a' 'b' ");
    assertThat(bench.line("get"))
        .isEqualTo("!ERR wrong number of arguments for 'get' command");
  }
}
