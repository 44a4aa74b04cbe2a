package io.keyward.engine.builtin.hash;

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

/** The commands for hashes, in both encodings. */
class HashCommandsTest {
  private static final String LONG = "v".repeat(65);

  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  /** Makes the hash {@code h} with fields a to c, packed or not. */
  private void threeFields(String encoding) {
    bench.line("hset h a 1 b two c -3");
    if (encoding.equals("hashtable")) {
      bench.run("hset", "h", "d", LONG);
      bench.line("hdel h d");
    }
    assertThat(Keys.encoding(bench, "h")).isEqualTo(encoding);
  }

  @ParameterizedTest
  @ValueSource(strings = {"listpack", "hashtable"})
  void fieldsAreSetReadAndRemoved(String encoding) {
    threeFields(encoding);
    assertThat(bench.line("hget h a")).isEqualTo("\"1\"");
    assertThat(bench.line("hget h b")).isEqualTo("\"two\"");
    assertThat(bench.line("hget h x")).isEqualTo("nil");
    assertThat(bench.line("hmget h c x b")).isEqualTo("[\"-3\" nil \"two\"]");
    assertThat(bench.line("hset h a 2 d 4")).isEqualTo("1");
    assertThat(bench.line("hmset h a 7 e 5")).isEqualTo("OK");
    assertThat(bench.line("hlen h")).isEqualTo("5");
    assertThat(bench.line("hexists h e")).isEqualTo("1");
    assertThat(bench.line("hexists h f")).isEqualTo("0");
    assertThat(bench.line("hstrlen h b")).isEqualTo("3");
    assertThat(bench.line("hstrlen h c")).isEqualTo("2");
    assertThat(bench.line("hstrlen h x")).isEqualTo("0");
    assertThat(bench.line("hsetnx h a 0")).isEqualTo("0");
    assertThat(bench.line("hsetnx h f 6")).isEqualTo("1");
    assertThat(bench.line("hget h a")).isEqualTo("\"7\"");
    assertThat(bench.line("hdel h x a b a")).isEqualTo("2");
    assertThat(bench.line("hlen h")).isEqualTo("4");
    assertThat(bench.line("hdel h c d e f nosuch")).isEqualTo("4");
    assertThat(Keys.encoding(bench, "h")).isEqualTo("none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"listpack", "hashtable"})
  void wholeHashesComeAsMapsAndArrays(String encoding) {
    threeFields(encoding);
    bench.line("hdel h b c");
    bench.line("hset h a x");
    assertThat(bench.line("hgetall h")).isEqualTo("[\"a\" \"x\"]");
    assertThat(bench.line("hkeys h")).isEqualTo("[\"a\"]");
    assertThat(bench.line("hvals h")).isEqualTo("[\"x\"]");
    assertThat(bench.line("hscan h 0")).isEqualTo("[\"0\" [\"a\" \"x\"]]");
    bench.session().client().reply().resp3(true);
    assertThat(bench.line("hgetall h")).isEqualTo("{\"a\" \"x\"}");
    assertThat(bench.line("hkeys h")).isEqualTo("[\"a\"]");
    assertThat(bench.line("hvals h")).isEqualTo("[\"x\"]");
    assertThat(bench.line("hrandfield h 5 withvalues")).isEqualTo("[[\"a\" \"x\"]]");
    assertThat(bench.line("hrandfield h -2 withvalues")).isEqualTo("[[\"a\" \"x\"] [\"a\" \"x\"]]");
    assertThat(bench.line("hgetall none")).isEqualTo("{}");
    assertThat(bench.line("hrandfield none")).isEqualTo("nil");
  }

  @Test
  void whatIsNotThereIsEmpty() {
    assertThat(bench.line("hget h a")).isEqualTo("nil");
    assertThat(bench.line("hmget h a b")).isEqualTo("[nil nil]");
    assertThat(bench.line("hgetall h")).isEqualTo("[]");
    assertThat(bench.line("hkeys h")).isEqualTo("[]");
    assertThat(bench.line("hvals h")).isEqualTo("[]");
    assertThat(bench.line("hlen h")).isEqualTo("0");
    assertThat(bench.line("hstrlen h a")).isEqualTo("0");
    assertThat(bench.line("hexists h a")).isEqualTo("0");
    assertThat(bench.line("hdel h a")).isEqualTo("0");
    assertThat(bench.line("hrandfield h")).isEqualTo("nil");
    assertThat(bench.line("hrandfield h 3")).isEqualTo("[]");
    assertThat(bench.line("hscan h 0 nonsense")).isEqualTo("[\"0\" []]");
  }

  @Test
  void anotherTypeIsRefused() {
    bench.line("set s v");
    for (String line :
        new String[] {
          "hset s a 1", "hsetnx s a 1", "hmset s a 1", "hget s a", "hmget s a", "hgetall s",
          "hkeys s", "hvals s", "hlen s", "hstrlen s a", "hexists s a", "hdel s a",
          "hincrby s a 1", "hincrbyfloat s a 1", "hrandfield s", "hrandfield s 2", "hscan s 0"
        }) {
      assertThat(bench.line(line))
          .as(line)
          .isEqualTo("!WRONGTYPE Operation against a key holding the wrong kind of value");
    }
  }

  @Test
  void pairsMustBeComplete() {
    assertThat(bench.line("hset h a 1 b"))
        .isEqualTo("!ERR wrong number of arguments for 'hset' command");
    assertThat(bench.line("hmset h a 1 b"))
        .isEqualTo("!ERR wrong number of arguments for 'hmset' command");
    assertThat(bench.line("hlen h")).isEqualTo("0");
  }

  @Test
  void aLongFieldOrValueMakesATable() {
    bench.run("hset", "value", "f", LONG.substring(1));
    assertThat(Keys.encoding(bench, "value")).isEqualTo("listpack");
    bench.run("hset", "value", "f", LONG);
    assertThat(Keys.encoding(bench, "value")).isEqualTo("hashtable");
    bench.run("hset", "field", LONG, "v");
    assertThat(Keys.encoding(bench, "field")).isEqualTo("hashtable");
    assertThat(bench.run("hget", "field", LONG)).isEqualTo("\"v\"");
    String huge = "x".repeat(100_000);
    bench.run("hset", "field", huge, huge);
    assertThat(bench.run("hget", "field", huge)).isEqualTo('"' + huge + '"');
  }

  @Test
  void manyFieldsMakeATable() throws RefusedException {
    bench.settings().set(Directive.HASH_MAX_LISTPACK_ENTRIES, "3");
    bench.line("hset h a 1 b 2 c 3");
    assertThat(Keys.encoding(bench, "h")).isEqualTo("listpack");
    bench.line("hset h a 4");
    assertThat(Keys.encoding(bench, "h")).isEqualTo("listpack");
    bench.line("hset h d 4");
    assertThat(Keys.encoding(bench, "h")).isEqualTo("hashtable");
    assertThat(bench.line("hmget h a b c d")).isEqualTo("[\"4\" \"2\" \"3\" \"4\"]");
    bench.line("hset twice a 1 a 2 a 3 a 4");
    assertThat(Keys.encoding(bench, "twice")).isEqualTo("hashtable");
    assertThat(bench.line("hgetall twice")).isEqualTo("[\"a\" \"4\"]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"listpack", "hashtable"})
  void countersAddUp(String encoding) {
    threeFields(encoding);
    assertThat(bench.line("hincrby h a 5")).isEqualTo("6");
    assertThat(bench.line("hincrby h c -4")).isEqualTo("-7");
    assertThat(bench.line("hincrby h n 9223372036854775807")).isEqualTo("9223372036854775807");
    assertThat(bench.line("hincrby h n 1")).isEqualTo("!ERR increment or decrement would overflow");
    assertThat(bench.line("hincrby h c -9223372036854775808"))
        .isEqualTo("!ERR increment or decrement would overflow");
    assertThat(bench.line("hincrby h b 1")).isEqualTo("!ERR hash value is not an integer");
    assertThat(bench.line("hincrby h a x"))
        .isEqualTo("!ERR value is not an integer or out of range");
    bench.run("hset", "h", "space", " 1");
    assertThat(bench.line("hincrby h space 1")).isEqualTo("!ERR hash value is not an integer");
    assertThat(bench.line("hincrbyfloat h space 1")).isEqualTo("!ERR hash value is not a float");
    assertThat(bench.line("hincrbyfloat h a 0.1")).isEqualTo("\"6.1\"");
    assertThat(bench.line("hget h a")).isEqualTo("\"6.1\"");
    assertThat(bench.line("hincrbyfloat h new 1.5e2")).isEqualTo("\"150\"");
    assertThat(bench.line("hincrby h new 1")).isEqualTo("151");
    assertThat(bench.line("hincrbyfloat h b 1")).isEqualTo("!ERR hash value is not a float");
    assertThat(bench.line("hincrbyfloat h a x")).isEqualTo("!ERR value is not a valid float");
    assertThat(bench.line("hincrbyfloat h a +inf")).isEqualTo("!ERR value is NaN or Infinity");
  }

  @Test
  void countersMakeTheHash() {
    assertThat(bench.line("hincrby a f 3")).isEqualTo("3");
    assertThat(bench.line("hincrbyfloat b f 3.25")).isEqualTo("\"3.25\"");
    assertThat(bench.line("hgetall a")).isEqualTo("[\"f\" \"3\"]");
    assertThat(bench.line("hgetall b")).isEqualTo("[\"f\" \"3.25\"]");
    assertThat(bench.line("hincrby none f x"))
        .isEqualTo("!ERR value is not an integer or out of range");
    assertThat(Keys.encoding(bench, "none")).isEqualTo("none");
  }

  @Test
  void eventsNameWhatHappened() throws RefusedException {
    KeyEvents events = new KeyEvents(bench, "hg");
    bench.line("hset h a 1 b 2");
    bench.line("hsetnx h a 1");
    bench.line("hincrby h a 1");
    bench.line("hincrbyfloat h a 1");
    bench.line("hdel h nosuch");
    bench.line("hdel h a b");
    assertThat(events.taken())
        .containsExactly("h hset", "h hincrby", "h hincrbyfloat", "h hdel", "h del");
  }
}
