package io.keyward.engine.builtin.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Random deliveries, claims and acknowledgements, compared with plain maps. */
class GroupModelTest {
  /** A pending entry. */
  private record Owned(String consumer, int deliveries) {}

  private final Bench bench = new Bench();
  private final TreeSet<Integer> entries = new TreeSet<>();
  private final TreeMap<Integer, Owned> pending = new TreeMap<>();
  private int last;
  private int delivered;

  @Test
  void keepsThePendingEntriesThatTheModelKeeps() {
    bench.line("xgroup create s g 0 mkstream");
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("GroupModelTest seed " + seed);
    Random random = new Random(seed);
    for (int step = 0; step < 6000; step++) {
      act(random);
      if (step % 200 == 0) {
        check();
      }
    }
    check();
    assertThat(bench.line("copy s t")).isEqualTo("1");
    assertThat(pendingWithoutTimes("t")).isEqualTo(pendingWithoutTimes("s"));
    bench.validate();
  }

  private void act(Random random) {
    String consumer = "c" + random.nextInt(4);
    int some = last == 0 ? 0 : 1 + random.nextInt(last);
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> {
        bench.line("xadd s " + ++last + " n " + last);
        entries.add(last);
      }
      case 4, 5 -> deliver(consumer, 1 + random.nextInt(6));
      case 6 -> {
        Integer id = pending.ceilingKey(some);
        String expected = id == null ? "0" : "1";
        assertThat(bench.line("xack s g " + (id == null ? last + 1 : id))).isEqualTo(expected);
        if (id != null) {
          pending.remove(id);
        }
      }
      case 7 -> claim(consumer, some, random.nextBoolean());
      case 8 -> {
        if (random.nextInt(4) == 0) {
          bench.line("xdel s " + some);
          entries.remove(some);
        }
      }
      default -> {
        if (random.nextInt(20) == 0) {
          bench.line("xgroup delconsumer s g " + consumer);
          pending.values().removeIf(owned -> owned.consumer().equals(consumer));
        } else {
          autoClaim(consumer, some);
        }
      }
    }
  }

  private void deliver(String consumer, int count) {
    List<Integer> fresh = entries.tailSet(delivered, false).stream().limit(count).toList();
    String reply =
        bench.line("xreadgroup group g " + consumer + " count " + count + " streams s >");
    if (fresh.isEmpty()) {
      assertThat(reply).isEqualTo("nil");
      return;
    }
    assertThat(reply)
        .isEqualTo(
            fresh.stream()
                .map(id -> "[\"" + id + "-0\" [\"n\" \"" + id + "\"]]")
                .collect(Collectors.joining(" ", "[[\"s\" [", "]]]")));
    for (int id : fresh) {
      pending.put(id, new Owned(consumer, 1));
      delivered = id;
    }
  }

  private void claim(String consumer, int id, boolean force) {
    String reply = bench.line("xclaim s g " + consumer + " 0 " + id + (force ? " force" : ""));
    Owned present = pending.get(id);
    if (!entries.contains(id)) {
      pending.remove(id);
      assertThat(reply).isEqualTo("[]");
    } else if (present == null && !force) {
      assertThat(reply).isEqualTo("[]");
    } else {
      assertThat(reply).contains("\"" + id + "-0\"");
      pending.put(id, new Owned(consumer, present == null ? 2 : present.deliveries() + 1));
    }
  }

  private void autoClaim(String consumer, int from) {
    List<Integer> claimed = new ArrayList<>();
    List<Integer> gone = new ArrayList<>();
    for (int id : pending.tailMap(from).keySet().stream().limit(3).toList()) {
      (entries.contains(id) ? claimed : gone).add(id);
    }
    Integer next = pending.tailMap(from).keySet().stream().skip(3).findFirst().orElse(0);
    gone.forEach(pending::remove);
    claimed.forEach(id -> pending.put(id, new Owned(consumer, pending.get(id).deliveries())));
    String ids = "[\"" + next + "-0\" " + ids(claimed) + " " + ids(gone) + "]";
    assertThat(bench.line("xautoclaim s g " + consumer + " 0 " + from + " count 3 justid"))
        .isEqualTo(ids);
  }

  private static String ids(List<Integer> ids) {
    return ids.stream().map(id -> "\"" + id + "-0\"").collect(Collectors.joining(" ", "[", "]"));
  }

  private String pendingWithoutTimes(String key) {
    return bench.line("xpending " + key + " g - + 100000").replaceAll(" \\d+ (\\d+)]", " $1]");
  }

  private void check() {
    bench.validate();
    assertThat(pendingWithoutTimes("s"))
        .isEqualTo(
            pending.entrySet().stream()
                .map(
                    entry ->
                        "[\""
                            + entry.getKey()
                            + "-0\" \""
                            + entry.getValue().consumer()
                            + "\" "
                            + entry.getValue().deliveries()
                            + "]")
                .collect(Collectors.joining(" ", "[", "]")));
    for (int i = 0; i < 4; i++) {
      String consumer = "c" + i;
      long own =
          pending.values().stream().filter(owned -> owned.consumer().equals(consumer)).count();
      String summary = bench.line("xpending s g");
      if (own > 0) {
        assertThat(summary).contains("[\"" + consumer + "\" \"" + own + "\"]");
      } else {
        assertThat(summary).doesNotContain("\"" + consumer + "\"");
      }
    }
  }
}
