package io.keyward.engine.builtin.set;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.KeyEvents;
import io.keyward.engine.builtin.Keys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands for sets, in every encoding. */
class SetCommandsTest {
  private static final String LONG = "m".repeat(65);

  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  /** Makes the set {@code s} of 1, 2 and 3 in this encoding. */
  private void oneToThree(String encoding) {
    bench.line("sadd s 1 2 3");
    if (encoding.equals("listpack")) {
      bench.line("sadd s x");
      bench.line("srem s x");
    } else if (encoding.equals("hashtable")) {
      bench.run("sadd", "s", LONG);
      bench.run("srem", "s", LONG);
    }
    assertThat(Keys.encoding(bench, "s")).isEqualTo(encoding);
  }

  @ParameterizedTest
  @ValueSource(strings = {"intset", "listpack", "hashtable"})
  void membersAreAddedFoundAndRemoved(String encoding) {
    oneToThree(encoding);
    assertThat(bench.line("sadd s 3 4")).isEqualTo("1");
    assertThat(bench.line("scard s")).isEqualTo("4");
    assertThat(bench.line("sismember s 4")).isEqualTo("1");
    assertThat(bench.line("sismember s 04")).isEqualTo("0");
    assertThat(bench.line("smismember s 1 x 2")).isEqualTo("[1 0 1]");
    assertThat(bench.line("srem s 1 2 5")).isEqualTo("2");
    assertThat(bench.line("srem s 3")).isEqualTo("1");
    assertThat(bench.line("smembers s")).isEqualTo("[\"4\"]");
    assertThat(bench.line("srandmember s")).isEqualTo("\"4\"");
    assertThat(bench.line("sscan s 0")).isEqualTo("[\"0\" [\"4\"]]");
    bench.session().client().reply().resp3(true);
    assertThat(bench.line("smembers s")).isEqualTo("<\"4\">");
    assertThat(bench.line("srandmember s 3")).isEqualTo("[\"4\"]");
    assertThat(bench.line("srandmember s -3")).isEqualTo("[\"4\" \"4\" \"4\"]");
    assertThat(bench.line("sinter s s")).isEqualTo("<\"4\">");
    assertThat(bench.line("sunion s none")).isEqualTo("<\"4\">");
    assertThat(bench.line("sdiff s none")).isEqualTo("<\"4\">");
    assertThat(bench.line("spop s 3")).isEqualTo("<\"4\">");
    assertThat(Keys.encoding(bench, "s")).isEqualTo("none");
  }

  @Test
  void whatIsNotThereIsEmpty() {
    assertThat(bench.line("scard s")).isEqualTo("0");
    assertThat(bench.line("sismember s a")).isEqualTo("0");
    assertThat(bench.line("smismember s a b")).isEqualTo("[0 0]");
    assertThat(bench.line("smembers s")).isEqualTo("[]");
    assertThat(bench.line("srem s a")).isEqualTo("0");
    assertThat(bench.line("spop s")).isEqualTo("nil");
    assertThat(bench.line("spop s 2")).isEqualTo("[]");
    assertThat(bench.line("srandmember s")).isEqualTo("nil");
    assertThat(bench.line("srandmember s 2")).isEqualTo("[]");
    assertThat(bench.line("smove s t a")).isEqualTo("0");
    assertThat(bench.line("sscan s 0 nonsense")).isEqualTo("[\"0\" []]");
  }

  @Test
  void anotherTypeIsRefused() {
    bench.line("set k v");
    bench.line("sadd s a");
    for (String line :
        new String[] {
          "sadd k a",
          "srem k a",
          "sismember k a",
          "smismember k a",
          "scard k",
          "smembers k",
          "spop k",
          "spop k 1",
          "srandmember k",
          "srandmember k 1",
          "smove k s a",
          "smove s k a",
          "sinter none k",
          "sinter s k",
          "sinterstore d none k",
          "sintercard 2 s k",
          "sunion s k",
          "sunionstore d s k",
          "sdiff s k",
          "sdiffstore d none k",
          "sscan k 0"
        }) {
      assertThat(bench.line(line))
          .as(line)
          .isEqualTo("!WRONGTYPE Operation against a key holding the wrong kind of value");
    }
    assertThat(bench.line("smove none k a")).isEqualTo("0");
  }

  @Test
  void wrongArgumentsAreRefusedInRedisWords() {
    bench.line("sadd s a b c");
    assertThat(bench.line("spop s -1")).isEqualTo("!ERR value is out of range, must be positive");
    assertThat(bench.line("spop s x")).isEqualTo("!ERR value is out of range, must be positive");
    assertThat(bench.line("spop s 1 2")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("srandmember s 1 2")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("srandmember s -9223372036854775808"))
        .isEqualTo(
            "!ERR value is out of range, value must between -9223372036854775807 and"
                + " 9223372036854775807");
    assertThat(bench.line("sintercard 0 s")).isEqualTo("!ERR numkeys should be greater than 0");
    assertThat(bench.line("sintercard x s")).isEqualTo("!ERR numkeys should be greater than 0");
    assertThat(bench.line("sintercard 2 s"))
        .isEqualTo("!ERR Number of keys can't be greater than number of args");
    assertThat(bench.line("sintercard 1 s limit")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("sintercard 1 s s")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("sintercard 1 s limit -1")).isEqualTo("!ERR LIMIT can't be negative");
    assertThat(bench.line("sscan s x")).isEqualTo("!ERR invalid cursor");
    assertThat(bench.line("sscan s 0 type set")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("sadd s")).isEqualTo("!ERR wrong number of arguments for 'sadd' command");
  }

  @Test
  void encodingsFollowTheThresholds() throws RefusedException {
    bench.settings().set(Directive.SET_MAX_INTSET_ENTRIES, "4");
    bench.settings().set(Directive.SET_MAX_LISTPACK_ENTRIES, "3");
    bench.line("sadd a 1 2 3 4");
    assertThat(Keys.encoding(bench, "a")).isEqualTo("intset");
    bench.line("sadd a 4");
    assertThat(Keys.encoding(bench, "a")).isEqualTo("intset");
    bench.line("sadd a 5");
    assertThat(Keys.encoding(bench, "a")).isEqualTo("hashtable");
    bench.line("sadd b 1 2");
    bench.line("sadd b x");
    assertThat(Keys.encoding(bench, "b")).isEqualTo("listpack");
    bench.line("sadd b 1 x");
    bench.line("sadd b y");
    assertThat(Keys.encoding(bench, "b")).isEqualTo("hashtable");
    bench.line("sadd c 1 2 3");
    bench.line("sadd c x");
    assertThat(Keys.encoding(bench, "c")).isEqualTo("hashtable");
    bench.line("sadd d a 1 2 3");
    assertThat(Keys.encoding(bench, "d")).isEqualTo("hashtable");
    bench.line("sadd e a a a");
    assertThat(Keys.encoding(bench, "e")).isEqualTo("listpack");
    bench.line("sadd e a a a a");
    assertThat(Keys.encoding(bench, "e")).isEqualTo("hashtable");
    bench.run("sadd", "f", LONG);
    assertThat(Keys.encoding(bench, "f")).isEqualTo("hashtable");
    bench.run("sadd", "g", LONG.substring(1));
    assertThat(Keys.encoding(bench, "g")).isEqualTo("listpack");
    bench.settings().set(Directive.SET_MAX_LISTPACK_VALUE, "3");
    bench.line("sadd h -100");
    bench.line("sadd h x");
    assertThat(Keys.encoding(bench, "h")).isEqualTo("hashtable");
  }

  @Test
  void membersMoveBetweenSets() {
    bench.line("sadd from 1 a");
    bench.line("sadd to 2");
    assertThat(bench.line("smove from to nosuch")).isEqualTo("0");
    assertThat(bench.line("smove from to a")).isEqualTo("1");
    assertThat(bench.line("smembers from")).isEqualTo("[\"1\"]");
    assertThat(Keys.encoding(bench, "to")).isEqualTo("listpack");
    assertThat(bench.line("smove from from 1")).isEqualTo("1");
    assertThat(bench.line("smove from from 2")).isEqualTo("0");
    assertThat(bench.line("smove from new 1")).isEqualTo("1");
    assertThat(Keys.encoding(bench, "from")).isEqualTo("none");
    assertThat(Keys.encoding(bench, "new")).isEqualTo("intset");
  }

  @Test
  void storedResultsTakeTheEncodingThatFits() throws RefusedException {
    bench.line("sadd a 1 2 3 x");
    bench.line("sadd b 2 3 4 y");
    assertThat(bench.line("sinterstore d a b")).isEqualTo("2");
    assertThat(Keys.encoding(bench, "d")).isEqualTo("intset");
    assertThat(bench.line("smembers d")).isEqualTo("[\"2\" \"3\"]");
    assertThat(bench.line("sunionstore d a b")).isEqualTo("6");
    assertThat(Keys.encoding(bench, "d")).isEqualTo("listpack");
    assertThat(bench.line("sdiffstore d a b")).isEqualTo("2");
    bench.run("sadd", "a", LONG);
    bench.run("sadd", "b", LONG);
    assertThat(bench.line("sinterstore d a b")).isEqualTo("3");
    assertThat(Keys.encoding(bench, "d")).isEqualTo("hashtable");
    bench.run("srem", "b", LONG);
    assertThat(bench.line("sinterstore d a b")).isEqualTo("2");
    assertThat(Keys.encoding(bench, "d")).isEqualTo("intset");
    bench.line("set text value");
    assertThat(bench.line("sunionstore text a")).isEqualTo("5");
    assertThat(bench.line("scard text")).isEqualTo("5");
    assertThat(bench.line("sunionstore a a b")).isEqualTo("7");
    assertThat(bench.line("sdiffstore a a a")).isEqualTo("0");
    assertThat(Keys.encoding(bench, "a")).isEqualTo("none");
    assertThat(bench.line("sinterstore b b none")).isEqualTo("0");
    assertThat(Keys.encoding(bench, "b")).isEqualTo("none");
  }

  @Test
  void intersectionsAreCountedUpToALimit() {
    bench.line("sadd a 1 2 3 4 5");
    bench.line("sadd b x 2 3 4");
    assertThat(bench.line("sintercard 2 a b")).isEqualTo("3");
    assertThat(bench.line("sintercard 2 a b limit 2")).isEqualTo("2");
    assertThat(bench.line("sintercard 2 a b LIMIT 0")).isEqualTo("3");
    assertThat(bench.line("sintercard 2 a none")).isEqualTo("0");
    assertThat(bench.line("sintercard 1 a")).isEqualTo("5");
  }

  @Test
  void eventsNameWhatHappened() throws RefusedException {
    KeyEvents events = new KeyEvents(bench, "sg");
    bench.line("sadd s a b c");
    bench.line("sadd s a");
    bench.line("srem s nosuch");
    bench.line("srem s a");
    bench.line("spop s");
    bench.line("spop s 5");
    assertThat(events.taken()).containsExactly("s sadd", "s srem", "s spop", "s spop", "s del");
    bench.line("sadd s a b");
    bench.line("sadd t b");
    events.taken();
    bench.line("smove s t b");
    bench.line("smove s t a");
    assertThat(events.taken()).containsExactly("s srem", "s srem", "s del", "t sadd");
    bench.line("sinterstore d t t");
    bench.line("sunionstore d t");
    bench.line("sdiffstore d t none");
    bench.line("sdiffstore d none t");
    bench.line("sdiffstore d none t");
    assertThat(events.taken())
        .containsExactly("d sinterstore", "d sunionstore", "d sdiffstore", "d del");
  }
}
