package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.gateway.fixture.GatewayOfLoops;
import io.keyward.gateway.fixture.RedisFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/**
 * Three deployments on two loops do at random what can be done to libraries, and rewrites begin and
 * end meanwhile: a Redis on the log and one that follows have what README says.
 */
class FunctionsModelTest {
  private static final int STEPS = 300;
  private static final List<String> LIBRARIES = List.of("x", "y", "z");

  private final long seed = Long.getLong("test.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Map<BuiltinKeyspace, Map<String, String>> held = new HashMap<>();

  /** Who has loaded a library of a name last. */
  private final Map<String, BuiltinKeyspace> lastLoaders = new HashMap<>();

  @TempDir private Path directory;

  @Test
  void aRedisHasWhatIsSaid() throws Exception {
    try (GatewayOfLoops gateway = GatewayOfLoops.start(directory, 2, List.of("a", "b", "c"));
        FunctionsOfLoops functions = new FunctionsOfLoops(gateway);
        RedisFixture redis = RedisFixture.start();
        Jedis replica = gateway.replica(redis)) {
      Rewrites.until(
          "the replica's link",
          () -> replica.info("replication").contains("master_link_status:up"));
      gateway.deployments().forEach(keyspace -> held.put(keyspace, new TreeMap<>()));
      for (int step = 0; step < STEPS; step++) {
        int kind = random.nextInt(100);
        if (kind < 4) {
          rewrite(functions, replica);
        } else if (kind < 8) {
          check(functions, replica);
        } else {
          change(gateway.deployments().get(random.nextInt(3)));
        }
      }
      check(functions, replica);
    }
  }

  private void rewrite(FunctionsOfLoops functions, Jedis replica) throws Exception {
    functions.awaitWritten();
    functions.beginRewrite();
    functions.awaitReplica();
    Map<String, String> before = FunctionsOfLoops.ofRedis(replica);
    for (int changes = random.nextInt(12); changes > 0; changes--) {
      List<BuiltinKeyspace> all = List.copyOf(held.keySet());
      change(all.get(random.nextInt(all.size())));
      if (random.nextInt(4) == 0) {
        functions.awaitWritten();
      }
    }
    functions.awaitWritten();
    Path crash = functions.copyTo(Files.createTempDirectory(directory, "crash"));
    assertThat(FunctionsOfLoops.ofRedis(crash)).as("seed %d", seed).isEqualTo(before);
    assertThat(FunctionsOfLoops.ofRedis(replica)).as("seed %d", seed).isEqualTo(before);
    assertThat(functions.endRewrite()).isEqualTo("ok");
  }

  private void change(BuiltinKeyspace keyspace) {
    Map<String, String> own = held.get(keyspace);
    String library = LIBRARIES.get(random.nextInt(LIBRARIES.size()));
    int kind = random.nextInt(10);
    if (kind < 5) {
      load(keyspace, own, library);
    } else if (kind < 9) {
      String answer = FunctionsOfLoops.call(keyspace, "FUNCTION", "DELETE", library);
      assertThat(answer.startsWith("+OK")).isEqualTo(own.remove(library) != null);
    } else {
      String dump = FunctionsOfLoops.call(keyspace, "FUNCTION", "DUMP");
      FunctionsOfLoops.call(keyspace, "FUNCTION", "FLUSH");
      if (random.nextBoolean()) {
        String payload = dump.substring(dump.indexOf("\r\n") + 2, dump.length() - 2);
        assertThat(FunctionsOfLoops.call(keyspace, "FUNCTION", "RESTORE", payload))
            .isEqualTo("+OK\r\n");
        own.keySet().forEach(name -> lastLoaders.put(name, keyspace));
      } else {
        own.clear();
      }
    }
  }

  /** One of the functions is any library's, which one deployment cannot have twice. */
  private void load(BuiltinKeyspace keyspace, Map<String, String> own, String library) {
    String function = random.nextInt(4) == 0 ? "common" : library + random.nextInt(3);
    boolean taken =
        own.entrySet().stream()
            .anyMatch(each -> each.getValue().equals(function) && !each.getKey().equals(library));
    if (!taken) {
      FunctionsOfLoops.load(keyspace, library, function);
      own.put(library, function);
      lastLoaders.put(library, keyspace);
    }
  }

  private void check(FunctionsOfLoops functions, Jedis replica) throws Exception {
    functions.awaitWritten();
    Map<String, String> shown = functions.ofRedis();
    Rewrites.until("the replica", () -> FunctionsOfLoops.ofRedis(replica).equals(shown));
    for (String library : LIBRARIES) {
      Set<String> possible =
          held.values().stream()
              .filter(own -> own.containsKey(library))
              .map(own -> own.get(library))
              .collect(Collectors.toSet());
      String present = shown.get(library);
      if (present == null) {
        assertThat(possible)
            .as("%s of seed %d: %s in %s", library, seed, held.values(), shown)
            .allMatch(function -> isKeptAway(function, library, shown));
      } else {
        assertThat(possible)
            .as("%s of seed %d: %s in %s", library, seed, held.values(), shown)
            .contains(present);
        BuiltinKeyspace lastLoader = lastLoaders.get(library);
        String newest = lastLoader == null ? null : held.get(lastLoader).get(library);
        if (newest != null && !isKeptAway(newest, library, shown)) {
          assertThat(present).as("%s of seed %d", library, seed).isEqualTo(newest);
        }
      }
    }
  }

  private static boolean isKeptAway(String function, String library, Map<String, String> shown) {
    return shown.entrySet().stream()
        .anyMatch(each -> each.getValue().equals(function) && !each.getKey().equals(library));
  }
}
