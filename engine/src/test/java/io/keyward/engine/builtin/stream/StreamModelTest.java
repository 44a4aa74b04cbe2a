package io.keyward.engine.builtin.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.Bench;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random commands on a stream and on a sorted map, whose entries must always be the same. */
class StreamModelTest {
  private final Bench bench = new Bench();
  private final TreeMap<StreamId, List<String>> model = new TreeMap<>();

  @ParameterizedTest
  @ValueSource(longs = {3, 10, 100})
  void holdsWhatASortedMapHolds(long nodeEntries) throws RefusedException {
    bench.settings().set(Directive.STREAM_NODE_MAX_ENTRIES, Long.toString(nodeEntries));
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("StreamModelTest seed " + seed);
    Random random = new Random(seed);
    for (int step = 0; step < 3000; step++) {
      switch (random.nextInt(12)) {
        case 0, 1 -> delete(random);
        case 2 -> trim(random);
        case 3 -> range(random, false);
        case 4 -> range(random, true);
        case 5 -> read(random);
        default -> add(random);
      }
      if (step % 100 == 0) {
        validate();
      }
    }
    validate();
    assertThat(bench.run("copy", "s", "t")).isEqualTo("1");
    assertThat(bench.run("xrange", "t", "-", "+")).isEqualTo(shown(model));
    bench.run("del", "s", "t");
    assertThat(bench.keyspace().usedBytes()).isLessThan(10_000);
  }

  private void validate() {
    bench.validate();
    assertThat(bench.run("xlen", "s")).isEqualTo(Integer.toString(model.size()));
    assertThat(bench.run("xrange", "s", "-", "+")).isEqualTo(shown(model));
    assertThat(bench.run("xrevrange", "s", "+", "-")).isEqualTo(shown(model.descendingMap()));
  }

  private static StreamId randomId(Random random) {
    return new StreamId(random.nextInt(700), random.nextInt(4));
  }

  private void add(Random random) {
    List<String> pairs = new ArrayList<>();
    int fields = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 2;
    for (int i = 0; i < fields; i++) {
      pairs.add(random.nextInt(3) == 0 ? "f" + random.nextInt(3) : "f" + i);
      pairs.add(value(random));
    }
    StreamId last = model.isEmpty() ? StreamId.MIN : model.lastKey();
    StreamId id = new StreamId(last.ms() + random.nextInt(2), last.seq() + 1 + random.nextInt(3));
    List<String> words = new ArrayList<>(List.of("xadd", "s", id.toString()));
    words.addAll(pairs);
    String reply = bench.run(words.toArray(String[]::new));
    if (reply.startsWith("!ERR The ID specified in XADD is equal or smaller")) {
      // The entries beyond it have been deleted, their ids are not given again.
      return;
    }
    assertThat(reply).isEqualTo('"' + id.toString() + '"');
    model.put(id, pairs);
  }

  private static String value(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> Long.toString(random.nextLong() >> random.nextInt(64));
      case 1 -> "x".repeat(random.nextInt(200));
      default -> "v" + random.nextInt(1000);
    };
  }

  private void delete(Random random) {
    StreamId id = model.isEmpty() ? null : model.ceilingKey(randomId(random));
    if (id == null) {
      id = randomId(random);
    }
    String expected = model.remove(id) == null ? "0" : "1";
    assertThat(bench.run("xdel", "s", id.toString())).isEqualTo(expected);
  }

  private void trim(Random random) {
    boolean approximate = random.nextBoolean();
    int before = model.size();
    if (random.nextBoolean()) {
      int keep = Math.max(0, model.size() - random.nextInt(30));
      String removed =
          bench.run("xtrim", "s", "maxlen", approximate ? "~" : "=", Integer.toString(keep));
      check(removed, approximate, Math.max(0, before - keep));
    } else {
      StreamId id = model.isEmpty() ? randomId(random) : model.firstKey();
      StreamId least = new StreamId(id.ms() + random.nextInt(10), 0);
      String removed = bench.run("xtrim", "s", "minid", approximate ? "~" : "=", least.toString());
      check(removed, approximate, model.headMap(least).size());
    }
  }

  private void check(String removed, boolean approximate, int most) {
    int count = Integer.parseInt(removed);
    if (approximate) {
      assertThat(count).isBetween(0, most);
    } else {
      assertThat(count).isEqualTo(most);
    }
    for (int i = 0; i < count; i++) {
      model.pollFirstEntry();
    }
  }

  private void range(Random random, boolean backward) {
    StreamId one = randomId(random);
    StreamId other = randomId(random);
    boolean inOrder = one.compareTo(other) < 0;
    StreamId start = inOrder ? one : other;
    StreamId end = inOrder ? other : one;
    boolean open = random.nextBoolean() && start.compareTo(end) < 0;
    int count = 1 + random.nextInt(20);
    Map<StreamId, List<String>> expected = model.subMap(start, !open, end, true);
    if (backward) {
      expected = model.subMap(start, !open, end, true).descendingMap();
    }
    String startText = (open ? "(" : "") + start;
    String reply =
        backward
            ? bench.run("xrevrange", "s", end.toString(), startText, "count", "" + count)
            : bench.run("xrange", "s", startText, end.toString(), "count", "" + count);
    assertThat(reply).isEqualTo(shown(expected, count));
  }

  private void read(Random random) {
    StreamId after = randomId(random);
    Map<StreamId, List<String>> expected = model.tailMap(after, false);
    String reply = bench.run("xread", "count", "5", "streams", "s", after.toString());
    assertThat(reply)
        .isEqualTo(expected.isEmpty() ? "nil" : "[[\"s\" " + shown(expected, 5) + "]]");
  }

  private static String shown(Map<StreamId, List<String>> entries) {
    return shown(entries, Integer.MAX_VALUE);
  }

  private static String shown(Map<StreamId, List<String>> entries, int most) {
    return entries.entrySet().stream()
        .limit(most)
        .map(
            entry ->
                "[\""
                    + entry.getKey()
                    + "\" ["
                    + entry.getValue().stream()
                        .map(text -> '"' + text + '"')
                        .collect(Collectors.joining(" "))
                    + "]]")
        .collect(Collectors.joining(" ", "[", "]"));
  }
}
