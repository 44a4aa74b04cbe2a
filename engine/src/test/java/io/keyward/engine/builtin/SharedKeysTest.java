package io.keyward.engine.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Namespaces;
import io.keyward.config.directive.Directive;
import io.keyward.config.directive.KeyspaceEvents;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.keyward.config.tenant.Limit;
import io.keyward.engine.Client.Turn;
import io.keyward.engine.KeyspaceLimits;
import io.keyward.engine.KeyspaceTraits;
import io.keyward.engine.SharedKeys;
import io.keyward.engine.SharedLimits;
import io.keyward.engine.SharedQuota;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two keyspaces with sessions in common. */
class SharedKeysTest {
  private static final SharedKeys SESSIONS =
      new SharedKeys("app~shared", new Namespaces(List.of(), List.of("SESSION")));
  private static final SharedKeys BANS =
      new SharedKeys("app~shared", new Namespaces(List.of(), List.of("BAN")));
  private static final SharedKeys ALL =
      new SharedKeys("app~shared", new Namespaces(List.of(), List.of("BAN", "SESSION")));

  private final SharedLimits together = new SharedLimits(Map.of());
  private final SharedQuota quota = together.quota(Limit.MEMORY);
  private final KeyspaceLimits limits = new KeyspaceLimits(Map.of(), together);
  private final Bench bench = new Bench(LiveSettings.defaults(), "blue", this::traits);
  private final Bench.Session blue = bench.session();
  private final Bench.Session green = bench.connect(bench.engine().open("green"));
  private final Bench.Session red = bench.connect(bench.engine().open("red"));
  private final BuiltinKeyspace shared = bench.engine().open("app~shared");

  private KeyspaceTraits traits(String prefix) {
    return switch (prefix) {
      case "blue", "green" -> new KeyspaceTraits(Namespaces.NONE, limits, true, SESSIONS);
      case "teal" -> new KeyspaceTraits(Namespaces.NONE, limits, true, BANS);
      case "app~shared" -> new KeyspaceTraits(Namespaces.NONE, limits, true, ALL);
      default -> KeyspaceTraits.NONE;
    };
  }

  @AfterEach
  void everythingIsSound() {
    bench.validate();
  }

  @Test
  void whatIsSharedIsOneAndTheRestIsApart() {
    blue.run("set", "SESSION:a", "of all");
    blue.run("set", "app::SESSION:b", "behind a client's prefix");
    blue.run("set", "CACHE:a", "of blue");

    assertThat(green.run("mget", "SESSION:a", "app::SESSION:b", "CACHE:a", "SESSION"))
        .isEqualTo("[\"of all\" \"behind a client's prefix\" nil nil]");
    assertThat(red.run("exists", "SESSION:a", "app::SESSION:b")).isEqualTo("0");
    assertThat(green.run("dbsize")).isEqualTo("2");
    assertThat(blue.run("dbsize")).isEqualTo("3");
    assertThat(shared.usedBytes()).isPositive();
    assertThat(green.run("del", "SESSION:a", "CACHE:a")).isEqualTo("1");
    assertThat(blue.run("exists", "SESSION:a", "CACHE:a")).isEqualTo("1");
  }

  @Test
  void eachDatabaseHasSharedKeysOfItsOwn() {
    blue.run("select", "3");
    blue.run("set", "SESSION:a", "of three");

    assertThat(green.run("exists", "SESSION:a")).isEqualTo("0");
    green.run("select", "3");
    assertThat(green.run("get", "SESSION:a")).isEqualTo("\"of three\"");
    assertThat(green.run("move", "SESSION:a", "0")).isEqualTo("1");
    blue.run("select", "0");
    assertThat(blue.run("get", "SESSION:a")).isEqualTo("\"of three\"");
  }

  @Test
  void flushingLeavesWhatOthersShare() {
    blue.run("mset", "SESSION:a", "1", "CACHE:a", "1");

    blue.run("flushall");
    blue.run("flushdb");

    assertThat(green.run("get", "SESSION:a")).isEqualTo("\"1\"");
    assertThat(blue.run("keys", "*")).isEqualTo("[\"SESSION:a\"]");
    assertThat(blue.run("randomkey")).isEqualTo("\"SESSION:a\"");
  }

  @Test
  void whoSharesSomeNamespacesSeesNothingOfTheOthers() throws RefusedException {
    Bench.Session teal = bench.connect(bench.engine().open("teal"));
    ((BuiltinKeyspace) teal.client().keyspace()).notifications().choose(KeyspaceEvents.parse("KA"));
    Bench.Session listener = bench.connect(bench.engine().open("teal"));
    listener.run("psubscribe", "*");
    Bench.Session tracking = bench.connect(bench.engine().open("teal"));
    tracking.client().reply().resp3(true);
    tracking.run("client", "tracking", "on", "bcast");
    for (int i = 0; i < 500; i++) {
      blue.run("set", "SESSION:" + i, "of blue and green");
    }
    assertThat(teal.run("dbsize")).isEqualTo("0");
    assertThat(teal.run("randomkey")).isEqualTo("nil");

    teal.run("set", "BAN:a", "1", "px", "100000");
    Bench.Session operator = bench.connect(Overview.open(bench.engine()).getFirst());
    operator.run("set", "app~shared::in no namespace", "1");

    assertThat(teal.run("keys", "*")).isEqualTo("[\"BAN:a\"]");
    assertThat(teal.run("scan", "0", "count", "2000")).isEqualTo("[\"0\" [\"BAN:a\"]]");
    assertThat(teal.run("dbsize")).isEqualTo("1");
    assertThat(teal.run("randomkey")).isEqualTo("\"BAN:a\"");
    assertThat(blue.run("dbsize")).isEqualTo("500");
    assertThat(green.run("scan", "0", "match", "[^S]*", "count", "2000")).isEqualTo("[\"0\" []]");
    assertThat(operator.run("dbsize")).isEqualTo("502");
    bench.pass(1);
    assertThat(listener.take())
        .contains("__keyspace@0__:BAN:a")
        .doesNotContain("SESSION", "in no namespace");
    assertThat(tracking.take()).isEqualTo(">[\"invalidate\" [\"BAN:a\"]]");

    Databases seen = ((BuiltinKeyspace) teal.client().keyspace()).databases();
    assertThat(List.of(seen.seenIn(0), seen.seenExpiringIn(0))).containsExactly(1L, 1L);
    operator.run("flushall");
    assertThat(teal.run("dbsize")).isEqualTo("0");
    assertThat(blue.run("dbsize")).isEqualTo("0");
  }

  @Test
  void aScanMeetsEveryKeyOnce() {
    for (int i = 0; i < 300; i++) {
      (i % 2 == 0 ? blue : green).run("set", "SESSION:" + i, "x");
      blue.run("set", "CACHE:" + i, "x");
      green.run("set", "OTHER:" + i, "x");
    }
    TreeSet<String> met = new TreeSet<>();
    int times = 0;
    String cursor = "0";
    do {
      String reply = blue.run("scan", cursor, "count", "17");
      Matcher words = Pattern.compile("\"([^\"]*)\"").matcher(reply);
      words.find();
      cursor = words.group(1);
      while (words.find()) {
        met.add(words.group(1));
        times++;
      }
    } while (!cursor.equals("0"));

    assertThat(met).hasSize(600).noneMatch(key -> key.startsWith("OTHER"));
    assertThat(times).isEqualTo(600);
    assertThat(blue.run("keys", "SESSION:*").split(" ")).hasSize(300);
  }

  @Test
  void commandsOverBothKindsOfKeysAreWhole() {
    blue.run("sadd", "SESSION:s", "a", "b", "c");
    blue.run("sadd", "mine", "b", "c", "d");

    assertThat(blue.run("sinterstore", "SESSION:both", "SESSION:s", "mine")).isEqualTo("2");
    assertThat(green.run("scard", "SESSION:both")).isEqualTo("2");
    assertThat(blue.run("smove", "SESSION:s", "mine", "a")).isEqualTo("1");
    assertThat(blue.run("sismember", "mine", "a")).isEqualTo("1");
    assertThat(blue.run("rename", "SESSION:both", "mine2")).isEqualTo("OK");
    assertThat(green.run("exists", "SESSION:both", "mine2")).isEqualTo("0");
    assertThat(blue.run("copy", "mine2", "SESSION:copy")).isEqualTo("1");
    assertThat(green.run("scard", "SESSION:copy")).isEqualTo("2");
    blue.run("rpush", "ids", "2", "1");
    blue.run("mset", "SESSION:w1", "20", "SESSION:w2", "10");
    assertThat(blue.run("sort", "ids", "by", "SESSION:w*", "get", "SESSION:w*"))
        .isEqualTo("[\"10\" \"20\"]");
    assertThat(green.run("eval", "return redis.call('get', 'SESSION:w' .. ARGV[1])", "0", "1"))
        .isEqualTo("\"20\"");
  }

  @Test
  void bigValuesCountWhereTheyAre() {
    for (int i = 0; i < 2000; i++) {
      blue.run("rpush", "list", "element " + i);
      blue.run("hset", "hash", "field " + i, "value " + i);
      blue.run("zadd", "set", "1", "member " + i);
      blue.run("xadd", "stream", "*", "field", "value " + i);
    }
    long before = bench.keyspace().usedBytes();

    for (String key : List.of("list", "hash", "set", "stream")) {
      blue.run("rename", key, "SESSION:" + key);
      assertThat(blue.run("copy", "SESSION:" + key, "SESSION:copy:" + key)).isEqualTo("1");
    }
    bench.pass(1000);

    assertThat(bench.keyspace().usedBytes()).isLessThan(before / 20);
    assertThat(shared.usedBytes()).isGreaterThan(before * 3 / 2);
    assertThat(green.run("del", "SESSION:list", "SESSION:hash", "SESSION:set", "SESSION:stream"))
        .isEqualTo("4");
    bench.pass(1000);
    assertThat(shared.usedBytes()).isLessThan(before * 5 / 4);
    assertThat(green.run("hget", "SESSION:copy:hash", "field 7")).isEqualTo("\"value 7\"");
  }

  @Test
  void whoWatchesASharedKeySeesTheOthersChange() {
    blue.run("watch", "SESSION:a");
    blue.run("multi");
    blue.run("set", "mine", "1");

    green.run("set", "SESSION:a", "changed");

    assertThat(blue.run("exec")).isEqualTo("nil");
    blue.run("watch", "CACHE:a");
    green.run("set", "CACHE:a", "another");
    blue.run("multi");
    blue.run("ping");
    assertThat(blue.run("exec")).isEqualTo("[PONG]");
  }

  @Test
  void whoWaitsForASharedKeyIsServedInTheOrderOfComing() {
    Bench.Session second = bench.connect();
    green.send("blpop", "SESSION:queue", "0");
    second.send("blpop", "own", "SESSION:queue", "0");
    assertThat(bench.keyspace().waiting().clients()).isEqualTo(1);

    blue.run("rpush", "SESSION:queue", "one");
    assertThat(green.take()).isEqualTo("[\"SESSION:queue\" \"one\"]");
    assertThat(second.take()).isEmpty();
    red.run("rpush", "SESSION:queue", "of another tenant");
    assertThat(second.take()).isEmpty();
    green.run("rpush", "SESSION:queue", "two");
    assertThat(second.take()).isEqualTo("[\"SESSION:queue\" \"two\"]");
    assertThat(bench.keyspace().waiting().clients()).isZero();
  }

  @Test
  void whoWaitsStaysKnownWhenNobodyElseIsThere() {
    green.send("blpop", "SESSION:queue", "0");
    bench.pass(10_000);

    blue.run("rpush", "SESSION:queue", "one");

    assertThat(green.take()).isEqualTo("[\"SESSION:queue\" \"one\"]");
  }

  @Test
  void copiesOfSharedKeysAreInvalidatedEverywhere() {
    green.client().reply().resp3(true);
    green.run("client", "tracking", "on");
    green.run("get", "SESSION:a");
    green.run("get", "CACHE:a");

    blue.run("set", "CACHE:a", "1");
    assertThat(green.take()).isEmpty();
    blue.run("set", "SESSION:a", "1");
    assertThat(green.take()).isEqualTo(">[\"invalidate\" [\"SESSION:a\"]]");

    green.run("client", "tracking", "off");
    green.run("client", "tracking", "on", "bcast", "prefix", "SESSION");
    blue.run("set", "SESSION:b", "1");
    bench.pass(1);
    assertThat(green.take()).isEqualTo(">[\"invalidate\" [\"SESSION:b\"]]");
  }

  @Test
  void eventsOfSharedKeysReachTheSubscribersOfEach() throws RefusedException {
    BuiltinKeyspace ofGreen = (BuiltinKeyspace) green.client().keyspace();
    ofGreen.notifications().choose(KeyspaceEvents.parse("KA"));
    green.run("psubscribe", "__key*");

    blue.run("set", "SESSION:a", "1");
    blue.run("set", "CACHE:a", "1");

    assertThat(green.take())
        .isEqualTo("[\"pmessage\" \"__key*\" \"__keyspace@0__:SESSION:a\" \"set\"]");
  }

  @Test
  void sharedKeysExpireForAll() {
    blue.run("set", "SESSION:b", "1", "px", "1");
    blue.run("set", "SESSION:a", "1", "px", "1");
    long due = System.currentTimeMillis() + 1;
    while (System.currentTimeMillis() <= due) {
      Thread.onSpinWait();
    }

    assertThat(green.run("get", "SESSION:a")).isEqualTo("nil");
    bench.pass(1000);
    assertThat(shared.databases().at(0).size()).isZero();
  }

  @Test
  void aLongCommandOnSharedKeysHoldsThoseWhoShareThemAndNobodyElse() {
    Bench.Session script = bench.connect();
    String text =
        "redis.call('set','%s','half') for j=1,3000000 do end redis.call('set','%s','whole')";
    script.send("eval", text.formatted("SESSION:a", "SESSION:a"), "0");
    assertThat(script.client().turn()).isEqualTo(Turn.SUSPENDED);

    green.send("get", "SESSION:a");
    assertThat(green.take()).isEmpty();
    assertThat(red.run("set", "x", "1")).isEqualTo("OK");

    while (script.client().turn() == Turn.SUSPENDED || green.client().turn() != Turn.FREE) {
      bench.pass(1);
    }
    assertThat(green.take()).isEqualTo("\"whole\"");

    script.send("eval", text.formatted("mine", "mine"), "0");
    assertThat(script.client().turn()).isEqualTo(Turn.SUSPENDED);
    assertThat(green.run("set", "SESSION:a", "at once")).isEqualTo("OK");
    while (script.client().turn() == Turn.SUSPENDED) {
      bench.pass(1);
    }
  }

  @Test
  void twoLongCommandsOnSharedKeysFollowOneAnother() {
    Bench.Session one = bench.connect();
    String text =
        "for j=1,2000000 do end redis.call('set','SESSION:a',ARGV[1])"
            + " for j=1,2000000 do end return redis.call('get','SESSION:a')";
    one.send("eval", text, "0", "one");
    green.send("eval", text, "0", "two");
    assertThat(one.client().turn()).isEqualTo(Turn.SUSPENDED);
    assertThat(green.client().turn()).isEqualTo(Turn.SUSPENDED);

    while (one.client().turn() != Turn.FREE || green.client().turn() != Turn.FREE) {
      bench.pass(1);
    }

    assertThat(one.take()).contains("\"one\"");
    assertThat(green.take()).contains("\"two\"");
  }

  @Test
  void ofALimitOfAllTheSharedKeysGoLast() throws Exception {
    bench.settings().set(Directive.MAXMEMORY_POLICY, "allkeys-lru");
    for (int i = 0; i < 200; i++) {
      blue.run("set", "SESSION:" + i, "x".repeat(100));
    }
    bench.pass(200);
    quota.most(shared.usedBytes() + bench.keyspace().usedBytes() + 50_000);
    for (int i = 0; i < 2000; i++) {
      assertThat(blue.run("set", "CACHE:" + i, "x".repeat(100))).isEqualTo("OK");
    }

    assertThat(green.run("keys", "SESSION:*").split(" ")).hasSize(200);
    for (int i = 0; i < 2000; i++) {
      assertThat(green.run("set", "SESSION:n" + i, "x".repeat(100))).isEqualTo("OK");
      bench.pass(1);
    }
    assertThat(quota.told()).isLessThan(quota.most() + 20_000);
  }

  @Test
  void whoHasLittleOfALimitOfAllFindsRoomAtTheCostOfWhoHasMost() throws Exception {
    bench.settings().set(Directive.MAXMEMORY_POLICY, "allkeys-lru");
    quota.most(500_000);
    for (int i = 0; i < 6000; i++) {
      assertThat(blue.run("set", "CACHE:" + i, "x".repeat(100))).isEqualTo("OK");
    }
    bench.pass(200);
    for (int i = 0; i < 1000; i++) {
      assertThat(green.run("set", "CACHE:" + i, "x".repeat(100))).isEqualTo("OK");
    }

    assertThat(green.run("dbsize")).isEqualTo("1000");
    assertThat(Integer.parseInt(blue.run("dbsize"))).isBetween(500, 3200);
    bench.pass(200);
    assertThat(quota.told()).isLessThanOrEqualTo(quota.most() + 1000);
  }

  @Test
  void whatOthersHaveOfALimitOfAllCountsAtOnce() {
    quota.most(300_000);
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      answers.add(blue.run("set", "CACHE:" + i, "x".repeat(100)));
      answers.add(green.run("set", "CACHE:" + i, "x".repeat(100)));
      answers.add(green.run("set", "SESSION:" + i, "x".repeat(100)));
    }

    BuiltinKeyspace own = (BuiltinKeyspace) green.client().keyspace();
    long taken = bench.keyspace().usedBytes() + own.usedBytes() + shared.usedBytes();
    assertThat(taken).isBetween(quota.most() - 1000, quota.most() + 5000);
    assertThat(answers).filteredOn(answer -> answer.contains("OOM")).hasSizeGreaterThan(3000);
  }

  @Test
  void aLimitOfAllIsForNobodyElse() throws Exception {
    bench.settings().set(Directive.MAXMEMORY_POLICY, "allkeys-lru");
    quota.most(100_000);
    for (int i = 0; i < 1000; i++) {
      red.run("set", "CACHE:" + i, "x".repeat(100));
    }
    for (int i = 0; i < 3000; i++) {
      assertThat(blue.run("set", "CACHE:" + i, "x".repeat(100))).isEqualTo("OK");
    }
    assertThat(red.run("dbsize")).isEqualTo("1000");
  }
}
