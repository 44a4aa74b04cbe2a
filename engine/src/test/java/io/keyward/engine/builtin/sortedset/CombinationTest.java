package io.keyward.engine.builtin.sortedset;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.Keys;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Union, intersection and difference. */
class CombinationTest {
  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  private void expect(String line, String reply) {
    assertThat(bench.line(line)).as(line).isEqualTo(reply);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "128"})
  void combinesSortedSets(String packed) throws RefusedException {
    bench.settings().set(Directive.ZSET_MAX_LISTPACK_ENTRIES, packed);
    bench.line("zadd x 1 a 2 b 3 c");
    bench.line("zadd y 10 b 20 c 30 d");
    expect("zunion 2 x y withscores", "[\"a\" \"1\" \"b\" \"12\" \"c\" \"23\" \"d\" \"30\"]");
    expect("zinter 2 x y weights 2 -1 withscores", "[\"c\" \"-14\" \"b\" \"-6\"]");
    expect("zinter 2 x y aggregate max withscores", "[\"b\" \"10\" \"c\" \"20\"]");
    expect(
        "zunion 2 x y aggregate min withscores",
        "[\"a\" \"1\" \"b\" \"2\" \"c\" \"3\" \"d\" \"30\"]");
    expect("zdiff 2 x y withscores", "[\"a\" \"1\"]");
    expect("zdiff 2 x x", "[]");
    expect("zintercard 2 x y", "2");
    expect("zintercard 2 x y limit 1", "1");
    expect("zinter 2 x none", "[]");
    expect("zunionstore x 2 x x", "3");
    expect("zrange x 0 -1 withscores", "[\"a\" \"2\" \"b\" \"4\" \"c\" \"6\"]");
    expect("zdiffstore x 2 x y", "1");
    expect("zinterstore x 2 x y", "0");
    expect("exists x", "0");
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 100, 600})
  void setsCountWithAScoreOfOne(int members) {
    for (int i : IntStream.range(0, members).toArray()) {
      bench.line("sadd integers " + i);
      bench.line("sadd texts m" + i);
    }
    bench.line("sadd texts 2");
    bench.line("zadd z 5 2 6 m1 7 other");
    expect("zinter 2 z integers withscores", "[\"2\" \"6\"]");
    expect(
        "zunion 3 z integers texts withscores weights 1 0 0 aggregate max limit",
        "!ERR syntax error");
    expect("zinter 2 texts z withscores", "[\"2\" \"6\" \"m1\" \"7\"]");
    expect("zdiff 2 z texts", "[\"other\"]");
    expect("zunionstore all 3 z integers texts", Integer.toString(2 * members + 1));
    expect("zscore all m0", "\"1\"");
    expect("zscore all 2", "\"7\"");
  }

  @Test
  void infinitiesCancelEachOther() {
    bench.line("zadd x inf a");
    bench.line("zadd y -inf a");
    expect("zunion 2 x y withscores", "[\"a\" \"0\"]");
    expect("zunion 1 x weights 0 withscores", "[\"a\" \"0\"]");
  }

  @Test
  void aStoredResultTakesThePlaceOfWhatever() {
    bench.line("zadd z 1 a 2 b");
    bench.line("set text x");
    bench.line("expire text 100");
    expect("zunionstore text 1 z", "2");
    expect("ttl text", "-1");
    assertThat(Keys.encoding(bench, "text")).isEqualTo("listpack");
    expect("zrangestore z z 0 0 rev", "1");
    expect("zrange z 0 -1", "[\"b\"]");
  }

  @Test
  void nothingStaysAccountedOfAResultThatWasSent() {
    for (int i = 0; i < 300; i++) {
      bench.line("zadd z " + i + " m" + i);
    }
    long before = bench.keyspace().usedBytes();
    assertThat(bench.line("zunion 1 z")).contains("m299");
    expect("zinterstore d 2 z z", "300");
    bench.line("del d");
    bench.pass(1000);
    assertThat(bench.keyspace().usedBytes()).isEqualTo(before);
  }
}
