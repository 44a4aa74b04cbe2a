package io.keyward.engine.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Namespaces;
import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.Client.Turn;
import io.keyward.engine.KeyspaceTraits;
import io.keyward.engine.builtin.Bench.Session;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever clients do to keyspaces that have been made of one another and have most in common, each
 * answers as one does that was filled by the same commands alone.
 */
class KeyspaceCloneTest {
  private static final int KEYS = 200;

  private final long seed = Long.getLong("test.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private Bench bench;
  private long nextId = 1000;

  /** A keyspace that takes part, and one that gets the same commands alone. */
  private final class Pair {
    private final String name;
    private final Session real;
    private final Session model;
    private List<String[]> history = new ArrayList<>();

    Pair(String name) {
      this.name = name;
      real = open(name);
      model = open(name + " model");
      run("flushall");
    }

    void run(String... words) {
      history.add(words);
      String expected = sorted(words[0], model.run(words));
      assertThat(sorted(words[0], real.run(words)))
          .as("%s: %s, seed %d", name, String.join(" ", words), seed)
          .isEqualTo(expected);
    }

    private static String sorted(String command, String reply) {
      return command.equals("keys")
          ? new TreeSet<>(List.of(reply.split("[\\[\\], ]+"))).toString()
          : reply;
    }

    void becomeCloneOf(Pair source) {
      real.run("flushall");
      model.run("flushall");
      KeyspaceClone made = KeyspaceClone.make(keyspace(source.name), keyspace(name));
      assertThat(made.keys()).isEqualTo(keyspace(source.name).databases().keys());
      history = new ArrayList<>(source.history);
      model.run("select", "0");
      history.forEach(model::run);
      run("select", "0");
    }

    void sameData() {
      assertThat(real.run("debug", "digest"))
          .as("%s, seed %d", name, seed)
          .isEqualTo(model.run("debug", "digest"));
    }
  }

  @BeforeEach
  void start() throws Exception {
    System.err.println("KeyspaceCloneTest seed " + seed);
    bench =
        new Bench(
            new LiveSettings(
                Map.of(
                    Directive.ENABLE_DEBUG_COMMAND, "yes", Directive.LIST_MAX_LISTPACK_SIZE, "64")),
            "",
            prefix -> new KeyspaceTraits(new Namespaces(List.of(), List.of("ROLES"))));
  }

  private Session open(String prefix) {
    return bench.connect(bench.engine().open(prefix));
  }

  private BuiltinKeyspace keyspace(String prefix) {
    return bench.engine().open(prefix);
  }

  private void validate() {
    bench.validate();
    bench
        .engine()
        .keyspaces()
        .forEach(keyspace -> keyspace.databases().forEach(DatabaseCheck::bytes));
  }

  private KeyspaceClone cloneBlue() {
    return KeyspaceClone.make(keyspace("blue"), keyspace("green"));
  }

  private String key() {
    return (random.nextInt(6) == 0 ? "ROLES:" : "key") + random.nextInt(KEYS);
  }

  private String[] command() {
    String number = Integer.toString(random.nextInt(10_000));
    return switch (random.nextInt(46)) {
      case 0 -> words("set", key(), number);
      case 1 -> words("append", key(), "more");
      case 2 -> words("del", key());
      case 3 -> words("incr", key());
      case 4 -> words("pexpireat", key(), "4000000000000");
      case 5 -> words("persist", key());
      case 6 -> words("rename", key(), key());
      case 7 -> words("copy", key(), key(), "replace");
      case 8 -> words("hset", key(), number, number);
      case 9 -> words("rpush", key(), number, number);
      case 10 -> words("lpop", key());
      case 11 -> words("sadd", key(), number, "a" + number);
      case 12 -> words("zadd", key(), number, number);
      case 13 -> words("xadd", key(), nextId++ + "-0", "f", number);
      case 14 -> words("hset", "hash", number, "changed " + number);
      case 15 -> words("hdel", "hash", number);
      case 16 -> words("srem", "set", number + "-member");
      case 17 -> words("zincrby", "zset", "7", "member " + number);
      case 18 -> words("lset", "list", "10", number);
      case 19 -> words("xadd", "stream", nextId++ + "-0", "f", number);
      case 20 -> words("setrange", "text", "100", number);
      case 21 -> words("move", key(), Integer.toString(random.nextInt(3)));
      case 22 -> words("get", key());
      case 23 -> words("exists", key(), key(), "hash", "nothing");
      case 24 -> words("dbsize");
      case 25 -> words("type", key());
      case 26 -> words("setnx", key(), number);
      case 27 -> rarely("swapdb", "0", "1");
      case 28 -> rarely("flushdb");
      case 29 -> rarely("keys", "*");
      case 30 -> rarely("set", "zset", "a string now");
      case 31 -> words("hpexpireat", "hash", "4000000000000", "fields", "1", number);
      case 32 -> words("linsert", "list", "before", "element " + number, "inserted");
      case 33 -> words("lrem", "list", "0", "element " + number);
      case 34 -> words("zremrangebyrank", "zset", number, number);
      case 35 -> words("xdel", "stream", random.nextInt(300) + "-1");
      case 36 ->
          random.nextBoolean()
              ? words("xreadgroup", "group", "group", number, "streams", "stream", ">")
              : words("xack", "stream", "group", random.nextInt(300) + "-1");
      case 37 -> words("xtrim", "stream", "maxlen", Integer.toString(250 + random.nextInt(50)));
      case 38 -> words("zadd", "zset", number, "member " + random.nextInt(300) * 7);
      case 39 -> words("zrem", "zset", "member " + random.nextInt(300) * 7);
      case 40 -> words(random.nextBoolean() ? "lpush" : "rpush", "list", "at an end " + number);
      case 41 -> words(random.nextBoolean() ? "lpop" : "rpop", "list");
      case 42 -> words("lset", "list", "-" + (1 + random.nextInt(200)), "set " + number);
      case 43 -> words("xclaim", "stream", "group", "b", "0", random.nextInt(300) + "-1");
      case 44 -> words("zpopmin", "zset", "2");
      default -> words("select", Integer.toString(random.nextInt(3)));
    };
  }

  private static String[] words(String... words) {
    return words;
  }

  private String[] rarely(String... words) {
    return random.nextInt(60) == 0 ? words : words("ping");
  }

  /** Small values of all kinds, and a big one of each. */
  private void fill(Consumer<String[]> to) {
    for (int i = 0; i < 3 * KEYS; i++) {
      to.accept(command());
    }
    to.accept(words("select", "0"));
    to.accept(words("del", "hash", "set", "zset", "list", "stream"));
    for (int i = 0; i < 300; i++) {
      String number = Integer.toString(i * 7);
      to.accept(words("hset", "hash", number, "value of some length " + number));
      to.accept(words("sadd", "set", number + "-member"));
      to.accept(words("zadd", "zset", number, "member " + number));
      to.accept(words("rpush", "list", "element " + number));
      to.accept(words("xadd", "stream", (i + 1) + "-1", "field", number));
    }
    to.accept(words("xgroup", "create", "stream", "group", "0"));
    to.accept(words("xreadgroup", "group", "group", "a", "count", "200", "streams", "stream", ">"));
    to.accept(words("set", "text", "x".repeat(100_000)));
  }

  @Test
  void eachAnswersAsIfAllOfItWereItsAlone() {
    for (int round = 0; round < 12; round++) {
      List<Pair> pairs = List.of(new Pair("blue"), new Pair("green"), new Pair("cyan"));
      fill(words -> pairs.getFirst().run(words));
      pairs.get(1).becomeCloneOf(pairs.get(0));
      for (int i = 0; i < 1200; i++) {
        Pair pair = pairs.get(random.nextInt(pairs.size()));
        if (random.nextInt(120) == 0) {
          Pair other = pairs.get(random.nextInt(pairs.size()));
          if (other != pair) {
            pair.becomeCloneOf(other);
          }
        } else {
          pair.run(command());
        }
        if (random.nextInt(40) == 0) {
          bench.pass(random.nextInt(10) == 0 ? 250 : 1);
        }
        if (random.nextInt(100) == 0) {
          validate();
        }
      }
      pairs.forEach(Pair::sameData);
      bench.pass(1000);
      pairs.forEach(Pair::sameData);
      validate();
    }
    for (BuiltinKeyspace each : List.copyOf(bench.engine().keyspaces())) {
      assertThat(bench.engine().drop(each.prefix())).isTrue();
    }
    bench.pass(100_000);
    assertThat(bench.keyspace().home().pool().slotMemory()).as("seed %d", seed).isZero();
    assertThat(bench.keyspace().home().usedBytes()).as("seed %d", seed).isZero();
  }

  @Test
  void whatIsInCommonCountsForEachAndIsInMemoryOnce() {
    Session blue = open("blue");
    Session green = open("green");
    fill(blue::run);
    bench.pass(10_000);
    long before = keyspace("blue").usedBytes();
    long all = bench.keyspace().home().usedBytes();
    String digest = blue.run("debug", "digest");
    cloneBlue();
    assertThat(keyspace("green").usedBytes()).isBetween(before * 95 / 100, before);
    assertThat(bench.keyspace().home().usedBytes()).isBetween(all, all + all / 10);
    blue.run("flushall");
    bench.pass(10_000);
    assertThat(keyspace("blue").usedBytes()).isLessThan(1000);
    assertThat(bench.keyspace().home().usedBytes()).isBetween(all * 9 / 10, all + all / 10);
    assertThat(green.run("debug", "digest")).isEqualTo(digest);
    green.run("flushall");
    bench.pass(10_000);
    assertThat(keyspace("green").usedBytes()).isLessThan(1000);
    assertThat(bench.keyspace().home().usedBytes()).isLessThan(2000);
  }

  @Test
  void whoWaitsForAKeyOrWatchesOneLearnsThatItIsThere() {
    Session blue = open("blue");
    Session waits = open("green");
    Session watches = open("green");
    blue.run("rpush", "list", "one", "two");
    waits.send("blpop", "list", "0");
    watches.run("watch", "list");
    watches.run("multi");
    watches.run("ping");
    cloneBlue();
    assertThat(waits.take()).contains("one");
    assertThat(watches.run("exec")).isEqualTo("nil");
    assertThat(blue.run("llen", "list")).isEqualTo("2");
    assertThat(watches.run("llen", "list")).isEqualTo("1");
  }

  @Test
  void newKeysAreKnownAsItsOwnAgainSomeTimeAfterASecondClone() {
    Session blue = open("blue");
    fill(blue::run);
    blue.run("select", "0");
    blue.run("set", "early", "1");
    cloneBlue();
    blue.run("set", "between", "1");
    assertThat(isKnownAsOwn("between")).isTrue();
    assertThat(isKnownAsOwn("early")).isFalse();
    KeyspaceClone.make(keyspace("blue"), keyspace("cyan"));
    blue.run("set", "at once", "1");
    assertThat(isKnownAsOwn("at once")).isFalse();
    bench.pass(1000);
    blue.run("set", "later", "1");
    assertThat(isKnownAsOwn("later")).isTrue();
    assertThat(isKnownAsOwn("between")).isFalse();
    validate();
  }

  private boolean isKnownAsOwn(String key) {
    Database database = keyspace("blue").databases().at(0);
    byte[] name = key.getBytes(StandardCharsets.US_ASCII);
    Entry entry = database.locate(name, 0, name.length, database.newView());
    return entry != null && entry.isOwn();
  }

  @Test
  void oneOutlivesTheOther() {
    Session blue = open("blue");
    fill(blue::run);
    cloneBlue();
    bench.pass(1);
    assertThat(bench.engine().drop("green")).isTrue();
    bench.pass(1000);
    assertThat(blue.run("strlen", "text")).isEqualTo("100000");
    cloneBlue();
    assertThat(bench.engine().drop("blue")).isTrue();
    bench.pass(1000);
    Session green = open("green");
    assertThat(green.run("strlen", "text")).isEqualTo("100000");
    assertThat(green.run("hset", "hash", "0", "changed", "new", "field")).isEqualTo("1");
    assertThat(open("blue").run("dbsize")).isEqualTo("0");
    validate();
  }

  @Test
  void aBigValueIsCopiedInPiecesAsItIsChanged() {
    Session blue = open("blue");
    Session green = open("green");
    for (int i = 0; i < 20_000; i++) {
      blue.run("hset", "hash", "field" + i, "a value of some forty bytes, to be copied");
    }
    bench.pass(1000);
    cloneBlue();
    long all = bench.keyspace().home().usedBytes();
    green.run("hset", "hash", "field7", "another");
    blue.run("hincrby", "hash", "counter", "1");
    assertThat(bench.keyspace().home().usedBytes() - all).isLessThan(500_000);
    assertThat(blue.run("hget", "hash", "field7")).contains("forty");
    assertThat(green.run("hexists", "hash", "counter")).isEqualTo("0");
    validate();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lrange list 0 -1", "sort list by nosort"})
  void whileOneReadsAListInSlicesTheOtherReadsItToo(String command) {
    Session blue = open("blue");
    Session green = open("green");
    blue.run("eval", "for i=1,60000 do redis.call('rpush','list','m'..i) end", "0");
    String expected = blue.run(command.split(" "));
    cloneBlue();
    blue.send(command.split(" "));
    assertThat(blue.client().turn()).isEqualTo(Turn.SUSPENDED);
    while (blue.client().turn() == Turn.SUSPENDED) {
      assertThat(green.run("lindex", "list", "59999")).contains("m60000");
      assertThat(green.run("lrange", "list", "7", "8")).contains("m8").contains("m9");
      bench.pass(1);
    }
    assertThat(blue.take().equals(expected)).isTrue();
  }

  @Test
  void aTemplateThatIsCopiedOftenDoesNotMakeChangesDear() {
    Session blue = open("blue");
    for (int i = 0; i < 200; i++) {
      String number = Integer.toString(i);
      blue.run("hset", "hash", number, "value of some length " + number);
      blue.run("sadd", "set", number + "-member");
      blue.run("zadd", "zset", number, "member " + number);
    }
    for (int i = 0; i < 100; i++) {
      for (String key : List.of("hash", "set", "zset")) {
        assertThat(blue.run("copy", key, key + i)).isEqualTo("1");
      }
      blue.run("hset", "hash" + i, "7", "changed " + i);
      blue.run("srem", "set" + i, i + "-member");
      blue.run("zadd", "zset" + i, "1000", "member " + i);
    }
    validate();
    for (int i = 0; i < 100; i++) {
      assertThat(blue.run("hget", "hash" + i, "7")).contains("changed " + i);
      assertThat(blue.run("hget", "hash" + i, "8")).contains("length 8");
      assertThat(blue.run("scard", "set" + i)).isEqualTo("199");
      assertThat(blue.run("zrank", "zset" + i, "member " + i)).isEqualTo("199");
    }
    assertThat(blue.run("hget", "hash", "7")).contains("length 7");
    blue.run("flushall");
    bench.pass(10_000);
    assertThat(keyspace("blue").usedBytes()).isLessThan(1000);
  }
}
