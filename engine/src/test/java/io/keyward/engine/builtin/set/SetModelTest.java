package io.keyward.engine.builtin.set;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.Keys;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random commands on a few sets, compared with Java's, across the thresholds of the encodings. */
class SetModelTest {
  private static final int KEYS = 4;

  private final Bench bench = new Bench();
  private final List<Set<String>> model = new ArrayList<>();

  @ParameterizedTest
  @CsvSource({"12, 0", "12, 50", "100, 0", "100, 3", "1500, 60"})
  void behavesAsSets(int names, int texts) throws RefusedException {
    bench.settings().set(Directive.SET_MAX_INTSET_ENTRIES, "50");
    bench.settings().set(Directive.SET_MAX_LISTPACK_ENTRIES, "30");
    bench.line("scard none");
    long empty = bench.keyspace().usedBytes();
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("SetModelTest seed " + seed + " names " + names + " texts " + texts);
    Random random = new Random(seed);
    for (int i = 0; i < KEYS; i++) {
      model.add(new TreeSet<>());
    }
    for (int step = 0; step < 5000; step++) {
      act(random, names, texts);
      if (step % 250 == 0) {
        check();
      }
    }
    check();
    for (int i = 0; i < KEYS; i++) {
      bench.line("spop s" + i + " 100000");
      assertThat(Keys.encoding(bench, "s" + i)).isEqualTo("none");
    }
    bench.pass(1000);
    assertThat(bench.keyspace().usedBytes()).as("seed %d", seed).isEqualTo(empty);
  }

  private void check() {
    bench.validate();
    for (int i = 0; i < KEYS; i++) {
      assertThat(words(bench.line("smembers s" + i))).isEqualTo(model.get(i));
      assertThat(scanned("s" + i)).isEqualTo(model.get(i));
    }
  }

  private Set<String> scanned(String key) {
    Set<String> found = new TreeSet<>();
    String cursor = "0";
    do {
      String reply = bench.line("sscan " + key + " " + cursor + " count 3");
      int end = reply.indexOf('"', 2);
      cursor = reply.substring(2, end);
      found.addAll(words(reply.substring(end + 2, reply.length() - 1)));
    } while (!cursor.equals("0"));
    return found;
  }

  private void act(Random random, int names, int texts) {
    int which = random.nextInt(KEYS);
    String key = "s" + which;
    Set<String> set = model.get(which);
    int otherKey = random.nextInt(KEYS);
    Set<String> other = model.get(otherKey);
    String member = name(random, names, texts);
    switch (random.nextInt(14)) {
      case 0, 1, 2, 3 -> {
        String second = name(random, names, texts);
        int added = (set.add(member) ? 1 : 0) + (set.add(second) ? 1 : 0);
        assertThat(bench.run("sadd", key, member, second)).isEqualTo(String.valueOf(added));
      }
      case 4 ->
          assertThat(bench.run("srem", key, member)).isEqualTo(set.remove(member) ? "1" : "0");
      case 5 ->
          assertThat(bench.run("sismember", key, member))
              .isEqualTo(set.contains(member) ? "1" : "0");
      case 6 -> assertThat(bench.run("scard", key)).isEqualTo(String.valueOf(set.size()));
      case 7 -> pop(key, set, random.nextInt(8) == 0 ? set.size() * 9 / 10 : random.nextInt(4));
      case 8 -> {
        boolean moved = set.remove(member);
        if (moved) {
          other.add(member);
        }
        assertThat(bench.run("smove", key, "s" + otherKey, member)).isEqualTo(moved ? "1" : "0");
      }
      case 9 -> {
        Set<String> both = new TreeSet<>(set);
        both.retainAll(other);
        assertThat(words(bench.line("sinter " + key + " s" + otherKey))).isEqualTo(both);
        assertThat(bench.line("sintercard 2 " + key + " s" + otherKey))
            .isEqualTo(String.valueOf(both.size()));
      }
      case 10 -> {
        Set<String> any = new TreeSet<>(set);
        any.addAll(other);
        assertThat(words(bench.line("sunion " + key + " s" + otherKey))).isEqualTo(any);
      }
      case 11 -> {
        Set<String> rest = new TreeSet<>(set);
        Set<String> third = model.get((otherKey + 1) % KEYS);
        rest.removeAll(other);
        rest.removeAll(third);
        assertThat(
                words(bench.line("sdiff " + key + " s" + otherKey + " s" + (otherKey + 1) % KEYS)))
            .isEqualTo(rest);
      }
      case 12 -> drawn(key, set, random.nextInt(names));
      default -> store(random.nextInt(12), key, set, "s" + otherKey, other);
    }
  }

  private void pop(String key, Set<String> set, int count) {
    Set<String> popped = words(bench.run("spop", key, String.valueOf(count)));
    assertThat(popped).hasSize(Math.min(count, set.size()));
    assertThat(set).containsAll(popped);
    set.removeAll(popped);
    String one = bench.run("spop", key);
    assertThat(one.equals("nil")).isEqualTo(set.isEmpty());
    if (!set.isEmpty()) {
      assertThat(set.remove(one.substring(1, one.length() - 1))).isTrue();
    }
  }

  private void drawn(String key, Set<String> set, int count) {
    Set<String> drawn = words(bench.run("srandmember", key, String.valueOf(count)));
    assertThat(drawn).hasSize(Math.min(count, set.size()));
    assertThat(set).containsAll(drawn);
  }

  private void store(int kind, String key, Set<String> set, String otherKey, Set<String> other) {
    int target = kind % KEYS;
    Set<String> result = new TreeSet<>(set);
    String command;
    if (kind < 4) {
      command = "sinterstore";
      result.retainAll(other);
    } else if (kind < 8) {
      command = "sunionstore";
      result.addAll(other);
    } else {
      command = "sdiffstore";
      result.removeAll(other);
    }
    assertThat(bench.line(command + " s" + target + " " + key + " " + otherKey))
        .isEqualTo(String.valueOf(result.size()));
    model.set(target, result);
  }

  private static String name(Random random, int names, int texts) {
    int number = random.nextInt(names);
    if (random.nextInt(100) >= texts) {
      return String.valueOf(number % 7 == 0 ? number * 10_000_000_000L : number - names / 2);
    }
    return number % 10 == 0 ? "t".repeat(40 + number % 300) + number : "t" + number;
  }

  /** The elements of an array, which must differ. */
  private static Set<String> words(String array) {
    Set<String> words = new TreeSet<>();
    String inner = array.substring(1, array.length() - 1);
    if (!inner.isEmpty()) {
      for (String word : inner.split(" ", -1)) {
        assertThat(words.add(word.substring(1, word.length() - 1))).isTrue();
      }
    }
    return words;
  }
}
