package io.keyward.engine.builtin.sortedset;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.KeyEvents;
import io.keyward.engine.builtin.Keys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands for sorted sets, packed and not. */
class SortedSetCommandsTest {
  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  private void expect(String line, String reply) {
    assertThat(bench.line(line)).as(line).isEqualTo(reply);
  }

  private void mostPacked(int entries) throws RefusedException {
    bench.settings().set(Directive.ZSET_MAX_LISTPACK_ENTRIES, Integer.toString(entries));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "zadd z 1 | !ERR wrong number of arguments for 'zadd' command",
        "zadd z 1 a 2 | !ERR syntax error",
        "zadd z nx 1 | !ERR syntax error",
        "zadd z x a | !ERR value is not a valid float",
        "zadd z 1 a nan b | !ERR value is not a valid float",
        "zadd z nx xx 1 a | !ERR XX and NX options at the same time are not compatible",
        "zadd z gt lt 1 a"
            + " | !ERR GT, LT, and/or NX options at the same time are not compatible",
        "zadd z gt nx 1 a"
            + " | !ERR GT, LT, and/or NX options at the same time are not compatible",
        "zadd z incr 1 a 2 b | !ERR INCR option supports a single increment-element pair",
        "zincrby z x a | !ERR value is not a valid float",
        "zadd text 1 a" + " | !WRONGTYPE Operation against a key holding the wrong kind of value",
        "zrange z a 1 | !ERR value is not an integer or out of range",
        "zrange z 0 1 limit 0 1 | !ERR syntax error, LIMIT is only supported in combination"
            + " with either BYSCORE or BYLEX",
        "zrange z - + bylex withscores"
            + " | !ERR syntax error, WITHSCORES not supported in combination with BYLEX",
        "zrange z 0 1 bylex byscore | !ERR syntax error",
        "zrevrange z 0 1 byscore | !ERR syntax error",
        "zrangebyscore z a 1 | !ERR min or max is not a float",
        "zcount z 1 (nan | !ERR min or max is not a float",
        "zlexcount z a [b | !ERR min or max not valid string range item",
        "zremrangebylex z -x + | !ERR min or max not valid string range item",
        "zremrangebyrank z 0 x | !ERR value is not an integer or out of range",
        "zrank z a withscores | !ERR syntax error",
        "zrank z a withscore x | !ERR wrong number of arguments for 'zrank' command",
        "zpopmin z -1 | !ERR value is out of range, must be positive",
        "zpopmin z 1 2 | !ERR syntax error",
        "zmpop 0 z min | !ERR numkeys should be greater than 0",
        "zmpop 1 z mid | !ERR syntax error",
        "zmpop 1 z min count 0 | !ERR count should be greater than 0",
        "zmpop 1 z min count 1 count 1 | !ERR syntax error",
        "bzpopmin z x | !ERR timeout is not a float or out of range",
        "bzpopmin z -1 | !ERR timeout is negative",
        "bzpopmin z 1e300 | !ERR timeout is out of range",
        "zunion 0 z | !ERR at least 1 input key is needed for 'zunion' command",
        "zunion 2 z | !ERR syntax error",
        "zinterstore d 1 z weights x | !ERR weight value is not a float",
        "zinterstore d 1 z aggregate avg | !ERR syntax error",
        "zinterstore d 1 z withscores | !ERR syntax error",
        "zdiff 1 z weights 1 | !ERR syntax error",
        "zintercard 1 z limit -1 | !ERR LIMIT can't be negative",
        "zunion 1 text | !WRONGTYPE Operation against a key holding the wrong kind of value",
        "zrandmember z -9223372036854775808 | !ERR value is out of range, value must between"
            + " -9223372036854775807 and 9223372036854775807",
        "zrandmember z 9223372036854775807 withscores | !ERR value is out of range",
        "zscan z x | !ERR invalid cursor",
        "zscan some 0 count 0 | !ERR syntax error"
      })
  void errorsAreInRedisWords(String line, String error) {
    bench.line("set text x");
    bench.line("zadd some 1 a");
    expect(line, error);
    expect("exists z", "0");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 128})
  void addObeysItsOptions(int packed) throws RefusedException {
    mostPacked(packed);
    expect("zadd z xx 1 a", "0");
    expect("zadd z xx incr 1 a", "nil");
    expect("exists z", "0");
    expect("zadd z 10 a 20 b 30 c", "3");
    expect("zadd z nx 1 a 40 d", "1");
    expect("zadd z xx ch 11 a 1 new", "1");
    expect("zadd z gt ch 5 a 25 b", "1");
    expect("zadd z lt ch 5 a 50 b 1 e", "2");
    expect("zadd z incr 2.5 a", "\"7.5\"");
    expect("zadd z gt incr -1 a", "nil");
    expect("zincrby z -inf c", "\"-inf\"");
    expect("zincrby z +inf c", "!ERR resulting score is not a number (NaN)");
    expect(
        "zrange z 0 -1 withscores",
        "[\"c\" \"-inf\" \"e\" \"1\" \"a\" \"7.5\" \"b\" \"25\" \"d\" \"40\"]");
    expect("zmscore z a x d", "[\"7.5\" nil \"40\"]");
    expect("zmscore none a b", "[nil nil]");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 128})
  void namesAreARangeWhereScoresAreEqual(int packed) throws RefusedException {
    mostPacked(packed);
    bench.line("zadd z 0 alpha 0 bar 0 cool 0 down 0 elephant 0 foo 0 12 0 9");
    expect("zlexcount z - +", "8");
    expect("zlexcount z + -", "0");
    expect("zrangebylex z - (alpha", "[\"12\" \"9\"]");
    expect("zrangebylex z [bar (down", "[\"bar\" \"cool\"]");
    expect("zrevrangebylex z [down (bar", "[\"down\" \"cool\"]");
    expect("zrange z + [d bylex rev limit 1 5", "[\"elephant\" \"down\"]");
    expect("zrangebylex z - + limit 6 -1", "[\"elephant\" \"foo\"]");
    expect("zrangebylex z - + limit -1 3", "[]");
    expect("zremrangebylex z [a (e", "4");
    expect("zrange z 0 -1", "[\"12\" \"9\" \"elephant\" \"foo\"]");
  }

  @Test
  void becomesASkipListWhereRedisDoes() throws RefusedException {
    mostPacked(3);
    bench.line("zadd z 1 a 2 b 3 c");
    assertThat(Keys.encoding(bench, "z")).isEqualTo("listpack");
    bench.line("zadd z 4 d");
    assertThat(Keys.encoding(bench, "z")).isEqualTo("skiplist");
    bench.line("zrem z d c b");
    assertThat(Keys.encoding(bench, "z")).isEqualTo("skiplist");
    bench.run("zadd", "long", "1", "x".repeat(64));
    assertThat(Keys.encoding(bench, "long")).isEqualTo("listpack");
    bench.run("zadd", "long", "1", "x".repeat(65));
    assertThat(Keys.encoding(bench, "long")).isEqualTo("skiplist");
    bench.line("zadd many 1 a 2 a 3 a 4 a");
    assertThat(Keys.encoding(bench, "many")).isEqualTo("skiplist");
    bench.line("zrangestore few z 0 -1");
    assertThat(Keys.encoding(bench, "few")).isEqualTo("listpack");
    bench.line("zadd other 1 p 2 q");
    bench.line("zunionstore all 3 z other long");
    assertThat(Keys.encoding(bench, "all")).isEqualTo("skiplist");
  }

  @Test
  void longNamesKeepTheirPlace() throws RefusedException {
    mostPacked(0);
    for (int length : new int[] {300, 254, 255, 20_000, 1}) {
      bench.run("zadd", "z", "" + length, "n".repeat(length));
    }
    bench.run("zadd", "z", "-1", "n".repeat(300));
    assertThat(bench.run("zrank", "z", "n".repeat(20_000))).isEqualTo("4");
    assertThat(bench.run("zrank", "z", "n".repeat(300))).isEqualTo("0");
    expect("zpopmin z", "[\"" + "n".repeat(300) + "\" \"-1\"]");
  }

  @Test
  void resp3HasDoublesAndPairs() {
    bench.session().client().reply().resp3(true);
    expect("zadd z 1 a 2.5 b", "2");
    assertThat(bench.line("zrange z 0 -1 withscores")).isEqualTo("[[\"a\" 1] [\"b\" 2.5]]");
    expect("zscore z b", "2.5");
    expect("zrank z b withscore", "[1 2.5]");
    expect("zunion 1 z withscores", "[[\"a\" 1] [\"b\" 2.5]]");
    expect("zrandmember z 5 withscores", "[[\"b\" 2.5] [\"a\" 1]]");
    expect("zscan z 0", "[\"0\" [\"a\" \"1\" \"b\" \"2.5\"]]");
    expect("zpopmin z", "[\"a\" 1]");
    expect("zpopmin z 1", "[[\"b\" 2.5]]");
    bench.line("zadd z 1 a");
    expect("bzpopmax z 0", "[\"z\" \"a\" 1]");
    bench.line("zadd z 1 a");
    expect("zmpop 1 z max", "[\"z\" [[\"a\" 1]]]");
    expect("zmpop 1 z max", "nil");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 128})
  void popsFromBothEndsAndRemovesTheEmptyKey(int packed) throws RefusedException {
    mostPacked(packed);
    bench.line("zadd z 1 a 2 b 3 c 4 d");
    expect("zpopmin z 0", "[]");
    expect("zpopmax z 2", "[\"d\" \"4\" \"c\" \"3\"]");
    expect("zmpop 2 none z min count 9", "[\"z\" [[\"a\" \"1\"] [\"b\" \"2\"]]]");
    expect("exists z", "0");
    expect("zpopmin z", "[]");
    expect("zmpop 1 z min", "nil");
  }

  @Test
  void tellsWhatHasHappened() throws RefusedException {
    KeyEvents events = new KeyEvents(bench, "zg");
    bench.line("zadd z 1 a 2 b 3 c 4 d 5 e 6 f");
    bench.line("zadd z 1 a");
    bench.line("zincrby z 1 a");
    bench.line("zrem z x");
    bench.line("zrem z a");
    bench.line("zremrangebyrank z 0 0");
    bench.line("zremrangebyscore z 3 3");
    bench.line("zpopmin z");
    bench.line("zrangestore r z 0 0");
    bench.line("zunionstore u 1 z");
    bench.line("zpopmax z 9");
    bench.line("zinterstore u 1 z");
    assertThat(events.taken())
        .containsExactly(
            "z zadd",
            "z zincr",
            "z zrem",
            "z zremrangebyrank",
            "z zremrangebyscore",
            "z zpopmin",
            "r zrangestore",
            "u zunionstore",
            "z zpopmax",
            "z del",
            "u del");
  }

  @Test
  void boundsAreReadAsTheCLibraryReadsThem() {
    bench.run("zadd", "z", "-1", "a", "1", "b");
    assertThat(bench.run("zcount", "z", "", " 1")).isEqualTo("1");
    assertThat(bench.run("zrangebyscore", "z", "-1e400", "(1e400")).isEqualTo("[\"a\" \"b\"]");
    assertThat(bench.run("zrangebyscore", "z", "( -1", "1")).isEqualTo("[\"b\"]");
    assertThat(bench.run("zcount", "z", " ", "1")).isEqualTo("!ERR min or max is not a float");
  }
}
