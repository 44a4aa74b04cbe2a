package io.keyward.engine.builtin.debug;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.Bench;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** DEBUG: the digests of Redis, keys to try things with, and a look inside. */
class DebugCommandTest {
  private final Bench bench = new Bench(allowing("local"));

  private static LiveSettings allowing(String who) {
    try {
      return new LiveSettings(Map.of(Directive.ENABLE_DEBUG_COMMAND, who));
    } catch (RefusedException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  @Test
  void itIsOffUnlessEnabled() {
    assertThat(new Bench().line("debug digest")).startsWith("!ERR DEBUG command not allowed.");
    assertThat(bench.line("debug nosuch"))
        .isEqualTo(
            "!ERR unknown subcommand or wrong number of arguments for 'nosuch'. Try DEBUG HELP.");
    assertThat(bench.line("debug reload"))
        .startsWith("!ERR DEBUG RELOAD and LOADAOF are not possible here");
  }

  /** The digests are those that redis-server 7.2 gives for the same data. */
  @Test
  void digestsAreThoseOfRedis() {
    assertThat(bench.line("debug digest")).isEqualTo("0".repeat(40));
    bench.line("set s hello");
    bench.line("rpush l a b c");
    bench.line("sadd m 1 2 x");
    bench.line("zadd z 1.5 a 2 b");
    bench.line("hset h f v g 7");
    assertThat(bench.line("debug digest-value s l m z h absent"))
        .isEqualTo(
            "[36b23a1456b2dce2c3ed252c456761301dba8060"
                + " 8bf72d812571eea9b927f3c11beb0c4165a6ff89"
                + " 4c6eef6b7853d1b76391c849d71b0d35d3faf18f"
                + " 445b877af3c3ec83af30529ddbbdda3185172254"
                + " 42e8aee1f7247f7f7997132f31f0ea5085e70d29"
                + " 0000000000000000000000000000000000000000]");
    assertThat(bench.line("debug digest")).isEqualTo("b23f44514ac1adcdd315c243e8554b4959419ed3");
    bench.line("xadd stream 1 a b");
    bench.line("xadd stream 2-3 a 5");
    bench.line("xadd stream 9 c 1 d 2");
    assertThat(bench.line("debug digest-value stream"))
        .isEqualTo("[b2d53eb606b60c226da23fbb80d10e87be583ddc]");
    bench.line("xadd stream 18446744073709551615-18446744073709551615 a b");
    assertThat(bench.line("debug digest-value stream")).matches("\\[\\p{XDigit}{40}]");
    bench.line("del stream");
    bench.line("pexpire s 100000000");
    assertThat(bench.line("debug digest")).isEqualTo("40cbeb623b99d657ad40ad1348c7a76c75d7d9e0");
  }

  @Test
  void aDigestDoesNotDependOnTheEncoding() {
    for (int i = 0; i < 600; i++) {
      bench.line("sadd big " + i);
      bench.line("hset hash f" + i + " " + i);
      bench.line("zadd zset " + i + " m" + i);
      bench.line("rpush list " + i);
    }
    for (String key : new String[] {"big", "hash", "zset", "list"}) {
      String before = bench.line("debug digest-value " + key);
      bench.line("copy " + key + " other");
      assertThat(bench.line("debug digest-value other")).isEqualTo(before);
      bench.line("del other");
    }
    bench.line("sadd small 1 2");
    String packed = bench.line("debug digest-value small");
    bench.line("sadd small x");
    bench.line("srem small x");
    assertThat(bench.line("debug digest-value small")).isEqualTo(packed);
  }

  @Test
  void populateAddsKeysThatAreNotThere() {
    bench.line("set key:1 mine");
    assertThat(bench.line("debug populate 3")).isEqualTo("OK");
    assertThat(bench.line("mget key:0 key:1 key:2"))
        .isEqualTo("[\"value:0\" \"mine\" \"value:2\"]");
    assertThat(bench.line("debug populate 2 p 100")).isEqualTo("OK");
    assertThat(bench.line("strlen p:1")).isEqualTo("100");
    assertThat(bench.line("dbsize")).isEqualTo("5");
  }

  @Test
  void sleepHoldsTheKeyspaceBack() {
    Bench.Session other = bench.connect();
    assertThat(bench.line("debug sleep 0.05")).isEmpty();
    assertThat(other.run("set", "k", "v")).isEmpty();
    bench.line("multi");
    assertThat(other.take()).isEmpty();
    sleepUntilClockPasses(60);
    bench.pass(100);
    assertThat(other.take()).isEqualTo("OK");
    assertThat(bench.session().take()).startsWith("OK");
  }

  private static void sleepUntilClockPasses(long milliseconds) {
    long until = System.currentTimeMillis() + milliseconds;
    while (System.currentTimeMillis() < until) {
      Thread.onSpinWait();
    }
  }

  @Test
  void samplesOfEveryTypeOfReply() {
    assertThat(bench.line("debug protocol bignum"))
        .isEqualTo("\"1234567999999999999999999999999999999\"");
    assertThat(bench.line("debug protocol map")).isEqualTo("[0 0 1 1 2 0]");
    assertThat(bench.line("debug protocol push"))
        .isEqualTo("!ERR RESP2 is not supported by this command");
    bench.session().client().reply().resp3(true);
    assertThat(bench.line("debug protocol bignum"))
        .isEqualTo("1234567999999999999999999999999999999");
    assertThat(bench.line("debug protocol map")).isEqualTo("{0 false 1 true 2 false}");
    assertThat(bench.line("debug protocol push"))
        .isEqualTo(">[\"server-cpu-usage\" 42]|\"Some real reply following the push reply\"");
    assertThat(bench.line("debug protocol nosuch")).startsWith("!ERR Wrong protocol type name.");
  }

  @Test
  void debugTellsHowAKeyAndADatabaseAreKept() {
    bench.line("set k 12");
    assertThat(bench.line("debug object k")).contains("refcount:1 encoding:int ");
    assertThat(bench.line("debug object absent")).isEqualTo("!ERR no such key");
    assertThat(bench.line("debug htstats 0")).contains("number of elements: 1");
    assertThat(bench.line("debug htstats 99")).isEqualTo("!ERR Out of range database");
    assertThat(bench.line("debug error CODE text")).startsWith("!ERR unknown subcommand");
    assertThat(bench.run("debug", "error", "CODE my text")).isEqualTo("!CODE my text");
  }
}
