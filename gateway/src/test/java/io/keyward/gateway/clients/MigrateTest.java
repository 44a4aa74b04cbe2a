package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.NeedsRedis7;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RedisFixture;
import io.keyward.gateway.server.Gateways;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.MigrateParams;

/** Keys go from the gateway to a real Redis, one by one or some at a time. */
@ExtendWith(NeedsRedis7.class)
class MigrateTest {
  private RedisFixture redis;
  private Gateway gateway;
  private Jedis here;
  private Jedis there;

  @BeforeEach
  void start() throws Exception {
    redis = RedisFixture.start();
    gateway = Gateways.start("--rdb-version", "10", "--save", "", "--appendonly", "no");
    here = new Jedis("127.0.0.1", gateway.ports().redis(), Patience.MILLIS);
    there = new Jedis(redis.host(), redis.port(), Patience.MILLIS);
  }

  @AfterEach
  void stop() {
    here.close();
    there.close();
    gateway.close();
    redis.close();
  }

  private String migrate(MigrateParams how, String... keys) {
    return here.migrate(redis.host(), redis.port(), 1, Patience.MILLIS, how, keys);
  }

  private static MigrateParams how() {
    return new MigrateParams();
  }

  @Test
  void aKeyGoesWithItsTimeToLive() {
    here.rpush("list", "a", "b");
    here.expire("list", 1000);
    assertThat(here.migrate(redis.host(), redis.port(), "list", 1, Patience.MILLIS))
        .isEqualTo("OK");
    assertThat(here.exists("list")).isFalse();
    there.select(1);
    assertThat(there.lrange("list", 0, -1)).containsExactly("a", "b");
    assertThat(there.ttl("list")).isBetween(900L, 1000L);
    assertThat(here.migrate(redis.host(), redis.port(), "list", 1, Patience.MILLIS))
        .isEqualTo("NOKEY");
  }

  @Test
  void severalGoAtATimeAndCopiesStay() {
    SampleData.fill(here);
    Map<String, Object> data = SampleData.of(here);
    String[] keys = data.keySet().toArray(String[]::new);
    assertThat(migrate(how().copy(), keys)).isEqualTo("OK");
    assertThat(SampleData.of(here)).isEqualTo(data);
    there.select(1);
    assertThat(SampleData.of(there)).isEqualTo(data);
    assertThatThrownBy(() -> migrate(how(), keys))
        .hasMessage(
            "ERR Target instance replied with error: BUSYKEY Target key name already exists.");
    assertThat(SampleData.of(here)).isEqualTo(data);
    there.del("small");
    assertThatThrownBy(() -> migrate(how(), "text", "small", "nothing"))
        .hasMessageContaining("BUSYKEY");
    assertThat(here.mget("text", "small")).containsExactly("hello", null);
    assertThat(migrate(how().replace(), keys)).isEqualTo("OK");
    assertThat(here.dbSize()).isZero();
  }

  @Test
  void whatIsRefusedChangesNothing() {
    here.set("key", "value");
    assertThatThrownBy(() -> migrate(how().auth("wrong"), "key"))
        .hasMessageStartingWith("ERR Target instance replied with error: ");
    assertThatThrownBy(() -> here.migrate("127.0.0.1", 1, "key", 0, 500))
        .hasMessage("IOERR error or timeout connecting to the client");
    var transaction = here.multi();
    transaction.migrate(redis.host(), redis.port(), Patience.MILLIS, how(), "key");
    assertThat(transaction.exec().getFirst())
        .hasToString(
            "redis.clients.jedis.exceptions.JedisDataException: ERR MIGRATE is not possible inside"
                + " a transaction or script");
    assertThat(here.get("key")).isEqualTo("value");
  }
}
