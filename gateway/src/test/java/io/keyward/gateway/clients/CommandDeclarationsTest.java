package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.fixture.GatewayExtension;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RedisFixture;
import io.keyward.gateway.fixture.RedisFixture.Version;
import io.keyward.gateway.fixture.RunningGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;

/**
 * Compares what the gateway answers to COMMAND with what a real Redis answers. Whatever differs on
 * purpose stands in {@link IntendedDifferences}, with its reason.
 */
@ExtendWith(GatewayExtension.class)
class CommandDeclarationsTest {
  /** The version whose commands the gateway has. */
  private static final Version TARGET = new Version(7, 2, 0);

  /** The first version that tells of subcommands, tips and key specifications. */
  private static final Version DETAILED = new Version(7, 0, 0);

  private static RedisFixture redis;
  private static Map<String, Declaration> theirs;
  private static Map<String, Declaration> ours;

  @BeforeAll
  static void askBoth(RunningGateway gateway) {
    redis = RedisFixture.start();
    theirs = ask(redis.host(), redis.port());
    ours = ask(gateway.open().host(), gateway.open().port());
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  private static Map<String, Declaration> ask(String host, int port) {
    try (RedisClient client =
        RedisClient.builder()
            .hostAndPort(new HostAndPort(host, port))
            .clientConfig(
                DefaultJedisClientConfig.builder().timeoutMillis(Patience.MILLIS).resp2().build())
            .build()) {
      return Declaration.all(client);
    }
  }

  private static String against() {
    return "against Redis %s (%s)".formatted(redis.version(), redis.source());
  }

  @Test
  void declaresEveryCommandAsRedisDoes() {
    Map<String, String> differences = new TreeMap<>();
    for (Declaration our : ours.values()) {
      Declaration their = theirs.get(our.name());
      if (their != null) {
        our.aspects()
            .forEach(
                (aspect, value) -> {
                  String key = our.name() + ": " + aspect;
                  String expected = their.aspects().get(aspect);
                  if (expected != null && !expected.equals(value) && comparable(our, aspect)) {
                    differences.put(key, "%s, in Redis %s".formatted(value, expected));
                  }
                });
      }
    }
    Map<String, String> unintended = new TreeMap<>(differences);
    unintended.keySet().removeAll(IntendedDifferences.DECLARED.keySet());
    assertThat(unintended).as(against()).isEmpty();

    if (redis.version().compareTo(TARGET) >= 0) {
      Set<String> outdated = new TreeSet<>(IntendedDifferences.DECLARED.keySet());
      outdated.removeAll(differences.keySet());
      assertThat(outdated).as("listed as different, but equal %s", against()).isEmpty();
    }
  }

  /** Whether a Redis of this version declares the aspect in the way of the target version. */
  private static boolean comparable(Declaration our, String aspect) {
    if (redis.version().compareTo(TARGET) >= 0) {
      return true;
    }
    if (IntendedDifferences.CHANGED_IN_7_2.contains(our.name() + ": " + aspect)) {
      return false;
    }
    if (redis.version().compareTo(DETAILED) >= 0) {
      return true;
    }
    // 6.2 declares containers as single commands, and has other flags and categories.
    return !our.container()
        && Set.of("arity", "keys").contains(aspect)
        && !IntendedDifferences.CHANGED_IN_7_0.contains(our.name() + ": " + aspect);
  }

  @Test
  void hasNoCommandThatRedisHasNot() {
    List<String> unknown = new ArrayList<>();
    for (String name : ours.keySet()) {
      boolean older = redis.version().compareTo(DETAILED) < 0 && name.contains("|");
      if (!theirs.containsKey(name)
          && !older
          && !IntendedDifferences.ADDED.containsKey(name)
          && !IntendedDifferences.newerThan(redis.version(), name)) {
        unknown.add(name);
      }
    }
    assertThat(unknown).as(against()).isEmpty();
    assertThat(ours.keySet()).containsAll(IntendedDifferences.ADDED.keySet());
  }

  @Test
  void lacksNoCommandWithoutReason() {
    Set<String> missing = new TreeSet<>(theirs.keySet());
    missing.removeAll(ours.keySet());
    missing.removeIf(name -> IntendedDifferences.reasonToLack(name).isPresent());
    assertThat(missing).as(against()).isEmpty();
  }
}
