package io.keyward.engine.builtin.appendonly;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Namespaces;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.KeyspaceLimits;
import io.keyward.engine.builtin.Bench;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is written to files for what a command has done. */
class EffectsTest {
  private final Bench bench = new Bench(LiveSettings.defaults(), "blue");
  private final EffectStreams effects = new EffectStreams(bench);

  private List<String> effectsOf(String... commands) throws IOException {
    for (String command : commands) {
      bench.line(command);
    }
    return effects.take();
  }

  @Test
  void keysCarryTheirPrefix() throws IOException {
    assertThat(effectsOf("SET a 1", "MSET a 1 b 2", "ZUNIONSTORE d 2 a b"))
        .containsExactly("SET blue::a 1", "MSET blue::a 1 blue::b 2");
    assertThat(effectsOf("ZADD z 1 m", "ZUNIONSTORE d 1 z WEIGHTS 2", "SORT z BY nosort STORE l"))
        .containsExactly(
            "ZADD blue::z 1 m", "ZUNIONSTORE blue::d 1 blue::z WEIGHTS 2", "RPUSH blue::l m");
  }

  @Test
  void whatChangesNothingIsNotWritten() throws IOException {
    effectsOf("SET a 1");
    assertThat(
            effectsOf("GET a", "SET a 2 NX", "DEL x", "SETNX a 5", "INCR", "LPUSH a x", "SPOP x"))
        .isEmpty();
  }

  @Test
  void timesAreAbsolute() throws IOException {
    assertThat(effectsOf("SET a 1 PXAT 9999999999999", "EXPIREAT a 9999999999", "PERSIST a"))
        .containsExactly(
            "SET blue::a 1 PXAT 9999999999999",
            "PEXPIREAT blue::a 9999999999000",
            "PERSIST blue::a");
    assertThat(effectsOf("SETEX a 100 v", "SET a v EX 100 GET", "GETEX a EX 7", "EXPIRE a 5 LT"))
        .satisfiesExactly(
            first -> assertThat(first).matches("SET blue::a v PXAT \\d{13}"),
            second -> assertThat(second).matches("SET blue::a v PXAT \\d{13}"),
            third -> assertThat(third).matches("PEXPIREAT blue::a \\d{13}"),
            fourth -> assertThat(fourth).matches("PEXPIREAT blue::a \\d{13}"));
    assertThat(effectsOf("EXPIRE a -1", "SET a 1", "GETEX a EXAT 1", "SET b 1 PXAT 1"))
        .containsExactly("DEL blue::a", "SET blue::a 1", "DEL blue::a", "DEL blue::b");
  }

  @Test
  void whatIsDrawnIsNamed() throws IOException {
    assertThat(effectsOf("SADD s m", "SPOP s 5")).containsExactly("SADD blue::s m", "DEL blue::s");
    assertThat(effectsOf("SADD s 1 1", "SPOP s"))
        .containsExactly("SADD blue::s 1 1", "SREM blue::s 1");
  }

  @Test
  void popsThatSearchOrWaitBecomePlain() throws IOException {
    assertThat(effectsOf("RPUSH l 1 2 3 4 5", "LMPOP 2 k l LEFT COUNT 2", "BRPOP k l 0"))
        .containsExactly("RPUSH blue::l 1 2 3 4 5", "LPOP blue::l 2", "RPOP blue::l");
    assertThat(effectsOf("BLMOVE l m LEFT RIGHT 0", "BRPOPLPUSH l m 0", "LPOP l 1"))
        .containsExactly("LMOVE blue::l blue::m LEFT RIGHT", "RPOPLPUSH blue::l blue::m");
  }

  @Test
  void aWaitingClientsPopIsAUnitOfItsOwn() throws IOException {
    Bench.Session waiting = bench.connect();
    waiting.run("BLPOP", "l", "0");
    assertThat(effectsOf("RPUSH l x")).containsExactly("RPUSH blue::l x", "LPOP blue::l");
  }

  @Test
  void aTransactionIsOneUnit() throws IOException {
    assertThat(effectsOf("MULTI", "SET a 1", "INCR a", "GET a", "EXEC"))
        .containsExactly("MULTI", "SET blue::a 1", "INCR blue::a", "EXEC");
    assertThat(effectsOf("MULTI", "SET a 1", "GET a", "EXEC")).containsExactly("SET blue::a 1");
  }

  @Test
  void aScriptIsWhatItsCommandsHaveDone() throws IOException {
    bench.run("EVAL", "redis.call('SET', KEYS[1], 'v') redis.call('INCR', KEYS[2])", "2", "a", "b");
    assertThat(effects.take()).containsExactly("MULTI", "SET blue::a v", "INCR blue::b", "EXEC");
  }

  @Test
  void whatExpiresIsDeleted() throws IOException {
    bench.keyspace().home().regularWork(false);
    bench.line("SET a 1 PX 1");
    bench.line("SET b 1 PX 1");
    long set = System.currentTimeMillis();
    effects.take();
    String answer = bench.line("GET a");
    for (long end = System.nanoTime() + 5_000_000_000L;
        !answer.equals("nil") && System.nanoTime() < end; ) {
      answer = bench.line("GET a");
    }
    assertThat(effects.take()).containsExactly("DEL blue::a");
    while (System.currentTimeMillis() <= set + 1) {
      Thread.onSpinWait();
    }
    assertThat(effectsOf("INCR b")).containsExactly("MULTI", "DEL blue::b", "INCR blue::b", "EXEC");
    bench.line("SET c 1 PX 1");
    effects.take();
    bench.keyspace().home().regularWork(true);
    long end = System.nanoTime() + 5_000_000_000L;
    while (!bench.line("DBSIZE").equals("1") && System.nanoTime() < end) {
      bench.pass(200);
    }
    assertThat(effects.take()).containsExactly("DEL blue::c");
  }

  @Test
  void streamsTellIdsAndLengths() throws IOException {
    assertThat(effectsOf("XADD x 1-1 f v", "XADD x MAXLEN 1 2-* f v", "XTRIM x MINID ~ 1"))
        .containsExactly("XADD blue::x 1-1 f v", "XADD blue::x MAXLEN = 1 2-0 f v");
    assertThat(effectsOf("XGROUP CREATE x g 0", "XREADGROUP GROUP g c STREAMS x >"))
        .satisfiesExactly(
            create -> assertThat(create).isEqualTo("XGROUP CREATE blue::x g 0"),
            multi -> assertThat(multi).isEqualTo("MULTI"),
            consumer -> assertThat(consumer).isEqualTo("XGROUP CREATECONSUMER blue::x g c"),
            claim ->
                assertThat(claim)
                    .matches("XCLAIM blue::x g c 0 2-0 TIME \\d+ RETRYCOUNT 1 FORCE JUSTID"),
            position -> assertThat(position).isEqualTo("XGROUP SETID blue::x g 2-0 ENTRIESREAD 2"),
            exec -> assertThat(exec).isEqualTo("EXEC"));
  }

  @Test
  void functionsSayWhoseTheyAre() throws IOException {
    bench.run("FUNCTION", "LOAD", "#!lua name=l\nredis.register_function('f', function() end)");
    assertThat(EffectStreams.text(effects.bytes())).contains("#KEYWARD:keyspace=blue\r\n*4\r\n");
    assertThat(effectsOf("FUNCTION DELETE l")).last().isEqualTo("FUNCTION DELETE l");
  }

  @Test
  void pinnedNamespacesStayInMemory() throws IOException {
    bench.keyspace().pins().set(new Namespaces(List.of(), List.of("ROLES")), KeyspaceLimits.NONE);
    assertThat(
            effectsOf("SET ROLES:a 1", "EXPIRE ROLES:a 100", "MSET ROLES:a 1 ROLES:b 2", "SET c 1"))
        .containsExactly("SET blue::c 1");
    assertThat(effectsOf("DEL c ROLES:a")).containsExactly("DEL blue::c");
  }
}
