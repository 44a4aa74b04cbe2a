package io.keyward.engine.builtin.sortedset;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.Fairness;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ZRANDMEMBER and ZSCAN. */
class SampleTest {
  private static final Pattern BULK = Pattern.compile("\"(.*?)\"");

  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  private void fill(String packed, int members) throws RefusedException {
    bench.settings().set(Directive.ZSET_MAX_LISTPACK_ENTRIES, packed);
    for (int i = 0; i < members; i++) {
      bench.line("zadd z " + i + " m" + i);
    }
  }

  @ParameterizedTest
  @CsvSource({"128, 1", "0, 1", "128, -3", "0, -3", "128, 4", "0, 4", "0, 12"})
  void everyMemberHasTheSameChance(String packed, int count) throws RefusedException {
    fill(packed, 20);
    Fairness fairness = new Fairness();
    for (int i = 0; i < 4000; i++) {
      Matcher bulk = BULK.matcher(bench.line("zrandmember z " + count));
      while (bulk.find()) {
        fairness.count(bulk.group(1));
      }
    }
    assertThat(fairness.outcomes()).isEqualTo(20);
    assertThat(fairness.deviation()).isLessThan(8);
  }

  @ParameterizedTest
  @CsvSource({"128, 5", "0, 5", "0, 50", "128, 50", "0, 300", "128, 300"})
  void aPositiveCountGivesDistinctMembers(String packed, int count) throws RefusedException {
    fill(packed, 100);
    Set<String> seen = new HashSet<>();
    Matcher bulk = BULK.matcher(bench.line("zrandmember z " + count));
    int replied = 0;
    while (bulk.find()) {
      seen.add(bulk.group(1));
      replied++;
    }
    assertThat(replied).isEqualTo(Math.min(count, 100));
    assertThat(seen).hasSize(replied);
  }

  @Test
  void withoutAKeyThereIsNothing() {
    assertThat(bench.line("zrandmember z")).isEqualTo("nil");
    assertThat(bench.line("zrandmember z 3")).isEqualTo("[]");
    assertThat(bench.line("zscan z 0")).isEqualTo("[\"0\" []]");
  }

  @ParameterizedTest
  @CsvSource({"128", "0"})
  void aScanMeetsEveryMemberThatStays(String packed) throws RefusedException {
    fill(packed, 1000);
    Set<String> seen = new HashSet<>();
    String cursor = "0";
    int extra = 0;
    do {
      Matcher bulk = BULK.matcher(bench.line("zscan z " + cursor + " count 20 match m*"));
      assertThat(bulk.find()).isTrue();
      cursor = bulk.group(1);
      while (bulk.find()) {
        seen.add(bulk.group(1));
        assertThat(bulk.find()).isTrue();
      }
      bench.line("zadd z 5 x" + extra++);
      bench.line("zrem z x" + (extra - 3));
    } while (!cursor.equals("0"));
    assertThat(seen).hasSize(1000);
    assertThat(bench.line("zscan z 0 match nosuch count 5000")).isEqualTo("[\"0\" []]");
  }
}
