package io.keyward.engine.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Namespaces;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.KeyspaceLimits;
import io.keyward.engine.KeyspaceTraits;
import io.keyward.engine.SharedKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Random commands of four keyspaces against maps: a shared and a private key never mix. */
class SharedKeysPropertyTest {
  private static final List<String> DECLARED = List.of("A:B", "LONG::NAME");
  private static final SharedKeys SESSIONS =
      new SharedKeys("app~shared", new Namespaces(DECLARED, List.of("A", "LONG::NAME")));
  private static final SharedKeys SOME =
      new SharedKeys("app~shared", new Namespaces(DECLARED, List.of("A")));
  private static final List<String> NAMES =
      List.of("A:", "x::A:", "A", "A:B:", "LONG::NAME:", "LONG::", "B:", "y::B:", "::A:", "");

  private final Bench bench = new Bench(LiveSettings.defaults(), "blue", this::traits);
  private final List<Bench.Session> clients =
      List.of(
          bench.session(),
          bench.connect(bench.engine().open("green")),
          bench.connect(bench.engine().open("teal")),
          bench.connect(bench.engine().open("red")));
  private final List<Map<String, String>> own =
      List.of(new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());
  private final Map<String, String> shared = new HashMap<>();

  private KeyspaceTraits traits(String prefix) {
    SharedKeys keys =
        switch (prefix) {
          case "blue", "green", "app~shared" -> SESSIONS;
          case "teal" -> SOME;
          default -> null;
        };
    return new KeyspaceTraits(Namespaces.NONE, KeyspaceLimits.NONE, true, keys);
  }

  private Map<String, String> mapOf(int client, String key) {
    return sees(client, key) ? shared : own.get(client);
  }

  /** Whether a key is a shared one where a client is. */
  private static boolean sees(int client, String key) {
    boolean inA = key.contains("A:") && !key.contains("A:B:");
    return switch (client) {
      case 0, 1 -> inA || key.contains("LONG::NAME:");
      case 2 -> inA;
      default -> false;
    };
  }

  private static String key(SplittableRandom random) {
    return NAMES.get(random.nextInt(NAMES.size())) + random.nextInt(3);
  }

  @RepeatedTest(5)
  void everyKeyIsWhereItBelongs(RepetitionInfo repetition) {
    long seed = Long.getLong("test.seed", System.nanoTime()) + repetition.getCurrentRepetition();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 4000; i++) {
      step(random, "seed " + seed + " step " + i);
    }
    bench.validate();
  }

  private void step(SplittableRandom random, String told) {
    int at = random.nextInt(clients.size());
    Bench.Session client = clients.get(at);
    String key = key(random);
    String other = key(random);
    Map<String, String> map = mapOf(at, key);
    Map<String, String> otherMap = mapOf(at, other);
    String text = Long.toString(random.nextLong(1000), 36) + "v";
    switch (random.nextInt(8)) {
      case 0 -> {
        if (random.nextBoolean()) {
          assertThat(client.run("set", key, text, "ex", "9999")).as(told).isEqualTo("OK");
        } else {
          assertThat(client.run("set", key, text)).as(told).isEqualTo("OK");
        }
        map.put(key, text);
      }
      case 1 -> {
        assertThat(client.run("mset", key, text, other, "w" + text)).as(told).isEqualTo("OK");
        map.put(key, text);
        otherMap.put(other, "w" + text);
      }
      case 2 -> {
        if (random.nextBoolean()) {
          client.run("persist", key);
        }
        assertThat(client.run("get", key)).as(told).isEqualTo(shown(map.get(key)));
      }
      case 3 -> {
        String gone = map.remove(key) == null ? "0" : "1";
        assertThat(client.run("del", key)).as(told).isEqualTo(gone);
      }
      case 4 -> {
        String value = map.get(key);
        String reply = client.run("rename", key, other);
        assertThat(reply.equals("OK")).as(told).isEqualTo(value != null);
        if (value != null) {
          map.remove(key);
          otherMap.put(other, value);
        }
      }
      case 5 -> {
        String value = map.get(key);
        boolean same = key.equals(other);
        boolean copied = value != null && !same;
        assertThat(client.run("copy", key, other, "replace").equals("1"))
            .as(told)
            .isEqualTo(copied);
        if (copied) {
          otherMap.put(other, Objects.requireNonNull(value));
        }
      }
      case 6 -> {
        assertThat(client.run("keys", "*").replaceAll("[\\[\\]\"]", "").split(" "))
            .as(told)
            .filteredOn(word -> !word.isEmpty())
            .containsExactlyInAnyOrderElementsOf(seen(at));
        assertThat(client.run("dbsize")).as(told).isEqualTo(Integer.toString(seen(at).size()));
      }
      default -> {
        if (random.nextInt(20) == 0) {
          client.run("flushdb");
          own.get(at).clear();
        }
      }
    }
  }

  private List<String> seen(int client) {
    TreeSet<String> keys = new TreeSet<>(own.get(client).keySet());
    shared.keySet().stream().filter(key -> sees(client, key)).forEach(keys::add);
    return new ArrayList<>(keys);
  }

  private static String shown(@org.jspecify.annotations.Nullable String value) {
    return value == null ? "nil" : '"' + value + '"';
  }
}
