package io.keyward.engine.builtin.set;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.Fairness;
import io.keyward.engine.builtin.Keys;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SPOP and SRANDMEMBER. */
class SetRandomTest {
  private final Bench bench = new Bench();

  private void fill(String encoding, int members) {
    bench.line("unlink s");
    String[] words = new String[members + 2];
    words[0] = "sadd";
    words[1] = "s";
    for (int i = 0; i < members; i++) {
      words[i + 2] = String.valueOf(i);
    }
    bench.run(words);
    if (!encoding.equals("intset")) {
      String other = encoding.equals("listpack") ? "x" : "x".repeat(65);
      bench.run("sadd", "s", other);
      bench.run("srem", "s", other);
    }
    assertThat(Keys.encoding(bench, "s")).isEqualTo(encoding);
  }

  private static String[] words(String array) {
    String inner = array.replaceAll("[\\[\\]\"]", "");
    return inner.isEmpty() ? new String[0] : inner.split(" ");
  }

  @ParameterizedTest
  @CsvSource({
    "intset, 3",
    "intset, -50",
    "listpack, 3",
    "listpack, -50",
    "hashtable, 3",
    "hashtable, 12",
    "hashtable, -50"
  })
  void everyMemberIsDrawnWithTheSameChance(String encoding, int count) {
    fill(encoding, 20);
    Fairness fairness = new Fairness();
    for (int i = 0; i < 3000 / Math.abs(count) + 300; i++) {
      String[] drawn = words(bench.line("srandmember s " + count));
      assertThat(drawn).hasSize(Math.abs(count));
      for (String member : drawn) {
        fairness.count(member);
      }
      fairness.count(words(bench.line("srandmember s"))[0]);
    }
    assertThat(fairness.outcomes()).isEqualTo(20);
    assertThat(fairness.deviation()).isLessThan(8);
  }

  @ParameterizedTest
  @CsvSource({
    "intset, 1",
    "intset, 17",
    "listpack, 1",
    "listpack, 17",
    "hashtable, 1",
    "hashtable, 17",
    "hashtable, 19"
  })
  void everyMemberIsPoppedWithTheSameChance(String encoding, int count) {
    Fairness fairness = new Fairness();
    for (int i = 0; i < 1000; i++) {
      fill(encoding, 20);
      String[] popped = words(count == 1 ? bench.line("spop s") : bench.line("spop s " + count));
      assertThat(new HashSet<>(Set.of(popped))).hasSize(count);
      assertThat(bench.line("scard s")).isEqualTo(String.valueOf(20 - count));
      // What is left is as telling as what is gone, and each is fair when the other is.
      for (String member : count > 10 ? words(bench.line("smembers s")) : popped) {
        fairness.count(member);
      }
    }
    bench.validate();
    assertThat(fairness.outcomes()).isEqualTo(20);
    assertThat(fairness.deviation()).isLessThan(8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 8000, 9500, 9990, 10_000})
  void manyMembersLeaveABigSetAtOnce(int count) {
    long before = usedWhenEmpty();
    fill("hashtable", 10_000);
    Set<String> popped = Set.of(words(bench.line("spop s " + count)));
    assertThat(popped).hasSize(count);
    Set<String> left = Set.of(words(bench.line("smembers s")));
    assertThat(left).hasSize(10_000 - count).doesNotContainAnyElementsOf(popped);
    bench.validate();
    bench.line("spop s 10000");
    bench.pass(1000);
    assertThat(bench.keyspace().usedBytes()).isEqualTo(before);
  }

  private long usedWhenEmpty() {
    bench.line("scard s");
    return bench.keyspace().usedBytes();
  }
}
