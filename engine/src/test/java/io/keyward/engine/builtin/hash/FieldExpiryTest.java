package io.keyward.engine.builtin.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.KeyEvents;
import io.keyward.engine.builtin.Keys;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields of hashes that expire, in small and in big hashes. */
class FieldExpiryTest {
  private static final String LONG = "v".repeat(65);

  /** A time that is far enough, in milliseconds since 1970. */
  private static final String FAR = String.valueOf(System.currentTimeMillis() + 100_000_000);

  private final Bench bench = new Bench(settings());

  private static LiveSettings settings() {
    try {
      return new LiveSettings(
          Map.of(
              Directive.ENABLE_DEBUG_COMMAND, "local", Directive.HASH_MAX_LISTPACK_ENTRIES, "128"));
    } catch (RefusedException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  /** Makes the hash {@code h} with fields a to c, small ({@code listpackex}) or big. */
  private void threeFields(String encoding) {
    bench.line("hset h a 1 b two c -3");
    if (encoding.equals("hashtable")) {
      bench.run("hset", "h", "d", LONG);
      bench.line("hdel h d");
    }
  }

  /** What is told of times of 50 or 100 seconds, of which some may have passed. */
  private static String seconds(String told) {
    return Pattern.quote(told)
        .replace("100", "\\E(100|9[0-9])\\Q")
        .replace("50", "\\E(50|4[0-9])\\Q");
  }

  /** Waits until the clock of the commands has gone on by some milliseconds. */
  private static void let(long milliseconds) {
    long until = System.currentTimeMillis() + milliseconds;
    while (System.currentTimeMillis() <= until) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"listpackex", "hashtable"})
  void fieldsAreGivenTimesAndTellThem(String encoding) {
    threeFields(encoding);
    assertThat(bench.line("hpexpireat h " + FAR + " fields 2 a x")).isEqualTo("[1 -2]");
    assertThat(Keys.encoding(bench, "h")).isEqualTo(encoding);
    assertThat(bench.line("hpexpiretime h fields 3 a b x")).isEqualTo("[" + FAR + " -1 -2]");
    assertThat(bench.line("hexpire h 100 fields 1 b")).isEqualTo("[1]");
    assertThat(bench.line("httl h fields 2 b c")).matches(seconds("[100 -1]"));
    assertThat(bench.line("hpersist h fields 4 a b c x")).isEqualTo("[1 1 -1 -2]");
    assertThat(bench.line("hpttl h fields 3 a b c")).isEqualTo("[-1 -1 -1]");
    assertThat(bench.line("hexpire none 100 fields 2 a b")).isEqualTo("[-2 -2]");
    assertThat(bench.line("httl none fields 1 a")).isEqualTo("[-2]");
    assertThat(bench.line("hpersist none fields 1 a")).isEqualTo("[-2]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"listpackex", "hashtable"})
  void conditionsDecideWhetherATimeIsSet(String encoding) {
    threeFields(encoding);
    assertThat(bench.line("hexpire h 100 xx fields 1 a")).isEqualTo("[0]");
    assertThat(bench.line("hexpire h 100 gt fields 1 a")).isEqualTo("[0]");
    assertThat(bench.line("hexpire h 100 lt fields 1 a")).isEqualTo("[1]");
    assertThat(bench.line("hexpire h 100 nx fields 2 a b")).isEqualTo("[0 1]");
    assertThat(bench.line("hexpire h 200 lt fields 1 a")).isEqualTo("[0]");
    assertThat(bench.line("hexpire h 200 gt fields 1 a")).isEqualTo("[1]");
    assertThat(bench.line("hexpire h 50 xx fields 2 a c")).isEqualTo("[1 0]");
    assertThat(bench.line("httl h fields 3 a b c")).matches(seconds("[50 100 -1]"));
  }

  @Test
  void argumentsAreCheckedAsInRedis() {
    bench.line("hset h a 1");
    bench.line("set s 1");
    assertThat(bench.line("hexpire h 1 fields 2 a")).endsWith(mustMatch());
    assertThat(bench.line("httl h fields 2 a")).endsWith(mustMatch());
    assertThat(bench.line("hexpire h 1 fields 0 a"))
        .isEqualTo("!ERR Parameter `numFields` should be greater than 0");
    assertThat(bench.line("hpersist h fields 0 a"))
        .isEqualTo("!ERR Number of fields must be a positive integer");
    assertThat(bench.line("hexpire h 1 xx nx fields 1 a"))
        .isEqualTo("!ERR Mandatory argument FIELDS is missing or not at the right position");
    assertThat(bench.line("hexpire h -1 fields 1 a"))
        .isEqualTo("!ERR invalid expire time, must be >= 0");
    assertThat(bench.line("hpexpire h 281474976710656 fields 1 a"))
        .isEqualTo("!ERR invalid expire time in 'hpexpire' command");
    assertThat(bench.line("hexpire s 1 fields 1 a")).startsWith("!WRONGTYPE");
    assertThat(bench.line("hsetex h fnx fxx fields 1 a 1"))
        .isEqualTo("!ERR Only one of FXX or FNX arguments can be specified");
    assertThat(bench.line("hsetex h ex 1 keepttl fields 1 a 1"))
        .isEqualTo("!ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified");
    assertThat(bench.line("hsetex h bogus fields 1 a 1")).isEqualTo("!ERR unknown argument: bogus");
    assertThat(bench.line("hsetex h fields 0 a 1")).isEqualTo("!ERR invalid number of fields");
    assertThat(bench.line("hsetex h fields 2 a 1"))
        .isEqualTo("!ERR wrong number of arguments for 'hsetex' command");
    assertThat(bench.line("hgetex h ex 1 fields 2 a")).endsWith(mustMatch());
  }

  private static String mustMatch() {
    return "The `numfields` parameter must match the number of arguments";
  }

  @ParameterizedTest
  @ValueSource(strings = {"listpackex", "hashtable"})
  void timeThatIsPastRemovesTheField(String encoding) throws RefusedException {
    threeFields(encoding);
    KeyEvents events = new KeyEvents(bench, "hg");
    assertThat(bench.line("hpexpireat h 1 fields 2 a b")).isEqualTo("[2 2]");
    assertThat(bench.line("hgetall h")).isEqualTo("[\"c\" \"-3\"]");
    assertThat(bench.line("hexpire h 0 fields 1 c")).isEqualTo("[2]");
    assertThat(bench.line("exists h")).isEqualTo("0");
    assertThat(events.taken()).containsExactly("h hdel", "h hdel", "h del");
  }

  @ParameterizedTest
  @ValueSource(strings = {"listpackex", "hashtable"})
  void whatHasExpiredIsNotSeen(String encoding) throws RefusedException {
    bench.keyspace().activeExpiry().enabled(false);
    threeFields(encoding);
    KeyEvents events = new KeyEvents(bench, "hg");
    bench.line("hpexpire h 1 fields 2 a b");
    bench.line("hpexpireat h " + FAR + " fields 1 c");
    let(1);
    assertThat(bench.line("hexists h a")).isEqualTo("0");
    assertThat(bench.line("hmget h a b c")).isEqualTo("[nil nil \"-3\"]");
    assertThat(bench.line("hgetall h")).isEqualTo("[\"c\" \"-3\"]");
    assertThat(bench.line("hlen h")).isEqualTo("1");
    assertThat(bench.line("hscan h 0")).isEqualTo("[\"0\" [\"c\" \"-3\"]]");
    assertThat(bench.line("hrandfield h 9")).isEqualTo("[\"c\"]");
    assertThat(bench.line("hsetnx h a new")).isEqualTo("1");
    assertThat(events.taken()).contains("h hexpire", "h hexpired", "h hset");
    bench.line("hpexpire h 1 fields 2 a c");
    let(1);
    assertThat(bench.line("hget h a")).isEqualTo("nil");
    assertThat(bench.line("hget h c")).isEqualTo("nil");
    assertThat(bench.line("exists h")).isEqualTo("0");
    assertThat(events.taken()).endsWith("h hexpired", "h del");
    assertThat(bench.keyspace().statistics().expiredFields()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"listpackex", "hashtable"})
  void settingAValueForgetsTheTimeAndCountingKeepsIt(String encoding) {
    threeFields(encoding);
    bench.line("hpexpireat h " + FAR + " fields 3 a b c");
    bench.line("hset h b three");
    assertThat(bench.line("hincrby h a 122")).isEqualTo("123");
    assertThat(bench.line("hincrbyfloat h c 0.5")).isEqualTo("\"-2.5\"");
    assertThat(bench.line("hpexpiretime h fields 3 a b c"))
        .isEqualTo("[" + FAR + " -1 " + FAR + "]");
    assertThat(bench.line("hmget h a b c")).isEqualTo("[\"123\" \"three\" \"-2.5\"]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"listpackex", "hashtable"})
  void valuesAreReadAndTimedInOneGo(String encoding) throws RefusedException {
    threeFields(encoding);
    KeyEvents events = new KeyEvents(bench, "hg");
    assertThat(bench.line("hgetex h pxat " + FAR + " fields 2 a x")).isEqualTo("[\"1\" nil]");
    assertThat(bench.line("hgetex h fields 1 a")).isEqualTo("[\"1\"]");
    assertThat(bench.line("hpexpiretime h fields 2 a b")).isEqualTo("[" + FAR + " -1]");
    assertThat(bench.line("hgetex h persist fields 2 a b")).isEqualTo("[\"1\" \"two\"]");
    assertThat(bench.line("httl h fields 1 a")).isEqualTo("[-1]");
    assertThat(bench.line("hgetex h exat 1 fields 1 a")).isEqualTo("[\"1\"]");
    assertThat(bench.line("hgetdel h fields 3 a b c")).isEqualTo("[nil \"two\" \"-3\"]");
    assertThat(bench.line("exists h")).isEqualTo("0");
    assertThat(bench.line("hgetdel h fields 2 a b")).isEqualTo("[nil nil]");
    assertThat(events.taken())
        .containsExactly("h hexpire", "h hpersist", "h hdel", "h hdel", "h del");
  }

  @ParameterizedTest
  @ValueSource(strings = {"listpackex", "hashtable"})
  void fieldsAreSetAndTimedOnCondition(String encoding) {
    threeFields(encoding);
    assertThat(bench.line("hsetex h fnx fields 2 x 1 a 1")).isEqualTo("0");
    assertThat(bench.line("hsetex h fxx ex 100 fields 2 a 7 x 1")).isEqualTo("0");
    assertThat(bench.line("hsetex h fxx ex 100 fields 2 a 7 b 8")).isEqualTo("1");
    assertThat(bench.line("httl h fields 3 a b c")).matches(seconds("[100 100 -1]"));
    assertThat(bench.line("hsetex h keepttl fields 2 a 9 d 4")).isEqualTo("1");
    assertThat(bench.line("httl h fields 2 a d")).matches(seconds("[100 -1]"));
    assertThat(bench.line("hsetex h fields 1 a 10")).isEqualTo("1");
    assertThat(bench.line("httl h fields 1 a")).isEqualTo("[-1]");
    assertThat(bench.line("hmget h a b d")).isEqualTo("[\"10\" \"8\" \"4\"]");
    assertThat(bench.line("hsetex new fxx fields 1 a 1")).isEqualTo("0");
    assertThat(bench.line("hsetex new fnx px 100000 fields 1 a 1")).isEqualTo("1");
    assertThat(bench.line("hsetex new exat 1 fields 1 a 1")).isEqualTo("1");
    assertThat(bench.line("exists new")).isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"listpackex", "hashtable"})
  void timesGoAlongWithTheHash(String encoding) {
    threeFields(encoding);
    bench.line("hpexpireat h " + FAR + " fields 1 a");
    String digest = bench.line("debug digest-value h");
    bench.line("copy h i");
    bench.line("rename i j");
    bench.line("move j 1");
    bench.line("select 1");
    assertThat(bench.line("hpexpiretime j fields 2 a b")).isEqualTo("[" + FAR + " -1]");
    assertThat(bench.line("debug digest-value j")).isEqualTo(digest);
    bench.line("hpersist j fields 1 a");
    assertThat(bench.line("debug digest-value j")).isNotEqualTo(digest);
    bench.line("hpexpire j 1 fields 1 a");
    bench.line("swapdb 0 1");
    let(1);
    bench.pass(1000);
    bench.line("select 0");
    assertThat(bench.line("hlen j")).isEqualTo("2");
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5000})
  void regularWorkRemovesWhatIsDue(int fields) {
    bench.line("exists h");
    long empty = bench.keyspace().usedBytes();
    for (int i = 0; i < fields; i++) {
      bench.run("hset", "h", "field" + i, String.valueOf(i));
      bench.run("hpexpire", "h", i % 2 == 0 ? "1" : "1000000", "fields", "1", "field" + i);
    }
    let(1);
    for (int i = 0; i < 1000 && !bench.line("hlen h").equals(String.valueOf(fields / 2)); i++) {
      bench.pass(100);
    }
    assertThat(bench.line("hlen h")).isEqualTo(String.valueOf(fields / 2));
    bench.validate();
    for (int i = 1; i < fields; i += 2) {
      bench.run("hpexpire", "h", "1", "fields", "1", "field" + i);
    }
    let(1);
    for (int i = 0; i < 1000 && bench.line("exists h").equals("1"); i++) {
      bench.pass(100);
    }
    bench.pass(1000);
    assertThat(bench.line("exists h")).isEqualTo("0");
    assertThat(bench.keyspace().usedBytes()).isEqualTo(empty);
  }

  @Test
  void smallHashWithTimesGrowsIntoABigOneThatKeepsThem() {
    bench.line("hset h a 1 b 2");
    bench.line("hpexpireat h " + FAR + " fields 1 b");
    assertThat(Keys.encoding(bench, "h")).isEqualTo("listpackex");
    for (int i = 0; i < 200; i++) {
      bench.run("hset", "h", "field" + i, "x");
    }
    assertThat(Keys.encoding(bench, "h")).isEqualTo("hashtable");
    assertThat(bench.line("hpexpiretime h fields 2 a b")).isEqualTo("[-1 " + FAR + "]");
    assertThat(bench.line("hlen h")).isEqualTo("202");
  }
}
