package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.fixture.Endpoint;
import io.keyward.gateway.fixture.GatewayExtension;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RunningGateway;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.support.caching.CacheAccessor;
import io.lettuce.core.support.caching.CacheFrontend;
import io.lettuce.core.support.caching.ClientSideCaching;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.builders.StandaloneClientBuilder;
import redis.clients.jedis.csc.CacheStats;
import redis.clients.jedis.csc.DefaultCache;

/** Caches inside Jedis and Lettuce, which the gateway keeps true by CLIENT TRACKING. */
@ExtendWith(GatewayExtension.class)
class ClientSideCachingTest {
  /** A cache of Jedis that works with servers before Redis 7.4 too. */
  private static final class CompatibleCache extends DefaultCache {
    CompatibleCache() {
      super(100);
    }

    @Override
    public boolean compatibilityMode() {
      return true;
    }
  }

  private Endpoint endpoint;
  private RedisClient writer;

  @BeforeEach
  void connect(RunningGateway gateway) {
    endpoint = gateway.open();
    writer = jedis().build();
    writer.flushAll();
  }

  @AfterEach
  void disconnect() {
    writer.close();
  }

  private StandaloneClientBuilder<RedisClient> jedis() {
    return RedisClient.builder()
        .hostAndPort(new HostAndPort(endpoint.host(), endpoint.port()))
        .clientConfig(
            DefaultJedisClientConfig.builder().timeoutMillis(Patience.MILLIS).resp3().build());
  }

  @Test
  void jedisForgetsWhatOthersChange() throws Exception {
    try (RedisClient cached = jedis().cache(new CompatibleCache()).build()) {
      writer.set("k", "1");
      writer.hset("h", "f", "1");
      assertThat(cached.get("k")).isEqualTo("1");
      assertThat(cached.get("k")).isEqualTo("1");
      assertThat(cached.hgetAll("h")).isEqualTo(Map.of("f", "1"));
      assertThat(cached.hgetAll("h")).isEqualTo(Map.of("f", "1"));
      CacheStats counted = Objects.requireNonNull(cached.getCache()).getStats();
      assertThat(counted.getHitCount()).isEqualTo(2);
      assertThat(counted.getMissCount()).isEqualTo(2);

      writer.set("k", "2");
      Waiting.until("the new value", () -> "2".equals(cached.get("k")));
      assertThat(counted.getInvalidationCount()).isPositive();
      writer.hset("h", "f", "2");
      Waiting.until("the new field", () -> "2".equals(cached.hgetAll("h").get("f")));
      writer.pexpire("k", 1);
      Waiting.until("the end of the key", () -> cached.get("k") == null);
      writer.flushAll();
      Waiting.until("the end of all keys", () -> cached.hgetAll("h").isEmpty());
    }
  }

  @Test
  void lettuceForgetsWhatOthersChange() throws Exception {
    io.lettuce.core.RedisClient client =
        io.lettuce.core.RedisClient.create(RedisURI.create(endpoint.url()));
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      Map<String, String> near = new ConcurrentHashMap<>();
      CacheFrontend<String, String> cached =
          ClientSideCaching.enable(
              CacheAccessor.forMap(near), connection, TrackingArgs.Builder.enabled().noloop());
      writer.set("k", "1");
      assertThat(cached.get("k")).isEqualTo("1");
      assertThat(near).containsEntry("k", "1");
      writer.set("k", "2");
      Waiting.until("the invalidation", () -> !near.containsKey("k"));
      assertThat(cached.get("k")).isEqualTo("2");
      assertThat(cached.get("fresh", () -> "loaded")).isEqualTo("loaded");
      assertThat(writer.get("fresh")).isEqualTo("loaded");
      writer.del("k");
      Waiting.until("the invalidation", () -> !near.containsKey("k"));
      assertThat(cached.get("k")).isNull();
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(10));
    }
  }
}
