package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.Executables;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RedisFixture;
import io.keyward.gateway.fixture.RedisFixture.Version;
import io.keyward.gateway.server.Gateways;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ClientKillParams;
import redis.clients.jedis.params.SetParams;

/** Real Redis servers follow the gateway, which is the way out of it without a stop. */
class ReplicationTest {
  private static final Version FIRST = new Version(7, 0, 0);

  @TempDir Path directory;

  /** A server in a container would not reach the gateway on this machine's loopback. */
  @BeforeEach
  void needsRedisBesideTheGateway() {
    assumeThat(Executables.onPath("redis-server")).as("redis-server on the PATH").isPresent();
  }

  private Gateway start(Map<String, String> environment, String... further) throws Exception {
    List<String> options = new ArrayList<>(List.of(further));
    options.addAll(
        List.of(
            "--dir",
            directory.toString(),
            "--rdb-version",
            "10",
            "--save",
            "",
            "--appendonly",
            "no"));
    return Gateways.startWith(environment, options.toArray(String[]::new));
  }

  private static RedisFixture redis() {
    RedisFixture redis = RedisFixture.start();
    assumeThat(redis.version())
        .as("a Redis that reads what the gateway writes")
        .isGreaterThanOrEqualTo(FIRST);
    assumeThat(redis.host()).isEqualTo("127.0.0.1");
    return redis;
  }

  private static Jedis client(Gateway gateway) {
    return new Jedis("127.0.0.1", gateway.ports().redis(), Patience.MILLIS);
  }

  private static void follow(Jedis replica, Gateway gateway) {
    replica.replicaof("127.0.0.1", gateway.ports().redis());
  }

  private static void awaitLink(Jedis replica) throws Exception {
    Waiting.until(
        "the replica's link", () -> replica.info("replication").contains("master_link_status:up"));
  }

  private static void assertSame(Jedis replica, Jedis master, String prefix) throws Exception {
    for (int database : List.of(0, 3)) {
      master.select(database);
      replica.select(database);
      Map<String, Object> expected = new TreeMap<>();
      SampleData.of(master).forEach((key, value) -> expected.put(prefix + key, value));
      assertThat(SampleData.of(replica)).isEqualTo(expected);
    }
    master.select(0);
    replica.select(0);
  }

  private static void change(Jedis master) {
    master.select(3);
    master.set("in three", "3");
    master.select(0);
    master.incr("small");
    master.set("fleeting", "x", SetParams.setParams().px(1));
    master.set("lasting", "x", SetParams.setParams().ex(1000));
    master.expire("text", 500);
    var transaction = master.multi();
    transaction.rpush("list", "b", "c");
    transaction.spop("words");
    transaction.exec();
    master.eval("redis.call('SET', KEYS[1], '1') return redis.call('INCR', KEYS[1])", 1, "counted");
    master.functionLoad("#!lua name=lib\nredis.register_function('f', function() return 7 end)");
    master.move("integer", 3);
    master.del("zset");
    master.swapDB(0, 3);
    master.swapDB(3, 0);
  }

  @ParameterizedTest
  @CsvSource({"'', 1", "'', 2", "blue, 1", "blue, 2"})
  void aReplicaHasWhatWasThereAndFollowsWhatIsDone(String prefix, int loops) throws Exception {
    Map<String, String> environment =
        prefix.isEmpty() ? Map.of() : Map.of("REDIS_KEY_PREFIX", prefix);
    try (Gateway gateway = start(environment, "--event-loops", String.valueOf(loops));
        RedisFixture redis = redis();
        Jedis master = client(gateway);
        Jedis replica = new Jedis(redis.host(), redis.port(), Patience.MILLIS)) {
      SampleData.fill(master);
      follow(replica, gateway);
      awaitLink(replica);
      change(master);
      assertThat(master.waitReplicas(1, Patience.MILLIS / 2)).isEqualTo(1);
      assertThat(master.exists("fleeting")).isFalse();
      assertThat(master.waitReplicas(1, Patience.MILLIS / 2)).isEqualTo(1);
      String before = prefix.isEmpty() ? "" : prefix + "::";
      assertSame(replica, master, before);
      assertThat(replica.ttl(before + "lasting")).isBetween(900L, 1000L);
      master.flushAll();
      master.set("after", "x");
      assertThat(master.waitReplicas(1, Patience.MILLIS / 2)).isEqualTo(1);
      assertThat(replica.keys("*")).containsExactly(before + "after");
      replica.replicaofNoOne();
      assertThat(replica.fcall("f", List.of(), List.of())).isEqualTo(7L);
      replica.set(before + "after", "its own");
      assertThat(master.get("after")).isEqualTo("x");
    }
  }

  @Test
  void aReplicaThatComesBackSoonGetsOnlyWhatItHasMissed() throws Exception {
    try (Gateway gateway = start(Map.of());
        RedisFixture redis = redis();
        Jedis master = client(gateway);
        Jedis replica = new Jedis(redis.host(), redis.port(), Patience.MILLIS)) {
      master.set("counter", "0");
      follow(replica, gateway);
      awaitLink(replica);
      assertThat(master.waitReplicas(1, Patience.MILLIS / 2)).isEqualTo(1);
      assertThat(master.clientKill(ClientKillParams.clientKillParams().type(ClientType.REPLICA)))
          .isEqualTo(1);
      for (int i = 0; i < 1000; i++) {
        master.incr("counter");
      }
      Waiting.until(
          "the replica's return", () -> master.info("stats").contains("sync_partial_ok:1"));
      assertThat(master.waitReplicas(1, Patience.MILLIS / 2)).isEqualTo(1);
      assertThat(replica.get("counter")).isEqualTo("1000");
      assertThat(master.info("stats")).contains("sync_full:1");
    }
  }

  @Test
  void tellsOfItsReplicas() throws Exception {
    try (Gateway gateway = start(Map.of());
        RedisFixture redis = redis();
        Jedis master = client(gateway);
        Jedis replica = new Jedis(redis.host(), redis.port(), Patience.MILLIS)) {
      assertThat(master.info("replication")).contains("connected_slaves:0");
      follow(replica, gateway);
      awaitLink(replica);
      master.set("a", "b");
      assertThat(master.waitReplicas(1, Patience.MILLIS / 2)).isEqualTo(1);
      assertThat(master.waitReplicas(2, 1)).isEqualTo(1);
      assertThat(master.info("replication"))
          .contains("connected_slaves:1")
          .containsPattern(
              "slave0:ip=127.0.0.1,port=" + redis.port() + ",state=online,offset=\\d+");
      List<Object> role = master.role();
      assertThat(role).hasSize(3).startsWith("master");
      assertThat((List<?>) role.get(2)).hasSize(1);
      assertThat(master.clientList()).contains("flags=S ");
      assertThatThrownBy(() -> replica.set("a", "c"))
          .isInstanceOf(JedisDataException.class)
          .hasMessageStartingWith("READONLY");
    }
  }

  @Test
  void withoutReplicasItIsAMasterAlone() throws Exception {
    try (Gateway gateway = start(Map.of());
        Jedis client = client(gateway);
        Jedis waiting = client(gateway)) {
      assertThat(client.role()).containsExactly("master", 0L, List.of());
      assertThat(client.waitReplicas(0, 0)).isZero();
      assertThat(client.waitReplicas(1, 20)).isZero();
      var transaction = client.multi();
      transaction.waitReplicas(1, 0);
      assertThat(transaction.exec()).containsExactly(0L);
      long id = waiting.clientId();
      CompletableFuture<Long> waits =
          CompletableFuture.supplyAsync(() -> waiting.waitReplicas(1, 0));
      Waiting.until("its waiting", () -> client.info("clients").contains("blocked_clients:1"));
      assertThat(client.clientUnblock(id)).isEqualTo(1);
      assertThat(waits.join()).isZero();
      assertThatThrownBy(() -> client.waitReplicas(1, -1)).hasMessage("ERR timeout is negative");
      assertThat(client.replicaofNoOne()).isEqualTo("OK");
      assertThatThrownBy(() -> client.replicaof("127.0.0.1", 6379))
          .hasMessageStartingWith("ERR The gateway replicates from no other server.");
      assertThatThrownBy(client::failover).hasMessage("ERR FAILOVER requires connected replicas.");
      assertThatThrownBy(client::failoverAbort).hasMessage("ERR No failover in progress.");
    }
  }

  @Test
  void writesAreRefusedWithoutEnoughReplicas() throws Exception {
    try (Gateway gateway = start(Map.of(), "--min-replicas-to-write", "1");
        RedisFixture redis = redis();
        Jedis master = client(gateway);
        Jedis replica = new Jedis(redis.host(), redis.port(), Patience.MILLIS)) {
      assertThat(master.ping()).isEqualTo("PONG");
      assertThat(master.get("a")).isNull();
      assertThatThrownBy(() -> master.set("a", "b"))
          .hasMessage("NOREPLICAS Not enough good replicas to write.");
      assertThatThrownBy(() -> master.eval("return redis.call('SET', 'a', 'b')"))
          .hasMessageContaining("NOREPLICAS");
      assertThatThrownBy(() -> master.eval("#!lua\nreturn redis.call('GET', 'a')"))
          .hasMessageStartingWith("NOREPLICAS");
      assertThat(master.eval("#!lua flags=no-writes\nreturn redis.call('GET', 'a')")).isNull();
      follow(replica, gateway);
      awaitLink(replica);
      Waiting.until(
          "a good replica", () -> master.info("replication").contains("min_slaves_good_slaves:1"));
      assertThat(master.set("a", "b")).isEqualTo("OK");
      replica.replicaofNoOne();
      Waiting.until("its leaving", () -> master.info("replication").contains("connected_slaves:0"));
      assertThatThrownBy(() -> master.set("a", "b")).hasMessageStartingWith("NOREPLICAS");
    }
  }

  @Test
  void aReplicaThatDoesNotReadIsCutOff() throws Exception {
    try (Gateway gateway = start(Map.of(), "--client-output-buffer-limit", "replica 2mb 0 0");
        Jedis master = client(gateway);
        Socket idle = new Socket(InetAddress.getLoopbackAddress(), gateway.ports().redis())) {
      idle.getOutputStream().write("SYNC\r\n".getBytes(StandardCharsets.US_ASCII));
      Waiting.until("a replica", () -> master.info("replication").contains("state=online"));
      String large = "x".repeat(1 << 20);
      Waiting.until(
          "its end",
          () -> {
            master.set("large", large);
            return master.info("replication").contains("connected_slaves:0");
          });
      assertThat(master.get("large")).isEqualTo(large);
    }
  }

  @Test
  void theOperatorsReplicaHasAllDeployments() throws Exception {
    Path file = directory.resolve("keyward.yaml");
    Files.writeString(
        file,
        """
        operator: {username: operator, password: operators-secret}
        tenants:
          shop:
            deployments:
              blue: {prefix: blue, password: blues-secret}
              green: {prefix: green, password: greens-secret}
              red: {prefix: red, password: reds-secret}
        """);
    try (Gateway gateway = start(Map.of(), file.toString(), "--event-loops", "2");
        RedisFixture redis = redis();
        Jedis operator = client(gateway);
        Jedis replica = new Jedis(redis.host(), redis.port(), Patience.MILLIS)) {
      List<Jedis> masters = new ArrayList<>();
      for (String name : List.of("blue", "green", "red")) {
        Jedis master = client(gateway);
        master.auth(name, name + "s-secret");
        masters.add(master);
      }
      operator.auth("operator", "operators-secret");
      Jedis blue = masters.getFirst();
      SampleData.fill(blue);
      assertThatThrownBy(
              () -> blue.sendCommand(() -> "PSYNC".getBytes(StandardCharsets.US_ASCII), "?", "-1"))
          .hasMessageStartingWith("NOPERM");
      replica.configSet("masteruser", "operator");
      replica.configSet("masterauth", "operators-secret");
      follow(replica, gateway);
      for (int i = 0; i < 500; i++) {
        for (Jedis master : masters) {
          master.select(i % 3);
          master.incr("counter");
          var transaction = master.multi();
          transaction.rpush("list of all", String.valueOf(i));
          transaction.incr("counter");
          transaction.exec();
        }
      }
      awaitLink(replica);
      masters.get(1).flushDB();
      masters.get(2).swapDB(0, 1);
      assertThat(operator.waitReplicas(1, Patience.MILLIS / 2)).isEqualTo(1);
      for (int i = 0; i < masters.size(); i++) {
        String before = List.of("blue::", "green::", "red::").get(i);
        for (int database = 0; database < 3; database++) {
          masters.get(i).select(database);
          replica.select(database);
          Map<String, Object> expected = new TreeMap<>();
          SampleData.of(masters.get(i)).forEach((key, value) -> expected.put(before + key, value));
          Map<String, Object> there = SampleData.of(replica);
          there.keySet().removeIf(key -> !key.startsWith(before));
          assertThat(there).isEqualTo(expected);
        }
      }
      masters.forEach(Jedis::close);
    }
  }
}
