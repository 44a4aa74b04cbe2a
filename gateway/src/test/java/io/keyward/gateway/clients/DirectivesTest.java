package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.config.directive.AbsentDirective;
import io.keyward.config.directive.Directive;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RedisFixture;
import java.util.Set;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** What a live Redis can be configured by, beside what the gateway knows. */
class DirectivesTest {
  @Test
  void eachDirectiveOfRedisIsThereOrSaidToBeAbsent() {
    try (RedisFixture server = RedisFixture.startSeven();
        Jedis redis = new Jedis(server.host(), server.port(), Patience.MILLIS)) {
      Set<String> names = redis.configGet("*").keySet();
      assertThat(names).hasSizeGreaterThan(150);
      assertThat(names)
          .filteredOn(
              name -> Directive.named(name).isPresent() == AbsentDirective.named(name).isPresent())
          .isEmpty();
    }
  }
}
