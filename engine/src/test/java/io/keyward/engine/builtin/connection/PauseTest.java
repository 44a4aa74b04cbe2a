package io.keyward.engine.builtin.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import org.junit.jupiter.api.Test;

/** What CLIENT PAUSE holds back, and for how long. */
class PauseTest {
  private final Bench bench = new Bench();
  private final Bench.Session other = bench.connect();

  @Test
  void aPauseOfWritesHoldsScriptsThatMayWrite() {
    String digest = bench.run("script", "load", "#!lua flags=no-writes\nreturn 3");
    bench.run("function", "load", library());
    bench.line("client pause 100000 write");
    assertThat(other.run("eval", "#!lua flags=no-writes\nreturn 1", "0")).isEqualTo("1");
    assertThat(other.run("eval_ro", "return 2", "0")).isEqualTo("2");
    assertThat(other.run("evalsha", digest.replace("\"", ""), "0")).isEqualTo("3");
    assertThat(other.run("fcall", "reads", "0")).isEqualTo("4");
    assertThat(other.run("get", "k")).isEqualTo("nil");
    other.send("eval", "#!lua\nreturn 5", "0");
    bench.pass(10);
    assertThat(other.take()).isEmpty();
    bench.line("client unpause");
    assertThat(other.take()).isEqualTo("5");
  }

  @Test
  void aTransactionIsHeldIfOneOfItsCommandsIs() {
    bench.line("client pause 100000 write");
    other.run("multi");
    other.run("get", "k");
    assertThat(other.run("exec")).isEqualTo("[nil]");
    bench.line("client unpause");
    other.run("multi");
    other.run("set", "k", "v");
    bench.line("client pause 100000 write");
    other.send("exec");
    bench.pass(10);
    assertThat(other.take()).isEmpty();
    bench.line("client unpause");
    assertThat(other.take()).isEqualTo("[OK]");
  }

  private static String library() {
    return "#!lua name=lib\nredis.register_function{function_name='reads',"
        + " callback=function() return 4 end, flags={'no-writes'}}";
  }
}
