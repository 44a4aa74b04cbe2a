package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.fixture.GatewayExtension;
import io.keyward.gateway.fixture.NeedsRedis7;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RedisFixture;
import io.keyward.gateway.fixture.RedisFixture.Version;
import io.keyward.gateway.fixture.RunningGateway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import redis.clients.jedis.Jedis;

/** Values go from a real Redis to the gateway and back by DUMP and RESTORE. */
@ExtendWith({NeedsRedis7.class, GatewayExtension.class})
class DumpExchangeTest {
  /** The first version that reads RDB version 11. */
  private static final Version READS_11 = new Version(7, 2, 0);

  private RedisFixture redis;
  private Jedis theirs;
  private Jedis ours;

  @BeforeEach
  void connect(RunningGateway gateway) {
    redis = RedisFixture.start();
    theirs = new Jedis(redis.host(), redis.port(), Patience.MILLIS);
    ours = new Jedis(gateway.open().host(), gateway.open().port(), Patience.MILLIS);
    ours.flushAll();
    ours.configSet("rdb-version", redis.version().compareTo(READS_11) >= 0 ? "11" : "10");
  }

  @AfterEach
  void disconnect() {
    ours.configSet("rdb-version", "11");
    ours.close();
    theirs.close();
    redis.close();
  }

  @Test
  void takesWhatRedisDumps() {
    SampleData.fill(theirs);
    carry(theirs, ours);
    assertThat(SampleData.of(ours)).isEqualTo(SampleData.of(theirs));
  }

  @Test
  void dumpsWhatRedisTakes() {
    SampleData.fill(ours);
    carry(ours, theirs);
    assertThat(SampleData.of(theirs)).isEqualTo(SampleData.of(ours));
  }

  private static void carry(Jedis from, Jedis to) {
    for (String key : from.keys("*")) {
      assertThat(to.restore(key, 0, from.dump(key))).as(key).isEqualTo("OK");
    }
  }
}
