package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.gateway.fixture.Endpoint;
import io.keyward.gateway.fixture.GatewayExtension;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RunningGateway;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.sync.RedisAdvancedClusterCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.protocol.ProtocolVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.exceptions.JedisDataException;

/** Cluster clients in Java, and what a node of a cluster refuses. */
@ExtendWith(GatewayExtension.class)
class ClusterClientsTest {
  private static final String CROSS_SLOT = "CROSSSLOT Keys in request don't hash to the same slot";

  private final Endpoint cluster;
  private final Endpoint open;

  ClusterClientsTest(RunningGateway gateway) {
    cluster = gateway.clustered();
    open = gateway.open();
  }

  private static List<String> keys() {
    return IntStream.range(0, 100).mapToObj(i -> "key:" + i).toList();
  }

  @ParameterizedTest
  @EnumSource(RedisProtocol.class)
  void jedisReachesEverySlot(RedisProtocol protocol) {
    Set<HostAndPort> nodes = Set.of(new HostAndPort("127.0.0.1", cluster.port()));
    DefaultJedisClientConfig config =
        DefaultJedisClientConfig.builder()
            .timeoutMillis(Patience.MILLIS)
            .protocol(protocol)
            .build();
    try (var jedis =
        redis.clients.jedis.RedisClusterClient.builder()
            .nodes(nodes)
            .clientConfig(config)
            .build()) {
      for (String key : keys()) {
        jedis.set(key, "of " + key);
      }
      for (String key : keys()) {
        assertThat(jedis.get(key)).isEqualTo("of " + key);
      }
      assertThat(jedis.mset("{a}1", "x", "{a}2", "y")).isEqualTo("OK");
      assertThat(jedis.mget("{a}1", "{a}2")).containsExactly("x", "y");
      assertThat(jedis.getClusterNodes()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void lettuceReachesEverySlot(Dialect dialect) {
    RedisURI.Builder uri =
        RedisURI.builder()
            .withHost("127.0.0.1")
            .withPort(dialect.tls() ? cluster.tlsPort() : cluster.port())
            .withSsl(dialect.tls());
    RedisClusterClient client = RedisClusterClient.create(uri.build());
    client.setOptions(
        ClusterClientOptions.builder(
                ClientOptions.builder()
                    .protocolVersion(
                        dialect.protocol() == 3 ? ProtocolVersion.RESP3 : ProtocolVersion.RESP2)
                    .sslOptions(
                        SslOptions.builder().trustManager(cluster.certificate().toFile()).build())
                    .build())
            .build());
    try (StatefulRedisClusterConnection<String, String> connection = client.connect()) {
      RedisAdvancedClusterCommands<String, String> redis = connection.sync();
      redis.flushall();
      TreeMap<String, String> values = new TreeMap<>();
      keys().forEach(key -> values.put(key, "of " + key));
      redis.mset(values);
      assertThat(redis.mget(keys().toArray(String[]::new)))
          .extracting(KeyValue::getValue)
          .containsExactlyElementsOf(keys().stream().map(key -> "of " + key).toList());
      assertThat(redis.dbsize()).isEqualTo(100);
      List<RedisClusterNode> nodes = client.getPartitions().getPartitions();
      assertThat(nodes).hasSize(1);
      assertThat(nodes.getFirst().getSlots()).hasSize(16384);
      assertThat(redis.clusterKeyslot("123456789")).isEqualTo(12739);
      assertThat(redis.clusterCountKeysInSlot(redis.clusterKeyslot("key:1").intValue()))
          .isEqualTo(1);
      assertThat(redis.clusterGetKeysInSlot(redis.clusterKeyslot("key:1").intValue(), 10))
          .containsExactly("key:1");
    } finally {
      client.shutdown();
    }
  }

  private static void refused(Jedis jedis, String error, String... words) {
    byte[][] arguments = new byte[words.length - 1][];
    for (int i = 1; i < words.length; i++) {
      arguments[i - 1] = words[i].getBytes(StandardCharsets.UTF_8);
    }
    assertThatThrownBy(
            () -> jedis.sendCommand(() -> words[0].getBytes(StandardCharsets.UTF_8), arguments))
        .as(String.join(" ", words))
        .isInstanceOf(JedisDataException.class)
        .hasMessageStartingWith(error);
  }

  @Test
  void whatIsInSeveralSlotsIsRefused() {
    try (Jedis jedis = new Jedis("127.0.0.1", cluster.port(), Patience.MILLIS)) {
      refused(jedis, CROSS_SLOT, "MSET", "a", "1", "b", "2");
      refused(jedis, CROSS_SLOT, "SSUBSCRIBE", "a", "b");
      refused(jedis, CROSS_SLOT, "EVAL", "return 1", "2", "a", "b");
      refused(
          jedis,
          "ERR Script attempted to access a non local key in a cluster node",
          "EVAL",
          "return redis.call('mget', 'a', 'b')",
          "0");
      refused(
          jedis,
          "ERR Script attempted to access keys that do not hash to the same slot",
          "EVAL",
          "#!lua\nredis.call('get', 'a') return redis.call('get', 'b')",
          "0");
      refused(
          jedis,
          "ERR Can not run script on cluster, 'no-cluster' flag is set.",
          "EVAL",
          "#!lua flags=no-cluster\nreturn 1",
          "0");
      assertThat(jedis.eval("redis.call('set', 'a', 1) return redis.call('set', 'b', 1)"))
          .isEqualTo("OK");
      refused(jedis, "ERR SELECT is not allowed in cluster mode", "SELECT", "1");
      assertThat(jedis.select(0)).isEqualTo("OK");
      refused(jedis, "ERR MOVE is not allowed in cluster mode", "MOVE", "a", "1");
      refused(jedis, "ERR SWAPDB is not allowed in cluster mode", "SWAPDB", "0", "1");
      refused(
          jedis,
          "ERR Copying to another database is not allowed in cluster mode",
          "COPY",
          "{a}",
          "a",
          "DB",
          "1");
      refused(jedis, "ERR GET option of SORT denied in Cluster mode.", "SORT", "a", "GET", "x*");
      refused(jedis, "ERR CLUSTER RESET does not apply", "CLUSTER", "RESET");

      jedis.sendCommand(Protocol.Command.MULTI);
      jedis.sendCommand(Protocol.Command.SET, "a", "1");
      jedis.sendCommand(Protocol.Command.SET, "b", "1");
      refused(jedis, CROSS_SLOT, "EXEC");
      refused(jedis, "ERR EXEC without MULTI", "EXEC");
    }
  }

  @Test
  void withoutClusterModeItSaysSo() {
    try (Jedis jedis = new Jedis("127.0.0.1", open.port(), Patience.MILLIS)) {
      for (String subcommand : List.of("SLOTS", "SHARDS", "NODES", "INFO", "MYID", "RESET")) {
        refused(jedis, "ERR This instance has cluster support disabled", "CLUSTER", subcommand);
      }
      refused(jedis, "ERR This instance has cluster support disabled", "READONLY");
      assertThat(jedis.info("cluster")).contains("cluster_enabled:0");
    }
  }

  @Test
  void announcedAddressesTakeTheRoleOfTheOwn() {
    try (Jedis jedis = new Jedis("127.0.0.1", cluster.port(), Patience.MILLIS)) {
      jedis.configSet("cluster-announce-ip", "192.0.2.7");
      jedis.configSet("cluster-announce-port", "7001");
      jedis.configSet("cluster-announce-hostname", "redis.example.com");
      try {
        assertThat(jedis.clusterNodes()).contains(" 192.0.2.7:7001@0,redis.example.com myself,");
        List<?> ranges = (List<?>) jedis.sendCommand(Protocol.Command.CLUSTER, "SLOTS");
        List<?> node = (List<?>) ((List<?>) ranges.getFirst()).get(2);
        assertThat(node.get(1)).isEqualTo(7001L);
      } finally {
        jedis.configSet("cluster-announce-ip", "");
        jedis.configSet("cluster-announce-port", "0");
        jedis.configSet("cluster-announce-hostname", "");
      }
      assertThat(jedis.clusterNodes()).contains(" 127.0.0.1:" + cluster.port() + "@0 myself,");
    }
  }
}
