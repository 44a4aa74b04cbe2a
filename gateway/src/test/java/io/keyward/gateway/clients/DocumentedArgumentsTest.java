package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keyward.gateway.fixture.GatewayExtension;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RedisFixture;
import io.keyward.gateway.fixture.RedisFixture.Version;
import io.keyward.gateway.fixture.RunningGateway;
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

/** Compares the arguments in the gateway's COMMAND DOCS with those of a real Redis. */
@ExtendWith(GatewayExtension.class)
class DocumentedArgumentsTest {
  private static final Version TARGET = new Version(7, 2, 0);

  /** What differs on purpose, and why. */
  private static final Map<String, String> INTENDED =
      Map.ofEntries(
          Map.entry("debug", "Redis tells nothing of its subcommands."),
          Map.entry("lolwut", "Redis leaves out the drawing's own parameters."),
          Map.entry("pfdebug", "The words that it takes are told."),
          Map.entry("replconf", "Redis tells nothing of what a replica may say."),
          Map.entry("set", "IFEQ and its kin are newer than 7.2."),
          Map.entry("xautoclaim", "The idle time is an integer."),
          Map.entry("xclaim", "The idle time is an integer."),
          Map.entry("zinter", "Weights may have a fraction."),
          Map.entry("zinterstore", "Weights may have a fraction."),
          Map.entry("zunion", "Weights may have a fraction."),
          Map.entry("zunionstore", "Weights may have a fraction."));

  /** Commands whose arguments Redis 7.0 tells otherwise than 7.2. */
  private static final Set<String> CHANGED_IN_7_2 =
      Set.of(
          "bitop",
          "client|kill",
          "command|getkeys",
          "command|getkeysandflags",
          "geohash",
          "geopos",
          "georadius",
          "georadiusbymember",
          "migrate",
          "pfmerge",
          "zrank",
          "zrevrank");

  private static RedisFixture redis;

  @BeforeAll
  static void start() {
    redis = RedisFixture.start();
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  private static Map<String, String> ask(String host, int port) {
    try (RedisClient client =
        RedisClient.builder()
            .hostAndPort(new HostAndPort(host, port))
            .clientConfig(
                DefaultJedisClientConfig.builder().timeoutMillis(Patience.MILLIS).resp2().build())
            .build()) {
      return DocumentedArguments.all(client);
    }
  }

  @Test
  void tellsOfTheArgumentsAsRedisDoes(RunningGateway gateway) {
    assumeTrue(
        redis.version().compareTo(new Version(7, 0, 0)) >= 0, "COMMAND DOCS came with Redis 7.0");
    String against = "against Redis %s (%s)".formatted(redis.version(), redis.source());
    Map<String, String> theirs = ask(redis.host(), redis.port());
    Map<String, String> ours = ask(gateway.open().host(), gateway.open().port());
    Map<String, String> differences = new TreeMap<>();
    ours.forEach(
        (name, arguments) -> {
          String expected = theirs.getOrDefault(name, arguments);
          if (!expected.equals(arguments)) {
            differences.put(name, "%s, in Redis %s".formatted(arguments, expected));
          }
        });
    boolean target = redis.version().compareTo(TARGET) >= 0;
    Set<String> outdated = new TreeSet<>(INTENDED.keySet());
    outdated.removeAll(differences.keySet());
    differences.keySet().removeAll(INTENDED.keySet());
    if (target) {
      assertThat(outdated).as("listed as different, but equal %s", against).isEmpty();
    } else {
      differences.keySet().removeAll(CHANGED_IN_7_2);
    }
    assertThat(differences).as(against).isEmpty();
    assertThat(theirs.keySet()).as(against).containsAll(Set.of("get", "client|kill", "xadd"));
  }
}
