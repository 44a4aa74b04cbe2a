package io.keyward.engine.builtin.appendonly;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Namespaces;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.KeyspaceLimits;
import io.keyward.engine.KeyspaceTraits;
import io.keyward.engine.SharedKeys;
import io.keyward.engine.builtin.Bench;
import io.keyward.engine.builtin.Overview;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Whatever clients of two keyspaces do that share keys and have pinned ones, and the operator over
 * both, the effects make others the same but for the pinned keys.
 */
class SharedReplayPropertyTest {
  private static final SharedKeys SHARED =
      new SharedKeys("app~shared", new Namespaces(List.of(), List.of("SHARED")));
  private static final KeyspaceTraits TRAITS =
      new KeyspaceTraits(
          new Namespaces(List.of("PINNED"), List.of("PINNED")), KeyspaceLimits.NONE, true, SHARED);
  private static final List<String> PREFIXES = List.of("blue", "green");

  private final long seed = Long.getLong("test.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);

  private static Bench bench() throws RefusedException {
    Bench bench =
        new Bench(
            ReplayPropertyTest.settings(),
            "blue",
            prefix ->
                PREFIXES.contains(prefix)
                    ? TRAITS
                    : new KeyspaceTraits(
                        Namespaces.NONE,
                        KeyspaceLimits.NONE,
                        true,
                        prefix.equals(SHARED.prefix()) ? SHARED : null));
    var _ = bench.engine().open("green");
    return bench;
  }

  @Test
  void effectsMakeOthersTheSame() throws Exception {
    for (int round = 0; round < 60; round++) {
      Bench original = bench();
      EffectStreams effects = new EffectStreams(original);
      Bench.Session blue = original.session();
      Bench.Session green = original.connect(original.engine().open("green"));
      Bench.Session operator = original.connect(Overview.open(original.engine()).getFirst());
      List<Bench.Session> clients = List.of(blue, green, operator);
      List<String> done = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        int who = random.nextInt(clients.size());
        String template =
            ReplayPropertyTest.COMMANDS.get(random.nextInt(ReplayPropertyTest.COMMANDS.size()));
        String command = ReplayPropertyTest.filled(template, random, key -> named(key, who));
        done.add(who + " " + command + " → " + ReplayPropertyTest.line(clients.get(who), command));
        original.pass(3);
      }
      clients.forEach(client -> client.run("DISCARD"));
      clients.subList(0, 2).forEach(ReplayPropertyTest::letExpire);
      byte[] stream = effects.bytes();
      Bench copy = bench();
      String trail = "seed " + seed + ", round " + round + "\n" + String.join("\n", done);
      assertThat(EffectStreams.replay(stream, copy)).as(trail).isEmpty();
      String what = trail + "\n" + EffectStreams.text(stream);
      copy.validate();
      original.validate();
      Bench.Session greenCopy = copy.connect(copy.engine().open("green"));
      assertThat(written(copy.session())).as(what).isEqualTo(written(blue));
      assertThat(written(greenCopy)).as(what).isEqualTo(written(green));
    }
  }

  private String named(String key, int who) {
    String name =
        switch (random.nextInt(4)) {
          case 0 -> "SHARED:" + key;
          case 1 -> "PINNED:" + key;
          default -> key;
        };
    return who < 2 ? name : PREFIXES.get(random.nextInt(2)) + "::" + name;
  }

  private static List<String> written(Bench.Session client) {
    return ReplayPropertyTest.state(client).stream()
        .filter(key -> !key.substring(1).startsWith("PINNED:"))
        .toList();
  }
}
