package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.Executables;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RedisFixture;
import io.keyward.gateway.fixture.RedisFixture.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;

/** Append-only files go from the gateway to a real Redis and back, whatever their base is. */
class AppendOnlyFilesTest {
  private static final Version READS_11 = new Version(7, 2, 0);

  @TempDir Path directory;

  private Path log(String folder) {
    return directory.resolve(folder).resolve("appendonlydir");
  }

  private Gateway start(Map<String, String> environment, String folder, String... further)
      throws Exception {
    List<String> options = new ArrayList<>(List.of("--bind", "127.0.0.1", "--save", ""));
    options.addAll(List.of("--dir", directory.resolve(folder).toString()));
    options.addAll(List.of(further));
    return Gateway.startOnFreePorts(Settings.load(options, environment));
  }

  private static Jedis client(Gateway gateway) {
    return new Jedis("127.0.0.1", gateway.ports().redis(), Patience.MILLIS);
  }

  /** Has a base written and waits for it. */
  private static void rewrite(Jedis client) throws Exception {
    client.sendCommand(Command.BGREWRITEAOF);
    awaitRewrite(client);
  }

  private static void awaitRewrite(Jedis client) throws Exception {
    Waiting.until(
        "a rewrite",
        () -> {
          String info = client.info("persistence");
          return info.contains("aof_rewrite_in_progress:0")
              && info.contains("aof_rewrite_scheduled:0");
        });
    assertThat(client.info("persistence")).contains("aof_last_bgrewrite_status:ok");
  }

  /** What changes behind the base, so that an increment tells it. */
  private static void change(Jedis client) {
    client.rpush("list", "more");
    client.hdel("big hash", "element-1", "element-2");
    client.zincrby("big zset", 0.1, "element-3");
    client.spop("big set", 5);
    client.sendCommand(Command.XADD, "stream", "*", "f", "behind");
    client.expireAt("text", 9999999999L);
    client.del("small");
  }

  private void checked() throws Exception {
    Path program = Executables.onPath("redis-check-aof").orElse(null);
    if (program == null) {
      return;
    }
    Process check =
        new ProcessBuilder(
                program.toString(), log("ours").resolve("appendonly.aof.manifest").toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(check.waitFor()).as(said).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "no"})
  void redisStartsOnOurs(String snapshotFirst) throws Exception {
    Version version;
    try (RedisFixture redis = RedisFixture.startSeven()) {
      version = redis.version();
    }
    Map<String, String> blue = Map.of("REDIS_KEY_PREFIX", "blue");
    String[] options = {
      "--aof-use-rdb-preamble",
      snapshotFirst,
      "--rdb-version",
      version.compareTo(READS_11) >= 0 ? "11" : "10"
    };
    Map<String, Object> data;
    try (Gateway gateway = start(blue, "ours", options);
        Jedis client = client(gateway)) {
      SampleData.fill(client);
      client.pexpireAt("hash", 9999999999999L);
      client.functionLoad("#!lua name=lib\nredis.register_function('f', function() return 7 end)");
      rewrite(client);
      change(client);
      data = SampleData.of(client);
    }
    String base = "appendonly.aof.1.base." + (snapshotFirst.equals("yes") ? "rdb" : "aof");
    assertThat(Files.size(log("ours").resolve(base))).isGreaterThan(10_000);
    checked();
    try (RedisFixture redis = RedisFixture.startWithLog(log("ours"));
        Jedis client = new Jedis(redis.host(), redis.port(), Patience.MILLIS)) {
      Map<String, Object> prefixed = new TreeMap<>();
      data.forEach((key, value) -> prefixed.put("blue::" + key, value));
      assertThat(SampleData.of(client)).isEqualTo(prefixed);
      assertThat(client.pexpireTime("blue::hash")).isEqualTo(9999999999999L);
      assertThat(client.expireTime("blue::text")).isEqualTo(9999999999L);
      assertThat(client.fcall("f", List.of(), List.of())).isEqualTo(7L);
    }
    try (Gateway gateway = start(blue, "ours");
        Jedis client = client(gateway)) {
      assertThat(SampleData.of(client)).isEqualTo(data);
      assertThat(client.pexpireTime("hash")).isEqualTo(9999999999999L);
      assertThat(client.fcall("f", List.of(), List.of())).isEqualTo(7L);
    }
  }

  @Test
  void redisMakesTheSameClone() throws Exception {
    // A log of several files is of Redis 7.0.
    RedisFixture.startSeven().close();
    Path yaml = directory.resolve("keyward.yaml");
    Files.writeString(
        yaml,
        """
        operator: {username: operator, password: of-operator}
        tenants:
          shop: {deployments: {blue: {password: of-blue}, green: {password: of-green}}}
        directives: {rdb-version: 10}
        """);
    Map<String, Object> data;
    Map<String, Object> clone;
    try (Gateway gateway =
            Gateway.startOnFreePorts(
                Settings.load(
                    List.of(yaml.toString(), "--save", "", "--dir", directory + "/ours"),
                    Map.of()));
        Jedis blue = client(gateway);
        Jedis green = client(gateway);
        Jedis operator = client(gateway)) {
      blue.auth("blue", "of-blue");
      operator.auth("operator", "of-operator");
      SampleData.fill(blue);
      blue.pexpireAt("hash", 9999999999999L);
      operator.sendCommand(
          () -> "DEPLOYMENT".getBytes(StandardCharsets.US_ASCII), "CLONE", "blue", "green");
      change(blue);
      green.auth("green", "of-green");
      green.append("text", " of green");
      data = SampleData.of(blue);
      clone = SampleData.of(green);
    }
    assertThat(clone).isNotEqualTo(data);
    checked();
    try (RedisFixture redis = RedisFixture.startWithLog(log("ours"));
        Jedis client = new Jedis(redis.host(), redis.port(), Patience.MILLIS)) {
      Map<String, Object> prefixed = new TreeMap<>();
      data.forEach((key, value) -> prefixed.put("blue::" + key, value));
      clone.forEach((key, value) -> prefixed.put("green::" + key, value));
      assertThat(SampleData.of(client)).isEqualTo(prefixed);
      assertThat(client.pexpireTime("green::hash")).isEqualTo(9999999999999L);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "no"})
  void weStartOnThoseOfRedis(String snapshotFirst) throws Exception {
    Map<String, Object> data;
    try (RedisFixture redis = RedisFixture.startSeven();
        Jedis client = new Jedis(redis.host(), redis.port(), Patience.MILLIS)) {
      client.configSet("aof-use-rdb-preamble", snapshotFirst);
      SampleData.fill(client);
      client.functionLoad("#!lua name=lib\nredis.register_function('f', function() return 7 end)");
      // With everysec Redis answers before it has written, while an fsync is under way.
      client.configSet("appendfsync", "always");
      client.configSet("appendonly", "yes");
      awaitRewrite(client);
      change(client);
      data = SampleData.of(client);
      Files.createDirectories(log("theirs"));
      redis.copyLogTo(log("theirs"));
    }
    try (Gateway gateway = start(Map.of(), "theirs");
        Jedis client = client(gateway)) {
      assertThat(SampleData.of(client)).isEqualTo(data);
      assertThat(client.expireTime("text")).isEqualTo(9999999999L);
      assertThat(client.fcall("f", List.of(), List.of())).isEqualTo(7L);
    }
  }

  @Test
  void theBaseCanBeChosenWhileTheGatewayRuns() throws Exception {
    try (Gateway gateway = start(Map.of(), "ours");
        Jedis client = client(gateway)) {
      client.set("a", "1");
      client.configSet("aof-use-rdb-preamble", "no");
      rewrite(client);
      assertThat(
              Files.readString(
                  log("ours").resolve("appendonly.aof.1.base.aof"), StandardCharsets.ISO_8859_1))
          .startsWith("*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*5\r\n$7\r\nRESTORE\r\n$1\r\na\r\n");
      assertThat(client.configGet("aof-use-rdb-preamble")).containsValue("no");
    }
  }
}
