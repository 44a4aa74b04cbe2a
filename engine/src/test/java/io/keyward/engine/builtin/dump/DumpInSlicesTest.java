package io.keyward.engine.builtin.dump;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.Client.Turn;
import io.keyward.engine.builtin.Bench;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DUMP and RESTORE of big values, in the middle of which others are served. */
class DumpInSlicesTest {
  private static final int MUCH = 60_000;

  private final Bench bench;
  private final Bench neighbour;
  private final Bench.Session caller;
  private final Bench.Session other;

  DumpInSlicesTest() throws Exception {
    bench = new Bench(new LiveSettings(Map.of(Directive.ENABLE_DEBUG_COMMAND, "yes")));
    neighbour = bench.neighbour();
    caller = bench.connect();
    other = bench.connect();
  }

  @AfterEach
  void validate() {
    bench.validate();
    neighbour.validate();
  }

  private void fill(String write) {
    String each =
        write.equals("pending")
            ? "redis.call('xadd','key',i,'f','v')"
            : "redis.call(" + write.replace("key", "'key'").replace("#", "'m'..i") + ")";
    bench.run("eval", "for i=1," + MUCH + " do " + each + " end", "0");
    if (write.equals("pending")) {
      bench.line("xgroup create key g 0");
      bench.line("xreadgroup group g c streams key >");
    }
  }

  /** Sends a command that others are served in the middle of, and returns its reply. */
  private String inSlices(String... command) {
    caller.send(command);
    assertThat(caller.client().turn()).isEqualTo(Turn.SUSPENDED);
    other.send("del", "key");
    while (caller.client().turn() == Turn.SUSPENDED) {
      assertThat(neighbour.line("ping")).isEqualTo("PONG");
      assertThat(other.take()).isEmpty();
      bench.pass(1);
    }
    String reply = caller.take();
    bench.pass(10);
    assertThat(other.take()).isNotEmpty();
    return reply;
  }

  private static String text(String reply) {
    return reply.substring(1, reply.length() - 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'rpush',key,#..('v'):rep(20)",
        "'sadd',key,#",
        "'sadd',key,i",
        "'hset',key,#,i",
        "'zadd',key,i,#",
        "'xadd',key,i,'f',#",
        "'setrange',key,i*100,#",
        "pending"
      })
  void whatIsDumpedAndRestoredInTheMiddleOfOthersIsTheSame(String write) {
    fill(write);
    String digest = bench.line("debug digest-value key");
    String whole = text(bench.run("eval", "return redis.call('dump','key')", "0"));
    String dumped = text(inSlices("dump", "key"));
    assertThat(dumped.equals(whole)).as("the payload is that of a DUMP in one piece").isTrue();
    assertThat(bench.line("exists key")).isEqualTo("0");

    assertThat(inSlices("restore", "key", "0", dumped)).isEqualTo("OK");
    assertThat(bench.line("exists key")).as("removed behind it").isEqualTo("0");
    assertThat(bench.run("restore", "key", "0", dumped)).isEqualTo("OK");
    assertThat(bench.line("debug digest-value key")).isEqualTo(digest);
    String damaged = dumped.substring(0, dumped.length() - 1) + "?";
    assertThat(bench.run("restore", "other", "0", damaged))
        .isEqualTo("!ERR DUMP payload version or checksum are wrong");
    assertThat(bench.run("restore", "key", "0", dumped))
        .isEqualTo("!BUSYKEY Target key name already exists.");
  }
}
