package io.keyward.gateway.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.fixture.GatewayExtension;
import io.keyward.gateway.fixture.NeedsRedis7;
import io.keyward.gateway.fixture.RedisFixture;
import io.keyward.gateway.fixture.RunningGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Random Lua programs give what they give in a live Redis, errors and their places included. */
@ExtendWith({NeedsRedis7.class, GatewayExtension.class})
class LuaComparisonTest {
  private static final int PROGRAMS = 1500;
  private static final int AT_ONCE = 100;

  @Test
  void programsGiveWhatTheyGiveInRedis(RunningGateway gateway) {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.printf(Locale.ROOT, "LuaComparisonTest seed %d%n", seed);
    LuaPrograms programs = new LuaPrograms(new Random(seed));
    try (RedisFixture redis = RedisFixture.start();
        Peer theirs = new Peer(redis.host(), redis.port());
        Peer ours = new Peer(gateway.open().host(), gateway.open().port())) {
      for (int drawn = 0; drawn < PROGRAMS; drawn += AT_ONCE) {
        List<List<String>> commands = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
          commands.add(List.of("EVAL", programs.draw(), "0"));
        }
        List<RespValue> expected = theirs.exchange(commands);
        List<RespValue> given = ours.exchange(commands);
        for (int i = 0; i < AT_ONCE; i++) {
          assertThat(given.get(i))
              .as("seed %d, %s", seed, commands.get(i).get(1))
              .isEqualTo(expected.get(i));
        }
      }
    }
  }
}
