package io.keyward.gateway.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.fixture.GatewayOfLoops;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RedisFixture;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.FunctionRestorePolicy;
import redis.clients.jedis.resps.LibraryInfo;

/**
 * Deployments have functions each for itself, a Redis beside the gateway has one set: it has a
 * library as long as any deployment has one of that name, and meets no error.
 */
class CommonFunctionsTest {
  @TempDir Path directory;

  private GatewayOfLoops start(int loops) throws Exception {
    return GatewayOfLoops.start(directory, loops, List.of("blue", "green"));
  }

  private static String library(String name, String function, String answer) {
    return "#!lua name=%s\nredis.register_function('%s', function() return '%s' end)"
        .formatted(name, function, answer);
  }

  private static Set<String> names(Jedis client) {
    Set<String> names = new TreeSet<>();
    client.functionList().stream().map(LibraryInfo::getLibraryName).forEach(names::add);
    return names;
  }

  private static String call(Jedis client, String function) {
    return new String((byte[]) client.fcall(function.getBytes(UTF_8), List.of(), List.of()), UTF_8);
  }

  /** Everything that changes libraries, after which blue and green have some of each kind. */
  private static void change(Jedis blue, Jedis green) {
    blue.functionLoad(library("same", "f", "blue"));
    green.functionLoad(library("same", "f", "green"));
    blue.functionLoad(library("given_up", "g", "blue"));
    green.functionLoad(library("given_up", "g", "green"));
    blue.functionDelete("given_up");
    green.functionDelete("given_up");
    blue.functionLoad(library("kept_by_green", "h", "blue"));
    green.functionLoad(library("kept_by_green", "h", "green"));
    blue.functionDelete("kept_by_green");
    blue.functionLoad(library("of_blue", "common", "blue"));
    green.functionLoad(library("of_green", "common", "green"));
    green.functionLoadReplace(library("same", "f", "green again"));
    byte[] dump = green.functionDump();
    green.functionFlush();
    green.functionRestore(dump, FunctionRestorePolicy.FLUSH);
    green.functionRestore(dump, FunctionRestorePolicy.REPLACE);
  }

  private static void assertOwn(Jedis blue, Jedis green) {
    assertThat(names(blue)).containsExactly("of_blue", "same");
    assertThat(names(green)).containsExactly("kept_by_green", "of_green", "same");
    assertThat(call(blue, "f")).isEqualTo("blue");
    assertThat(call(green, "f")).isEqualTo("green again");
    assertThat(call(blue, "common")).isEqualTo("blue");
    assertThat(call(green, "common")).isEqualTo("green");
  }

  /** A function of green's is called as one of blue's, so that Redis has that library once. */
  private static void assertCommon(Jedis redis) {
    assertThat(names(redis)).containsExactly("kept_by_green", "of_blue", "same");
    assertThat(redis.info("stats")).contains("unexpected_error_replies:0\r\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aRedisThatStartsOnTheLogHasThemAndEachDeploymentItsOwn(int loops) throws Exception {
    try (GatewayOfLoops gateway = start(loops);
        Jedis blue = gateway.client("blue");
        Jedis green = gateway.client("green")) {
      change(blue, green);
      assertOwn(blue, green);
    }
    try (RedisFixture redis =
            RedisFixture.startWithLog(directory.resolve("data").resolve("appendonlydir"));
        Jedis client = new Jedis(redis.host(), redis.port(), Patience.MILLIS)) {
      assertCommon(client);
    }
    try (GatewayOfLoops gateway = start(loops);
        Jedis blue = gateway.client("blue");
        Jedis green = gateway.client("green")) {
      assertOwn(blue, green);
      green.functionFlush();
      blue.functionFlush();
    }
    try (RedisFixture redis =
            RedisFixture.startWithLog(directory.resolve("data").resolve("appendonlydir"));
        Jedis client = new Jedis(redis.host(), redis.port(), Patience.MILLIS)) {
      assertThat(names(client)).isEmpty();
    }
  }

  private static void rewrite(Jedis operator) throws Exception {
    operator.bgrewriteaof();
    Waiting.until(
        "the end of the rewrite",
        () ->
            operator
                .info("persistence")
                .contains("aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0"));
  }

  private Set<String> namesOfRedisOnTheLog() throws Exception {
    try (RedisFixture redis =
            RedisFixture.startWithLog(directory.resolve("data").resolve("appendonlydir"));
        Jedis client = new Jedis(redis.host(), redis.port(), Patience.MILLIS)) {
      assertThat(client.info("stats")).contains("unexpected_error_replies:0\r\n");
      return names(client);
    }
  }

  /** What a base has is what the log before it told, so that the log goes on from there. */
  @ParameterizedTest
  @CsvSource({"1, yes", "2, yes", "1, no"})
  void afterARewriteItHasThemToo(int loops, String snapshotFirst) throws Exception {
    try (GatewayOfLoops gateway = start(loops);
        Jedis operator = gateway.client("operator");
        Jedis blue = gateway.client("blue");
        Jedis green = gateway.client("green")) {
      operator.configSet("aof-use-rdb-preamble", snapshotFirst);
      green.functionLoad(library("of_green", "common", "green"));
      blue.functionLoad(library("of_blue", "common", "blue"));
      green.functionLoad(library("same", "f", "green"));
      blue.functionLoad(library("same", "f", "blue"));
      rewrite(operator);
      green.functionDelete("of_green");
      assertThat(namesOfRedisOnTheLog()).containsExactly("of_blue", "same");
      rewrite(operator);
      assertThat(namesOfRedisOnTheLog()).containsExactly("of_blue", "same");
      green.functionLoad(library("of_green", "common", "green"));
      blue.functionDelete("same");
      assertThat(namesOfRedisOnTheLog()).containsExactly("of_blue", "same");
    }
    try (GatewayOfLoops gateway = start(loops);
        Jedis blue = gateway.client("blue");
        Jedis green = gateway.client("green")) {
      blue.functionDelete("of_blue");
      assertThat(namesOfRedisOnTheLog()).containsExactly("of_green", "same");
      green.functionDelete("same");
      assertThat(namesOfRedisOnTheLog()).containsExactly("of_green");
      blue.functionLoad(library("of_blue", "common", "blue"));
      assertThat(namesOfRedisOnTheLog()).containsExactly("of_green");
      assertThat(names(green)).containsExactly("of_green");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aReplicaHasThem(int loops) throws Exception {
    try (GatewayOfLoops gateway = start(loops);
        RedisFixture redis = RedisFixture.start();
        Jedis replica = gateway.replica(redis);
        Jedis operator = gateway.client("operator");
        Jedis blue = gateway.client("blue");
        Jedis green = gateway.client("green")) {
      Waiting.until(
          "the replica's link",
          () -> replica.info("replication").contains("master_link_status:up"));
      change(blue, green);
      assertThat(operator.waitReplicas(1, Patience.MILLIS / 2)).isEqualTo(1);
      assertCommon(replica);
      blue.functionFlush();
      assertThat(operator.waitReplicas(1, Patience.MILLIS / 2)).isEqualTo(1);
      assertThat(names(replica)).contains("kept_by_green", "same");
    }
  }
}
