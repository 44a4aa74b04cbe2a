package io.keyward.engine.builtin.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.Keys;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random commands on one hash, compared with a map, across the thresholds of its encodings; with
 * fields that are given times to expire at, and without.
 */
class HashModelTest {
  private final Bench bench = new Bench();
  private final Map<String, String> model = new HashMap<>();
  private final Map<String, Long> times = new HashMap<>();

  @ParameterizedTest
  @CsvSource({"4, false", "60, false", "2000, false", "4, true", "60, true", "2000, true"})
  void behavesAsAMap(int names, boolean timed) throws RefusedException {
    bench.settings().set(Directive.HASH_MAX_LISTPACK_ENTRIES, "40");
    bench.line("hlen h");
    long empty = bench.keyspace().usedBytes();
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("HashModelTest seed " + seed + " names " + names + " timed " + timed);
    Random random = new Random(seed);
    for (int step = 0; step < 6000; step++) {
      if (timed && random.nextInt(3) == 0) {
        time(random, name(random.nextInt(names)));
      } else {
        act(random, names);
      }
      if (step % 500 == 0) {
        bench.validate();
        compareWhole();
      }
    }
    bench.validate();
    compareWhole();
    for (String field : new ArrayList<>(model.keySet())) {
      bench.run("hdel", "h", field);
    }
    bench.pass(1000);
    assertThat(Keys.encoding(bench, "h")).isEqualTo("none");
    assertThat(bench.keyspace().usedBytes()).as("seed %d", seed).isEqualTo(empty);
  }

  private void act(Random random, int names) {
    String field = name(random.nextInt(names));
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> {
        String value = value(random);
        boolean added = model.put(field, value) == null;
        times.remove(field);
        assertThat(bench.run("hset", "h", field, value)).isEqualTo(added ? "1" : "0");
      }
      case 3 -> {
        String value = value(random);
        boolean added = model.putIfAbsent(field, value) == null;
        assertThat(bench.run("hsetnx", "h", field, value)).isEqualTo(added ? "1" : "0");
      }
      case 4, 5 -> {
        times.remove(field);
        assertThat(bench.run("hdel", "h", field))
            .isEqualTo(model.remove(field) == null ? "0" : "1");
      }
      case 6 -> increment(field, random.nextInt(100_000) - 50_000);
      case 7 ->
          assertThat(bench.run("hstrlen", "h", field))
              .isEqualTo(String.valueOf(model.getOrDefault(field, "").length()));
      case 8 -> assertThat(bench.run("hlen", "h")).isEqualTo(String.valueOf(model.size()));
      default -> {
        String expected = model.get(field);
        assertThat(bench.run("hget", "h", field))
            .isEqualTo(expected == null ? "nil" : '"' + expected + '"');
      }
    }
  }

  /** Gives a field a time far ahead or in the past, takes it away, or sets value and time. */
  private void time(Random random, String field) {
    long time = System.currentTimeMillis() + 100_000 + random.nextInt(1_000_000);
    String text = String.valueOf(time);
    boolean present = model.containsKey(field);
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        assertThat(bench.run("hpexpireat", "h", text, "fields", "1", field))
            .isEqualTo(present ? "[1]" : "[-2]");
        if (present) {
          times.put(field, time);
        }
      }
      case 2 -> {
        assertThat(bench.run("hpersist", "h", "fields", "1", field))
            .isEqualTo(!present ? "[-2]" : times.containsKey(field) ? "[1]" : "[-1]");
        times.remove(field);
      }
      case 3 -> {
        assertThat(bench.run("hexpireat", "h", "1", "fields", "1", field))
            .isEqualTo(present ? "[2]" : "[-2]");
        model.remove(field);
        times.remove(field);
      }
      case 4 -> {
        String value = value(random);
        assertThat(bench.run("hsetex", "h", "keepttl", "fields", "1", field, value)).isEqualTo("1");
        model.put(field, value);
      }
      default -> {
        String value = value(random);
        assertThat(bench.run("hsetex", "h", "pxat", text, "fields", "1", field, value))
            .isEqualTo("1");
        model.put(field, value);
        times.put(field, time);
      }
    }
  }

  private void increment(String field, long by) {
    String before = model.getOrDefault(field, "0");
    String reply = bench.run("hincrby", "h", field, String.valueOf(by));
    if (before.matches("0|-?[1-9][0-9]{0,17}")) {
      long after = Long.parseLong(before) + by;
      assertThat(reply).isEqualTo(String.valueOf(after));
      model.put(field, String.valueOf(after));
    } else {
      assertThat(reply).isEqualTo("!ERR hash value is not an integer");
    }
  }

  private static String name(int number) {
    return switch (number % 4) {
      case 0 -> String.valueOf(number);
      case 1 -> "field:" + number;
      case 2 -> number + "n".repeat(number % 60);
      default -> "n" + "x".repeat(number % 300) + number;
    };
  }

  private static String value(Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> "";
      case 1, 2, 3 -> String.valueOf(random.nextInt(1000) - 500);
      case 4 -> String.valueOf(random.nextLong() / 100);
      case 5 -> "v".repeat(random.nextInt(600));
      default -> "value" + random.nextInt();
    };
  }

  private void compareWhole() {
    Map<String, String> sorted = new TreeMap<>(model);
    assertThat(pairs(bench.run("hgetall", "h"))).isEqualTo(sorted);
    List<String> names = words(bench.run("hkeys", "h"));
    Collections.sort(names);
    assertThat(names).isEqualTo(List.copyOf(sorted.keySet()));
    assertThat(words(bench.run("hvals", "h"))).hasSize(sorted.size());
    for (String name : sorted.keySet()) {
      assertThat(bench.run("hpexpiretime", "h", "fields", "1", name))
          .isEqualTo("[" + times.getOrDefault(name, -1L) + "]");
    }
    Map<String, String> scanned = new TreeMap<>();
    String cursor = "0";
    do {
      String reply = bench.run("hscan", "h", cursor, "count", "7");
      int end = reply.indexOf('"', 2);
      cursor = reply.substring(2, end);
      scanned.putAll(pairs(reply.substring(end + 2, reply.length() - 1)));
    } while (!cursor.equals("0"));
    assertThat(scanned).isEqualTo(sorted);
  }

  private static List<String> words(String array) {
    List<String> words = new ArrayList<>();
    String inner = array.substring(1, array.length() - 1);
    int at = 0;
    while (at < inner.length()) {
      int end = inner.indexOf('"', at + 1);
      words.add(inner.substring(at + 1, end));
      at = end + 2;
    }
    return words;
  }

  private static Map<String, String> pairs(String array) {
    Map<String, String> pairs = new TreeMap<>();
    List<String> words = words(array);
    for (int i = 0; i < words.size(); i += 2) {
      pairs.put(words.get(i), words.get(i + 1));
    }
    return pairs;
  }
}
