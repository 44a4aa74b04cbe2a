package io.keyward.engine.builtin.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.Client;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.Key;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** CLIENT TRACKING: clients learn when keys that they have read change. */
class TrackingTest {
  private final Bench bench = new Bench();
  private final Bench.Session cache = bench.connect();

  @BeforeEach
  void theCachingClientSpeaksResp3() {
    cache.client().reply().resp3(true);
  }

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  private String cached(String line) {
    return cache.run(line.split(" "));
  }

  @Test
  void aKeyIsToldOnceForEachTimeItWasRead() {
    cached("client tracking on");
    cached("get a");
    bench.line("set a 1");
    bench.line("set a 2");
    assertThat(cache.take()).isEqualTo(">[\"invalidate\" [\"a\"]]");
    bench.line("set b 1");
    assertThat(cache.take()).isEmpty();
    cached("mget a b");
    bench.line("del a b");
    assertThat(cache.take()).isEqualTo(">[\"invalidate\" [\"a\"]]|>[\"invalidate\" [\"b\"]]");
  }

  @Test
  void aTransactionThatIsSuspendedIsToldOfWholeWhenItHasEnded() {
    cached("client tracking on bcast");
    Bench.Session changing = bench.connect();
    Bench.Session other = bench.connect();
    changing.run("multi");
    changing.run("set", "a", "1");
    changing.run("eval", "for i = 1, 2e6 do local x = {i} end", "0");
    changing.run("set", "b", "2");
    changing.send("exec");
    assertThat(changing.client().turn()).isEqualTo(Client.Turn.SUSPENDED);
    other.send("get", "a");
    bench.pass(1);
    assertThat(changing.client().turn()).isEqualTo(Client.Turn.SUSPENDED);
    assertThat(cache.take()).isEmpty();
    while (changing.client().turn() == Client.Turn.SUSPENDED) {
      bench.pass(1);
    }
    assertThat(cache.take()).isEqualTo(">[\"invalidate\" [\"a\" \"b\"]]");
    assertThat(other.take()).isEqualTo("\"1\"");
  }

  @Test
  void ownChangesAreToldAfterTheReply() {
    cached("client tracking on");
    cached("get a");
    assertThat(cached("incr a")).isEqualTo("1|>[\"invalidate\" [\"a\"]]");
    cached("get a");
    cached("multi");
    cached("incr a");
    cached("get a");
    assertThat(cached("exec")).isEqualTo("[2 \"2\"]|>[\"invalidate\" [\"a\"]]");
  }

  @Test
  void ownChangesAreNotToldWithNoLoop() {
    cached("client tracking on noloop");
    cached("get a");
    assertThat(cached("incr a")).isEqualTo("1");
    cached("get a");
    assertThat(cache.run("eval", "return redis.call('incr', KEYS[1])", "1", "a")).isEqualTo("2");
    cached("get a");
    bench.line("incr a");
    assertThat(cache.take()).isEqualTo(">[\"invalidate\" [\"a\"]]");
  }

  @Test
  void expiryAndEvictionAreTold() throws InterruptedException, RefusedException {
    cached("client tracking on noloop");
    bench.line("set a 1 px 200");
    cached("get a");
    Thread.sleep(205);
    assertThat(cached("get a")).isEqualTo("nil");
    String read;
    do {
      bench.line("set b 1 px 200");
      read = cached("get b");
    } while (read.equals("nil"));
    Thread.sleep(205);
    bench.pass(1000);
    assertThat(cache.take()).isEqualTo(">[\"invalidate\" [\"b\"]]");

    cached("client tracking off");
    cached("client tracking on");
    bench.line("set c 1");
    cached("get c");
    bench.settings().set(Directive.MAXMEMORY_POLICY, "allkeys-random");
    bench.settings().set(Directive.MAXMEMORY, "1");
    assertThat(cached("set d 1")).startsWith(">[\"invalidate\" [\"c\"]]|!OOM");
  }

  @Test
  void aScriptReadsForItsClient() {
    cached("client tracking on");
    cache.run(
        "eval", "redis.call('set', KEYS[1], 1) return redis.call('get', KEYS[2])", "2", "a", "b");
    bench.line("mset a 1 b 1");
    assertThat(cache.take()).isEqualTo(">[\"invalidate\" [\"b\"]]");
  }

  @Test
  void flushingAndSwappingInvalidateEverything() {
    cached("client tracking on");
    cached("get a");
    bench.line("flushdb");
    assertThat(cache.take()).isEqualTo(">[\"invalidate\" nil]");
    assertThat(cached("flushall")).isEqualTo("OK|>[\"invalidate\" nil]");
    bench.line("swapdb 0 1");
    assertThat(cache.take()).isEqualTo(">[\"invalidate\" nil]");
    bench.line("set a 1");
    assertThat(cache.take()).isEmpty();
  }

  @Test
  void cachingChoosesTheNextCommandOrTransaction() {
    cached("client tracking on optin");
    cached("get a");
    bench.line("incr a");
    assertThat(cache.take()).isEmpty();
    cached("client caching yes");
    cached("multi");
    cached("get a");
    cached("get b");
    cached("exec");
    cached("get c");
    bench.line("mset a 1 b 1 c 1");
    assertThat(cache.take()).isEqualTo(">[\"invalidate\" [\"a\"]]|>[\"invalidate\" [\"b\"]]");

    cached("client tracking off");
    cached("client tracking on optout");
    cached("client caching no");
    cached("get a");
    cached("get b");
    bench.line("mset a 1 b 1");
    assertThat(cache.take()).isEqualTo(">[\"invalidate\" [\"b\"]]");
  }

  @Test
  void messagesGoToAnotherConnectionInEitherProtocol() {
    Bench.Session listener = bench.connect();
    listener.run("subscribe", "__redis__:invalidate");
    cache.client().reply().resp3(false);
    cached("client tracking on redirect " + listener.client().id());
    cached("get a");
    assertThat(cached("incr a")).isEqualTo("1");
    assertThat(listener.take()).isEqualTo("[\"message\" \"__redis__:invalidate\" [\"a\"]]");
    bench.line("flushall");
    assertThat(listener.take()).isEqualTo("[\"message\" \"__redis__:invalidate\" nil]");
    listener.client().reply().resp3(true);
    cached("get a");
    bench.line("incr a");
    assertThat(listener.take()).isEqualTo(">[\"invalidate\" [\"a\"]]");
    assertThat(cached("client getredir")).isEqualTo(Long.toString(listener.client().id()));

    cache.client().reply().resp3(true);
    cached("get a");
    bench.keyspace().leave(listener.client());
    bench.line("incr a");
    assertThat(cache.take())
        .isEqualTo(">[\"tracking-redir-broken\" " + listener.client().id() + "]");
    assertThat(cached("client trackinginfo")).contains("<\"on\" \"broken_redirect\">");
    assertThat(cached("client info")).contains(" flags=tR ");
  }

  @Test
  void prefixesAreToldOfWhetherReadOrNot() {
    cached("client tracking on bcast prefix user: prefix object:");
    bench.line("mset user:1 1 user:2 2 other 3 object:1 4");
    assertThat(cache.take())
        .isEqualTo(">[\"invalidate\" [\"user:1\" \"user:2\"]]|>[\"invalidate\" [\"object:1\"]]");
    assertThat(cached("client trackinginfo"))
        .isEqualTo(
            "{\"flags\" <\"on\" \"bcast\"> \"redirect\" 0 \"prefixes\" [\"object:\" \"user:\"]}");
    cached("client tracking off");
    bench.line("set user:1 1");
    assertThat(cache.take()).isEmpty();
  }

  @Test
  void everyPrefixOfAKeyIsFound() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      Broadcasts broadcasts = new Broadcasts();
      TreeSet<String> prefixes = new TreeSet<>();
      for (int i = random.nextInt(12); i >= 0; i--) {
        prefixes.add(word(random));
      }
      for (String prefix : prefixes) {
        Tracked listener = new Tracked(bench.connect().client(), true);
        broadcasts.add(key(prefix), listener);
      }
      String changed = word(random);
      broadcasts.changed(key(changed), null);
      List<String> told = new ArrayList<>();
      broadcasts.tell(
          (to, keys) ->
              told.add(
                  new String(
                      to.prefixes().iterator().next().bytes(), StandardCharsets.ISO_8859_1)));
      assertThat(told)
          .as("seed %d, key %s, prefixes %s", seed, changed, prefixes)
          .containsExactlyInAnyOrderElementsOf(
              prefixes.stream().filter(changed::startsWith).toList());
    }
  }

  private static String word(Random random) {
    StringBuilder word = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      word.append((char) ('a' + random.nextInt(2)));
    }
    return word.toString();
  }

  private static Key key(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return Key.copyOf(bytes, 0, bytes.length);
  }

  @Test
  void overlappingPrefixesAndContraryOptionsAreRefused() {
    assertThat(cached("client tracking on bcast prefix FOOBAR prefix FOO"))
        .isEqualTo(
            "!ERR Prefix 'FOOBAR' overlaps with another provided prefix 'FOO'. Prefixes for a"
                + " single client must not overlap.");
    cached("client tracking on bcast prefix FOO prefix BAR");
    assertThat(cached("client tracking on bcast prefix X prefix FO"))
        .isEqualTo(
            "!ERR Prefix 'FO' overlaps with an existing prefix 'FOO'. Prefixes for a single client"
                + " must not overlap.");
    assertThat(cached("client tracking on")).contains("switch BCAST mode");
    cached("client tracking off");
    assertThat(cached("client tracking on optin optout")).contains("both OPTIN mode");
    assertThat(cached("client tracking on prefix a")).contains("requires BCAST");
    assertThat(cached("client tracking on redirect 999")).contains("does not exist");
    assertThat(cached("client caching yes")).contains("can be called only");
    assertThat(cached("client tracking maybe")).isEqualTo("!ERR syntax error");
  }

  @Test
  void theTableOfKeysStaysWithinItsLimit() throws RefusedException {
    bench.settings().set(Directive.TRACKING_TABLE_MAX_KEYS, "2");
    cached("client tracking on");
    long before = bench.keyspace().usedBytes();
    assertThat(cached("mget a b c")).isEqualTo("[nil nil nil]|>[\"invalidate\" [\"a\"]]");
    assertThat(Tracking.of(bench.keyspace()).totalKeys()).isEqualTo(2);
    assertThat(bench.keyspace().usedBytes()).isGreaterThan(before);
    bench.keyspace().leave(cache.client());
    assertThat(Tracking.of(bench.keyspace()).totalKeys()).isZero();
    assertThat(bench.keyspace().usedBytes()).isEqualTo(before);
    assertThat(bench.keyspace().tracker()).isNull();
  }

  @Test
  void anUnblockedClientLearnsOfItsOwnChangeAfterItsReply() {
    cached("client tracking on");
    bench.line("rpush l2 a");
    cached("lrange l2 0 -1");
    cache.send("blmove", "l1", "l2", "left", "left", "0");
    bench.line("rpush l1 x");
    assertThat(cache.take()).isEqualTo("\"x\"|>[\"invalidate\" [\"l2\"]]");
  }
}
