package io.keyward.engine.builtin.generic;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** SORT with its patterns, limits and STORE. */
class SortCommandsTest {
  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  @Test
  void sortsEveryCollectionByNumberOrText() {
    bench.line("rpush l 3 20 -1 1.5 3");
    assertThat(bench.line("sort l")).isEqualTo("[\"-1\" \"1.5\" \"3\" \"3\" \"20\"]");
    assertThat(bench.line("sort l desc")).isEqualTo("[\"20\" \"3\" \"3\" \"1.5\" \"-1\"]");
    assertThat(bench.line("sort l alpha")).isEqualTo("[\"-1\" \"1.5\" \"20\" \"3\" \"3\"]");
    assertThat(bench.line("sort l limit 1 2")).isEqualTo("[\"1.5\" \"3\"]");
    assertThat(bench.line("sort l limit 9 2")).isEqualTo("[]");
    assertThat(bench.line("sort l limit -3 0")).isEqualTo("[]");
    assertThat(bench.line("sort_ro l limit 3 -1")).isEqualTo("[\"3\" \"20\"]");
    bench.line("sadd s c a b");
    assertThat(bench.line("sort s alpha desc")).isEqualTo("[\"c\" \"b\" \"a\"]");
    bench.line("zadd z 1 c 2 b 3 a");
    assertThat(bench.line("sort z alpha")).isEqualTo("[\"a\" \"b\" \"c\"]");
    assertThat(bench.line("sort none")).isEqualTo("[]");
  }

  @Test
  void aFixedPatternKeepsTheOrder() {
    bench.line("rpush l 3 1 2");
    assertThat(bench.line("sort l by nosort")).isEqualTo("[\"3\" \"1\" \"2\"]");
    assertThat(bench.line("sort l by nosort desc limit 0 2")).isEqualTo("[\"2\" \"1\"]");
    bench.line("zadd z 1 c 2 b 3 a 4 d");
    assertThat(bench.line("sort z by x limit 1 2")).isEqualTo("[\"b\" \"a\"]");
    assertThat(bench.line("sort z by x desc limit 1 2")).isEqualTo("[\"a\" \"b\"]");
    bench.line("sadd s 10 9 8");
    assertThat(bench.line("sort s by x store d")).isEqualTo("3");
    assertThat(bench.line("lrange d 0 -1")).isEqualTo("[\"10\" \"8\" \"9\"]");
  }

  @Test
  void patternsReadStringsAndFields() {
    bench.line("rpush l a b c");
    bench.line("mset w_a 3 w_b 1 o_a_x A o_b_x B");
    bench.line("hset h_a f 1 g G");
    bench.line("hset h_b f 2");
    assertThat(bench.line("sort l by w_* get # get o_*_x get none get h_*->g"))
        .isEqualTo("[\"c\" nil nil nil \"b\" \"B\" nil nil \"a\" \"A\" nil \"G\"]");
    assertThat(bench.line("sort l by h_*->f desc")).isEqualTo("[\"b\" \"a\" \"c\"]");
    assertThat(bench.line("sort l by w_* alpha")).isEqualTo("[\"c\" \"b\" \"a\"]");
    assertThat(bench.line("sort l by h_* get w_*->f")).isEqualTo("[nil nil nil]");
    bench.run("mset", "k_a->", "2", "k_b->", "1");
    assertThat(bench.line("sort l by k_*->")).isEqualTo("[\"c\" \"b\" \"a\"]");
    assertThat(bench.line("sort l by w_* get o_*_x store d")).isEqualTo("3");
    assertThat(bench.line("lrange d 0 -1")).isEqualTo("[\"\" \"B\" \"A\"]");
  }

  @Test
  void storesAListThatReplacesWhatWasThere() {
    bench.line("sadd s 3 1 2");
    bench.line("set d x ex 100");
    assertThat(bench.line("sort s store d")).isEqualTo("3");
    assertThat(bench.line("ttl d")).isEqualTo("-1");
    assertThat(bench.line("object encoding d")).isEqualTo("\"listpack\"");
    assertThat(bench.line("lrange d 0 -1")).isEqualTo("[\"1\" \"2\" \"3\"]");
    assertThat(bench.line("sort d desc store d")).isEqualTo("3");
    assertThat(bench.line("lrange d 0 -1")).isEqualTo("[\"3\" \"2\" \"1\"]");
    assertThat(bench.line("sort none store d")).isEqualTo("0");
    assertThat(bench.line("exists d")).isEqualTo("0");
    for (int i = 0; i < 3000; i++) {
      bench.line("rpush big element:" + i);
    }
    assertThat(bench.line("sort big alpha store d")).isEqualTo("3000");
    assertThat(bench.line("object encoding d")).isEqualTo("\"quicklist\"");
    assertThat(bench.line("lindex d 2999")).isEqualTo("\"element:999\"");
  }

  @Test
  void theLastStoreCountsForBothTheCommandAndItsKeys() {
    bench.line("rpush l 2 1");
    assertThat(bench.line("sort l store a store b")).isEqualTo("2");
    assertThat(bench.line("exists a")).isEqualTo("0");
    assertThat(bench.line("lrange b 0 -1")).isEqualTo("[\"1\" \"2\"]");
    assertThat(bench.line("command getkeys sort l store a store b")).isEqualTo("[\"l\" \"b\"]");
    assertThat(bench.line("command getkeys sort l by store get store store c"))
        .isEqualTo("[\"l\" \"c\"]");
    assertThat(bench.line("command getkeys sort l get limit by desc")).isEqualTo("[\"l\"]");
    assertThat(bench.line("sort_ro l store a")).isEqualTo("!ERR syntax error");
  }

  @Test
  void errorsAreInRedisWords() {
    bench.line("rpush l a 1");
    assertThat(bench.line("sort l"))
        .isEqualTo("!ERR One or more scores can't be converted into double");
    assertThat(bench.line("sort l limit 1")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("sort l limit a 1"))
        .isEqualTo("!ERR value is not an integer or out of range");
    assertThat(bench.line("sort l foo")).isEqualTo("!ERR syntax error");
    bench.line("set k v");
    assertThat(bench.line("sort k")).startsWith("!WRONGTYPE");
    bench.run("rpush", "n", " 5", "", "0x10", "inf", "-inf");
    assertThat(bench.line("sort n")).isEqualTo("[\"-inf\" \"\" \" 5\" \"0x10\" \"inf\"]");
  }

  @Test
  void agreesWithASortedCopy() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("SortCommandsTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      bench.line("del l");
      List<Integer> numbers = new ArrayList<>();
      for (int left = random.nextInt(1, 400); left > 0; left--) {
        int number = random.nextInt(-200, 200);
        numbers.add(number);
        bench.line("rpush l " + number);
      }
      boolean descending = random.nextBoolean();
      int first = random.nextInt(numbers.size() + 5);
      int count = random.nextInt(numbers.size() + 5);
      Collections.sort(numbers);
      if (descending) {
        numbers.sort(Comparator.reverseOrder());
      }
      StringBuilder expected = new StringBuilder("[");
      for (int i = first; i < Math.min(numbers.size(), first + count); i++) {
        expected.append(i == first ? "" : " ").append('"').append(numbers.get(i)).append('"');
      }
      assertThat(bench.line("sort l limit " + first + " " + count + (descending ? " desc" : "")))
          .isEqualTo(expected + "]");
    }
  }
}
