package io.keyward.engine.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.Bench.Session;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Whatever clients do on both sides while keys are still to be copied, each side answers as a
 * keyspace does that was filled by the same commands and has no clone.
 */
class KeyspaceCloneTest {
  private static final int KEYS = 200;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private Bench bench;
  private boolean over;
  private long nextId = 1;

  /** A keyspace that takes part, and one that gets the same commands alone. */
  private record Pair(Session real, Session model) {
    void run(String... words) {
      String expected = sorted(words[0], model.run(words));
      assertThat(sorted(words[0], real.run(words)))
          .as("%s", String.join(" ", words))
          .isEqualTo(expected);
    }

    private static String sorted(String command, String reply) {
      return command.equals("keys")
          ? new TreeSet<>(List.of(reply.split("[\\[\\], ]+"))).toString()
          : reply;
    }

    void sameData() {
      assertThat(real.run("debug", "digest")).isEqualTo(model.run("debug", "digest"));
    }
  }

  @BeforeEach
  void start() throws Exception {
    System.err.println("KeyspaceCloneTest seed " + seed);
    bench =
        new Bench(
            new LiveSettings(
                Map.of(
                    Directive.ENABLE_DEBUG_COMMAND,
                    "yes",
                    Directive.LIST_MAX_LISTPACK_SIZE,
                    "64")));
  }

  private Session open(String prefix) {
    return bench.connect(bench.engine().open(prefix));
  }

  private BuiltinKeyspace keyspace(String prefix) {
    return bench.engine().open(prefix);
  }

  private KeyspaceClone begin() {
    over = false;
    KeyspaceClone clone =
        new KeyspaceClone(keyspace("blue"), keyspace("green"), ended -> over = true);
    clone.start();
    return clone;
  }

  private void finish() {
    while (!over) {
      bench.pass(1);
    }
  }

  private String key() {
    return "key" + random.nextInt(KEYS);
  }

  private String[] command() {
    String number = Integer.toString(random.nextInt(10_000));
    return switch (random.nextInt(32)) {
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
      default -> words("select", Integer.toString(random.nextInt(3)));
    };
  }

  private static String[] words(String... words) {
    return words;
  }

  private String[] rarely(String... words) {
    return random.nextInt(60) == 0 ? words : words("ping");
  }

  private void fill(Session... all) {
    for (int i = 0; i < 3 * KEYS; i++) {
      String[] command = command();
      for (Session each : all) {
        each.run(command);
      }
    }
    for (Session each : all) {
      each.run("select", "0");
      for (int i = 0; i < 300; i++) {
        String number = Integer.toString(i * 7);
        each.run("hset", "hash", number, "value of some length " + number);
        each.run("sadd", "set", number + "-member");
        each.run("zadd", "zset", number, "member " + number);
        each.run("rpush", "list", "element " + number);
        each.run("xadd", "stream", "*", "field", number);
      }
      each.run("del", "stream");
      each.run("set", "text", "x".repeat(100_000));
    }
  }

  @Test
  void bothSidesAnswerAsIfEachKeyWereCopiedAtOnce() {
    for (int round = 0; round < 20; round++) {
      Pair blue = new Pair(open("blue"), open("blue model"));
      Pair green = new Pair(open("green"), open("green model"));
      for (Pair pair : new Pair[] {blue, green}) {
        pair.real.run("flushall");
        pair.model.run("flushall");
      }
      fill(blue.real, blue.model, green.model);
      begin();
      green.run("dbsize");
      for (int i = 0; i < 400; i++) {
        (random.nextBoolean() ? blue : green).run(command());
        if (random.nextInt(40) == 0) {
          bench.pass(1);
        }
      }
      if (random.nextBoolean()) {
        finish();
      }
      for (Pair pair : new Pair[] {blue, green}) {
        pair.sameData();
      }
      finish();
      bench.pass(1000);
      for (Pair pair : new Pair[] {blue, green}) {
        pair.sameData();
      }
      for (BuiltinKeyspace each : bench.engine().keyspaces()) {
        each.databases().forEach(Database::validate);
      }
      bench.validate();
    }
  }

  @Test
  void theCopyIsAccountedToTheHeirAndOutlivesItsSource() {
    Session blue = open("blue");
    Session green = open("green");
    fill(blue);
    long before = keyspace("blue").usedBytes();
    String digest = blue.run("debug", "digest");
    begin();
    blue.run("flushall");
    finish();
    bench.pass(10_000);
    assertThat(keyspace("blue").usedBytes()).isLessThan(1000);
    assertThat(keyspace("green").usedBytes()).isBetween(before * 9 / 10, before * 11 / 10);
    assertThat(green.run("debug", "digest")).isEqualTo(digest);
    green.run("flushall");
    bench.pass(10_000);
    assertThat(keyspace("green").usedBytes()).isLessThan(1000);
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
    begin();
    assertThat(waits.take()).contains("one");
    assertThat(watches.run("exec")).isEqualTo("nil");
    finish();
    assertThat(blue.run("llen", "list")).isEqualTo("2");
    assertThat(watches.run("llen", "list")).isEqualTo("1");
  }

  @Test
  void oneThatIsGivenUpInTheMiddleLeavesBothUsable() {
    Session blue = open("blue");
    fill(blue);
    begin();
    bench.pass(1);
    assertThat(bench.engine().drop("green")).isTrue();
    finish();
    begin();
    assertThat(bench.engine().drop("blue")).isTrue();
    finish();
    Session green = open("green");
    assertThat(green.run("strlen", "text")).isEqualTo("100000");
    assertThat(open("blue").run("dbsize")).isEqualTo("0");
  }

  @Test
  void aKeyThatNobodyCopiesIsCopiedBeforeEitherSideNeedsIt() {
    Session blue = open("blue");
    Session green = open("green");
    for (int i = 0; i < 5000; i++) {
      blue.run("set", "key" + i, "before");
    }
    KeyspaceClone clone = begin();
    assertThat(green.run("get", "key17")).isEqualTo("\"before\"");
    assertThat(clone.asked()).isEqualTo(1);
    blue.run("set", "key18", "after");
    blue.run("del", "key19");
    assertThat(green.run("mget", "key18", "key19")).isEqualTo("[\"before\" \"before\"]");
    green.run("del", "key20");
    assertThat(green.run("exists", "key20")).isEqualTo("0");
    assertThat(blue.run("get", "key20")).isEqualTo("\"before\"");
    assertThat(green.run("dbsize")).isEqualTo("4999");
    assertThat(green.run("randomkey")).startsWith("\"key");
    finish();
    assertThat(clone.keys()).isEqualTo(5000);
  }
}
