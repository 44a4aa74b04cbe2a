package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.fixture.GatewayExtension;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.RunningGateway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import redis.clients.jedis.Jedis;

/** What INFO tells of the time before it was asked. */
@ExtendWith(GatewayExtension.class)
class InfoTest {
  private Jedis jedis;

  @BeforeEach
  void connect(RunningGateway gateway) {
    jedis = new Jedis(gateway.open().host(), gateway.open().port(), Patience.MILLIS);
    jedis.flushAll();
  }

  @AfterEach
  void disconnect() {
    jedis.close();
  }

  private double figure(String section, String name) {
    return jedis
        .info(section)
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("INFO " + section + " has no " + name));
  }

  @Test
  void ratesAreThoseOfTheLastSecond() throws Exception {
    Waiting.until(
        "a rate",
        () -> {
          jedis.ping();
          return figure("stats", "instantaneous_ops_per_sec") > 0
              && figure("stats", "instantaneous_input_kbps") > 0
              && figure("stats", "instantaneous_output_kbps") > 0;
        });
  }

  @Test
  void thePeakOfMemoryStays() throws Exception {
    int big = 8 << 20;
    jedis.set("big", "x".repeat(big));
    Waiting.until("the peak", () -> figure("memory", "used_memory_peak") > big);
    jedis.del("big");
    assertThat(figure("memory", "used_memory")).isLessThan(big);
    assertThat(figure("memory", "used_memory_peak")).isGreaterThan(big);
  }

  @Test
  void scriptsAreCounted() {
    jedis.scriptFlush();
    double before = figure("memory", "used_memory_scripts");
    jedis.scriptLoad("return 1");
    assertThat(figure("memory", "number_of_cached_scripts")).isEqualTo(1);
    double scripts = figure("memory", "used_memory_scripts");
    assertThat(scripts).isGreaterThan(before);
    jedis.functionLoad("#!lua name=l\nredis.register_function('f', function() return 1 end)");
    double libraries = figure("memory", "used_memory_functions");
    assertThat(figure("memory", "used_memory_scripts_eval")).isEqualTo(scripts);
    assertThat(libraries).isPositive();
    assertThat(figure("memory", "used_memory_scripts")).isEqualTo(scripts + libraries);
    assertThat(figure("memory", "used_memory_vm_total"))
        .isEqualTo(
            figure("memory", "used_memory_vm_eval") + figure("memory", "used_memory_vm_functions"))
        .isPositive();
    jedis.functionFlush();
  }
}
