package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.Patience;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.exceptions.JedisDataException;

/** Deployments on several event loops at the limit of what they may take together. */
class SharedMemoryTest {
  private static final String VALUE = "x".repeat(1000);

  @TempDir Path folder;
  private Gateway gateway;
  private Jedis operator;
  private final List<Jedis> deployments = new ArrayList<>();

  private void start(String limits, String... directives) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            """
            event-loops: 3
            operator: {password: of-operator}
            tenants:
              app:
                limits: %s
                deployments:
                  a: {password: secret}
                  b: {password: secret}
                  c: {password: secret}
                  d: {password: secret}
            """
                .formatted(limits));
    List<String> options = new ArrayList<>(List.of(file.toString()));
    options.addAll(List.of(directives));
    gateway = Gateways.startWith(Map.of(), options.toArray(String[]::new));
    operator = client("operator", "of-operator");
    for (String name : List.of("a", "b", "c", "d")) {
      deployments.add(client(name, "secret"));
    }
  }

  private Jedis client(String user, String password) {
    Jedis client = new Jedis("127.0.0.1", gateway.ports().redis(), Patience.MILLIS);
    client.auth(user, password);
    return client;
  }

  @AfterEach
  void stop() {
    deployments.forEach(Jedis::close);
    operator.close();
    gateway.close();
  }

  private static void write(Jedis deployment, int keys) {
    Pipeline pipeline = deployment.pipelined();
    for (int i = 0; i < keys; i++) {
      pipeline.set("key:" + i, VALUE);
    }
    assertThat(pipeline.syncAndReturnAll()).containsOnly("OK");
  }

  private long used() {
    return used(operator);
  }

  private static long used(Jedis client) {
    return client
        .info("memory")
        .lines()
        .filter(line -> line.startsWith("used_memory:"))
        .mapToLong(line -> Long.parseLong(line.substring("used_memory:".length()).trim()))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Writes until nearly all of a thousand keys are there. Who has filled everything gives up on a
   * loop of its own, and while that has not come to it, its neighbour may have to wait.
   */
  private static void findRoom(Jedis deployment) {
    long until = System.nanoTime() + Patience.NANOS;
    do {
      assertThat(System.nanoTime()).as("time without finding room").isLessThan(until);
      Pipeline pipeline = deployment.pipelined();
      for (int i = 0; i < 1000; i++) {
        pipeline.set("key:" + i, VALUE);
      }
      pipeline.syncAndReturnAll();
    } while (deployment.dbSize() <= 700);
  }

  private void everybodyFindsRoomBesideWhoHasFilledIt() {
    write(deployments.getFirst(), 10_000);
    assertThat(deployments.getFirst().dbSize()).isGreaterThan(4000);
    for (Jedis deployment : deployments.subList(1, 4)) {
      findRoom(deployment);
    }
    assertThat(deployments.getFirst().dbSize()).isBetween(500L, 5500L);
  }

  @Test
  void whoHasMostGivesUpForMaxmemory() throws Exception {
    start("{}", "--maxmemory", "6mb", "--maxmemory-policy", "allkeys-lru");
    everybodyFindsRoomBesideWhoHasFilledIt();
    while (used() > (6 << 20) + 1000) {
      Thread.onSpinWait();
    }
  }

  @Test
  void whoHasMostGivesUpForTheMemoryOfATenant() throws Exception {
    start("{memory: 6mb}", "--maxmemory-policy", "allkeys-lru");
    everybodyFindsRoomBesideWhoHasFilledIt();
    while (used() > (6 << 20) + 1000) {
      Thread.onSpinWait();
    }
  }

  @Test
  void whoHasMostGivesUpForTheKeysOfATenant() throws Exception {
    start("{keys: 5000}", "--maxmemory-policy", "allkeys-lru");
    everybodyFindsRoomBesideWhoHasFilledIt();
    while (deployments.stream().mapToLong(Jedis::dbSize).sum() > 5000) {
      Thread.onSpinWait();
    }
  }

  @Test
  void nothingIsGivenUpWithoutEviction() throws Exception {
    start("{}", "--maxmemory", "6mb");
    Pipeline pipeline = deployments.getFirst().pipelined();
    for (int i = 0; i < 10_000; i++) {
      pipeline.set("key:" + i, VALUE);
    }
    pipeline.syncAndReturnAll();
    long full = deployments.getFirst().dbSize();
    for (Jedis deployment : deployments) {
      try {
        while (deployment.set("more", VALUE).equals("OK")) {
          // What the others have is known as of some milliseconds ago.
          deployment.append("more", VALUE);
        }
      } catch (JedisDataException refused) {
        assertThat(refused).hasMessageStartingWith("OOM command not allowed");
      }
    }
    assertThat(deployments.getFirst().dbSize()).isGreaterThanOrEqualTo(full);
  }

  @Test
  void whatOthersHaveWrittenCountsForATenantAtOnce() throws Exception {
    start("{memory: 4mb}");
    int refused = 0;
    for (int i = 0; refused < 4; i++) {
      refused = 0;
      for (Jedis deployment : deployments) {
        try {
          deployment.set("key:" + i, VALUE);
        } catch (JedisDataException full) {
          assertThat(full).hasMessageStartingWith("OOM command not allowed");
          refused++;
        }
      }
    }
    assertThat(deployments.stream().mapToLong(SharedMemoryTest::used).sum())
        .isBetween((4L << 20) - 4L * VALUE.length(), (4L << 20) + 4096);
  }
}
