package io.keyward.engine.builtin.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.Fairness;
import io.keyward.engine.builtin.Keys;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HSCAN and HRANDFIELD. */
class HashWalkTest {
  private final Bench bench = new Bench();

  private void fill(String encoding, int fields) {
    for (int i = 0; i < fields; i++) {
      bench.line("hset h f" + i + " " + i);
    }
    if (encoding.equals("hashtable")) {
      bench.run("hset", "h", "long", "v".repeat(100));
      bench.line("hdel h long");
    }
    assertThat(Keys.encoding(bench, "h")).isEqualTo(encoding);
  }

  private static String[] words(String array) {
    String inner = array.replaceAll("[\\[\\]\"]", "");
    return inner.isEmpty() ? new String[0] : inner.split(" ");
  }

  @Test
  void aScanFiltersByPattern() {
    fill("listpack", 12);
    assertThat(bench.line("hscan h 0 match f1?"))
        .isEqualTo("[\"0\" [\"f10\" \"10\" \"f11\" \"11\"]]");
    bench.line("hset h 17 x");
    assertThat(bench.line("hscan h 0 match 1* count 1")).isEqualTo("[\"0\" [\"17\" \"x\"]]");
    assertThat(bench.line("hscan h x")).isEqualTo("!ERR invalid cursor");
    assertThat(bench.line("hscan h 0 type hash")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("hscan h 0 count 0")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("hscan h 0 count a"))
        .isEqualTo("!ERR value is not an integer or out of range");
  }

  @Test
  void aScanOfATableMissesNothingThatStays() {
    fill("hashtable", 1000);
    Set<String> seen = new HashSet<>();
    String cursor = "0";
    int calls = 0;
    do {
      String[] reply = words(bench.line("hscan h " + cursor + " count 5"));
      cursor = reply[0];
      for (int i = 1; i < reply.length; i += 2) {
        assertThat(reply[i]).isEqualTo("f" + reply[i + 1]);
        seen.add(reply[i]);
      }
      bench.line("hdel h f" + (500 + calls));
      bench.line("hset h g" + calls + " x" + calls);
      bench.line("hdel h g" + calls);
      calls++;
    } while (!cursor.equals("0"));
    assertThat(calls).isGreaterThan(50);
    for (int i = 0; i < 500; i++) {
      assertThat(seen).contains("f" + i);
    }
    bench.validate();
  }

  @ParameterizedTest
  @ValueSource(strings = {"listpack", "hashtable"})
  void countsDecideHowManyFieldsAreDrawn(String encoding) {
    fill(encoding, 20);
    assertThat(words(bench.line("hrandfield h"))).hasSize(1);
    assertThat(words(bench.line("hrandfield h 0"))).isEmpty();
    assertThat(words(bench.line("hrandfield h -50"))).hasSize(50);
    assertThat(words(bench.line("hrandfield h -50 withvalues"))).hasSize(100);
    for (int count : new int[] {1, 2, 5, 6, 7, 10, 19, 20, 100}) {
      String[] drawn = words(bench.line("hrandfield h " + count + " withvalues"));
      Set<String> names = new HashSet<>();
      for (int i = 0; i < drawn.length; i += 2) {
        assertThat(drawn[i]).isEqualTo("f" + drawn[i + 1]);
        names.add(drawn[i]);
      }
      assertThat(names).hasSize(Math.min(count, 20)).hasSize(drawn.length / 2);
    }
  }

  @Test
  void impossibleCountsAreRefused() {
    fill("listpack", 2);
    assertThat(bench.line("hrandfield h -9223372036854775808"))
        .isEqualTo(
            "!ERR value is out of range, value must between -9223372036854775807 and"
                + " 9223372036854775807");
    assertThat(bench.line("hrandfield h -9223372036854770000 withvalues"))
        .isEqualTo("!ERR value is out of range");
    assertThat(bench.line("hrandfield h x"))
        .isEqualTo("!ERR value is not an integer or out of range");
    assertThat(bench.line("hrandfield h 1 nonsense")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("hrandfield h 1 withvalues more")).isEqualTo("!ERR syntax error");
  }

  @ParameterizedTest
  @CsvSource({"listpack, -100", "hashtable, -100", "listpack, 3", "hashtable, 3", "hashtable, 12"})
  void everyFieldHasTheSameChance(String encoding, int count) {
    fill(encoding, 20);
    Fairness fairness = new Fairness();
    for (int i = 0; i < 3000 / Math.abs(count) + 300; i++) {
      for (String name : words(bench.line("hrandfield h " + count))) {
        fairness.count(name);
      }
      fairness.count(words(bench.line("hrandfield h"))[0]);
    }
    assertThat(fairness.outcomes()).isEqualTo(20);
    assertThat(fairness.deviation()).isLessThan(8);
  }
}
