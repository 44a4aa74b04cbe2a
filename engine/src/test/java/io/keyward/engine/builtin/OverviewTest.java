package io.keyward.engine.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Namespaces;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.Client.Turn;
import io.keyward.engine.KeyspaceLimits;
import io.keyward.engine.KeyspaceTraits;
import io.keyward.engine.SharedKeys;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The operator sees every key as {@code <prefix>::key}. */
class OverviewTest {
  private static final SharedKeys SESSIONS =
      new SharedKeys("app~shared", new Namespaces(List.of(), List.of("SESSION")));
  private static final String NO_DEPLOYMENT =
      "!ERR no deployment has the prefix of this key. Remedy: write <prefix>::<key>, as SCAN and"
          + " KEYS show it";

  private final Bench bench = new Bench(LiveSettings.defaults(), "blue", OverviewTest::traits);
  private final Bench.Session blue = bench.session();
  private final Bench.Session green = bench.connect(bench.engine().open("green"));
  private final BuiltinKeyspace view = Overview.open(bench.engine()).getFirst();
  private final Bench.Session operator = bench.connect(view);

  private static KeyspaceTraits traits(String prefix) {
    boolean shares = List.of("blue", "teal", "app~shared").contains(prefix);
    return new KeyspaceTraits(Namespaces.NONE, KeyspaceLimits.NONE, true, shares ? SESSIONS : null);
  }

  @AfterEach
  void everythingIsSound() {
    bench.validate();
    assertThat(view.databases().holdKeys()).isFalse();
  }

  @Test
  void keyedCommandsReachTheDeploymentThatTheKeyNames() {
    assertThat(operator.run("set", "blue::a::b", "1")).isEqualTo("OK");
    assertThat(blue.run("get", "a::b")).isEqualTo("\"1\"");
    green.run("hset", "h", "f", "v");
    assertThat(operator.run("hget", "green::h", "f")).isEqualTo("\"v\"");
    assertThat(operator.run("type", "green::h")).isEqualTo("hash");
    assertThat(operator.run("object", "encoding", "green::h")).isEqualTo("\"listpack\"");
    assertThat(operator.run("memory", "usage", "green::h")).matches("\\d+");
    assertThat(operator.run("expire", "green::h", "100")).isEqualTo("1");
    assertThat(green.run("ttl", "h")).isEqualTo("100");
    assertThat(operator.run("append", "blue::a::b", "2")).isEqualTo("2");
    assertThat(operator.run("setex", "blue::a::b", "10", "other")).isEqualTo("OK");
    assertThat(blue.run("get", "a::b")).isEqualTo("\"other\"");
    assertThat(operator.run("exists", "green::a::b", "blue::a::b", "green::h")).isEqualTo("2");
    assertThat(operator.run("del", "green::h", "blue::a::b")).isEqualTo("2");
    assertThat(green.run("dbsize")).isEqualTo("0");
  }

  @Test
  void whatBelongsToNobodyIsRefusedWithTheRemedy() {
    for (String key : List.of("a", "red::a", "::a", "blue:a")) {
      assertThat(operator.run("set", key, "1")).isEqualTo(NO_DEPLOYMENT);
      assertThat(operator.run("get", key)).isEqualTo(NO_DEPLOYMENT);
    }
    assertThat(operator.run("rename", "blue::a", "b")).isEqualTo("!ERR no such key");
    assertThat(operator.run("swapdb", "0", "1")).startsWith("!ERR SWAPDB is for");
  }

  @Test
  void commandsSpanDeploymentsOfOneHome() {
    blue.run("sadd", "s", "1", "2", "3");
    green.run("sadd", "s", "2", "3", "4");
    assertThat(operator.run("sinterstore", "green::both", "blue::s", "green::s")).isEqualTo("2");
    assertThat(green.run("scard", "both")).isEqualTo("2");
    for (int i = 0; i < 1000; i++) {
      blue.run("zadd", "big", Integer.toString(i), "member " + i);
    }
    assertThat(operator.run("rename", "blue::big", "green::big")).isEqualTo("OK");
    assertThat(green.run("zscore", "big", "member 7")).isEqualTo("\"7\"");
    bench.pass(1000);
    assertThat(bench.keyspace().usedBytes()).isLessThan(10_000);
    operator.run("multi");
    operator.run("set", "blue::x", "1");
    operator.run("set", "green::x", "2");
    assertThat(operator.run("exec")).isEqualTo("[OK OK]");
    assertThat(operator.run("eval", "return redis.call('mget', 'blue::x', 'green::x')", "0"))
        .isEqualTo("[\"1\" \"2\"]");
  }

  @Test
  void sharedKeysHaveOneName() {
    blue.run("set", "SESSION:a", "1");
    blue.run("set", "own", "1");

    assertThat(operator.run("keys", "*").replaceAll("[\\[\\]\"]", "").split(" "))
        .containsExactlyInAnyOrder("app~shared::SESSION:a", "blue::own");
    assertThat(operator.run("get", "app~shared::SESSION:a")).isEqualTo("\"1\"");
    assertThat(operator.run("get", "blue::SESSION:a")).isEqualTo("\"1\"");
    assertThat(operator.run("dbsize")).isEqualTo("2");
  }

  @Test
  void twoNamesOfASharedKeyAreOneKeyToWhatMovesIt() {
    String one = "blue::SESSION:l";
    String other = "app~shared::SESSION:l";
    operator.run("rpush", one, "a", "b");
    assertThat(operator.run("rename", one, other)).isEqualTo("OK");
    assertThat(operator.run("renamenx", one, other)).isEqualTo("0");
    assertThat(operator.run("copy", one, other, "replace"))
        .isEqualTo("!ERR source and destination objects are the same");
    assertThat(operator.run("lmove", one, other, "left", "right")).isEqualTo("\"a\"");
    assertThat(blue.run("lrange", "SESSION:l", "0", "-1")).isEqualTo("[\"b\" \"a\"]");
    operator.run("lpop", one);
    assertThat(operator.run("rpoplpush", one, other)).isEqualTo("\"a\"");
    assertThat(blue.run("lrange", "SESSION:l", "0", "-1")).isEqualTo("[\"a\"]");
  }

  @Test
  void whoWatchesIsToldOfTheOperatorsChanges() {
    green.run("hset", "h", "f", "1");
    green.run("set", "s", "1");
    for (String[] change :
        new String[][] {
          {"hpexpire", "green::h", "100000", "fields", "1", "f"}, {"delex", "green::s"}
        }) {
      green.run("watch", "h", "s");
      operator.run(change);
      green.run("multi");
      green.run("ping");
      assertThat(green.run("exec")).as(change[0]).isEqualTo("nil");
    }
  }

  @Test
  void aScanMeetsEveryKeyOfEveryDeploymentOnce() {
    for (int i = 0; i < 200; i++) {
      blue.run("set", "a" + i, "x");
      green.run("set", "b" + i, "x");
      bench.connect(bench.engine().open("rev" + i % 20)).run("set", "c" + i, "x");
    }
    TreeSet<String> met = new TreeSet<>();
    int times = 0;
    String cursor = "0";
    do {
      Matcher words =
          Pattern.compile("\"([^\"]*)\"").matcher(operator.run("scan", cursor, "count", "7"));
      assertThat(words.find()).isTrue();
      cursor = words.group(1);
      assertThat(Long.parseLong(cursor)).isBetween(0L, 1L << 53);
      while (words.find()) {
        met.add(words.group(1));
        times++;
      }
    } while (!cursor.equals("0"));
    assertThat(met).hasSize(600).contains("blue::a7", "green::b7", "rev7::c7");
    assertThat(times).isEqualTo(600);
    assertThat(operator.run("scan", "0", "match", "rev7::*", "count", "100000").split(" "))
        .hasSize(11);
    assertThat(operator.run("keys", "*::c1?").split(" ")).hasSize(10);
    assertThat(operator.run("dbsize")).isEqualTo("600");
    assertThat(operator.run("randomkey")).contains("::");
  }

  @Test
  void flushingEmptiesEveryDeployment() {
    blue.run("mset", "a", "1", "SESSION:a", "1");
    green.run("set", "a", "1");
    green.run("select", "3");
    green.run("set", "a", "1");

    assertThat(operator.run("flushdb")).isEqualTo("OK");
    assertThat(operator.run("dbsize")).isEqualTo("0");
    assertThat(green.run("dbsize")).isEqualTo("1");
    assertThat(operator.run("flushall")).isEqualTo("OK");
    assertThat(green.run("dbsize")).isEqualTo("0");
  }

  @Test
  void deploymentsLearnOfTheOperatorsChanges() {
    green.send("blpop", "queue", "0");
    blue.run("watch", "a");
    blue.run("multi");

    operator.run("rpush", "green::queue", "work");
    operator.run("set", "blue::a", "1");

    assertThat(green.take()).isEqualTo("[\"queue\" \"work\"]");
    assertThat(blue.run("exec")).isEqualTo("nil");
    operator.send("blpop", "green::queue", "blue::queue", "0");
    blue.run("rpush", "queue", "answer");
    assertThat(operator.take()).isEqualTo("[\"blue::queue\" \"answer\"]");
    operator.run("watch", "green::a");
    green.run("set", "a", "2");
    operator.run("multi");
    assertThat(operator.run("exec")).isEqualTo("nil");
  }

  @Test
  void aDeploymentInTheMiddleOfACommandIsNotLookedInto() {
    Bench.Session script = bench.connect();
    green.run("set", "a", "1");
    String text = "redis.call('set','a','half') for j=1,3000000 do end redis.call('set','a','1')";
    script.send("eval", text, "0");
    assertThat(script.client().turn()).isEqualTo(Turn.SUSPENDED);

    assertThat(operator.run("get", "blue::a")).startsWith("!BUSY a deployment is in the middle");
    assertThat(operator.run("get", "green::a")).isEqualTo("\"1\"");
    while (script.client().turn() == Turn.SUSPENDED) {
      bench.pass(1);
    }
    assertThat(operator.run("get", "blue::a")).isEqualTo("\"1\"");

    operator.send("eval", text.replace("'a'", "'blue::a'"), "0");
    assertThat(operator.client().turn()).isEqualTo(Turn.SUSPENDED);
    blue.send("get", "a");
    assertThat(blue.take()).isEmpty();
    assertThat(green.run("get", "a")).isEqualTo("\"1\"");
    while (operator.client().turn() == Turn.SUSPENDED || blue.client().turn() != Turn.FREE) {
      bench.pass(1);
    }
    assertThat(blue.take()).isEqualTo("\"1\"");
  }

  @Test
  void aSharedKeyIsHeldByWhicheverNameTheOperatorGivesIt() {
    Bench.Session teal = bench.connect(bench.engine().open("teal"));
    String text =
        "redis.call('set',KEYS[1],'half') for j=1,3000000 do end redis.call('set',KEYS[1],'whole')";
    for (String name : List.of("blue::SESSION:a", "app~shared::SESSION:a")) {
      operator.send("eval", text, "1", name);
      assertThat(operator.client().turn()).isEqualTo(Turn.SUSPENDED);
      teal.send("get", "SESSION:a");
      assertThat(teal.take()).as(name).isEmpty();
      while (teal.client().turn() != Turn.FREE) {
        bench.pass(1);
      }
      assertThat(teal.take()).as(name).isEqualTo("\"whole\"");
      operator.take();
    }
  }

  @Test
  void whomTwoLongCommandsHoldWaitsForBoth() {
    Bench.Session teal = bench.connect(bench.engine().open("teal"));
    String text =
        "redis.call('set','%1$s','half') for j=1,%2$d do end redis.call('set','%1$s','whole')";
    operator.send("eval", text.formatted("blue::x", 3_000_000), "0");
    teal.send("eval", text.formatted("SESSION:a", 12_000_000), "0");
    assertThat(operator.client().turn()).isEqualTo(Turn.SUSPENDED);
    assertThat(teal.client().turn()).isEqualTo(Turn.SUSPENDED);
    blue.send("get", "SESSION:a");
    while (operator.client().turn() == Turn.SUSPENDED) {
      bench.pass(1);
    }
    assertThat(teal.client().turn()).isEqualTo(Turn.SUSPENDED);
    assertThat(blue.take()).isEmpty();
    while (blue.client().turn() != Turn.FREE) {
      bench.pass(1);
    }
    assertThat(blue.take()).isEqualTo("\"whole\"");
  }
}
