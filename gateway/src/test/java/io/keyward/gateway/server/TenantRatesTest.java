package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.fixture.Patience;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.exceptions.JedisDataException;

/** The rates of a deployment, exceeded by a real client, beside a neighbour that goes on. */
class TenantRatesTest {
  @TempDir Path folder;
  private NoisyTenant tenant;
  private Jedis noisy;

  private void start(String limits) {
    start(limits, "{}");
  }

  private void start(String ofTenant, String ofDeployment) {
    tenant = new NoisyTenant(folder, ofTenant, ofDeployment);
    noisy = tenant.noisy();
  }

  @AfterEach
  void theNeighbourIsUndisturbed() {
    tenant.checkNeighbour();
    tenant.close();
  }

  @Test
  void commandsBeyondTheRateAreRefusedAndLaterTakenAgain() {
    start("{commands-per-second: 10, over-limit: refuse}");
    int[] refused = {0};
    try (Wire wire = tenant.connect()) {
      assertThat(wire.ask("AUTH noisy a")).isEqualTo("+OK");
      wire.send("INCR count\r\n".repeat(100));
      for (int i = 0; i < 100; i++) {
        String answer = wire.line();
        refused[0] += answer.startsWith("-LIMIT commands-per-second") ? 1 : 0;
        assertThat(answer).matches(":[0-9]+|-LIMIT .*");
      }
    }
    assertThat(refused[0]).isPositive();
    // In a transaction that has begun nothing is refused, so that EXEC ends it.
    try (Wire wire = tenant.connect()) {
      assertThat(wire.ask("AUTH noisy a")).isEqualTo("+OK");
      while (!wire.ask("MULTI").equals("+OK")) {
        Thread.onSpinWait();
      }
      wire.send("PING\r\n".repeat(15) + "EXEC\r\n");
      for (int i = 0; i < 15; i++) {
        assertThat(wire.line()).isEqualTo("+QUEUED");
      }
      assertThat(wire.line()).isEqualTo("*15");
    }
    String count = await(() -> noisy.get("count"));
    assertThat(Integer.parseInt(count)).isEqualTo(100 - refused[0]);
  }

  /** Asks again as long as the answer is that of a rate that is used up. */
  private static <T> T await(Supplier<T> question) {
    while (true) {
      try {
        return question.get();
      } catch (JedisDataException refusal) {
        assertThat(refusal).hasMessageStartingWith("LIMIT ");
        Thread.onSpinWait();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"'{commands-per-second: 10}', '{}'", "'{}', '{commands-per-second: 10}'"})
  void commandsBeyondTheRateWait(String ofTenant, String ofDeployment) {
    start(ofTenant, ofDeployment);
    long began = System.nanoTime();
    try (Wire wire = tenant.connect()) {
      assertThat(wire.ask("AUTH noisy a")).isEqualTo("+OK");
      wire.send("INCR count\r\n".repeat(20));
      for (int i = 1; i <= 20; i++) {
        assertThat(wire.line()).isEqualTo(":" + i);
      }
    }
    // Some ten at once, the others one each 100 ms: it cannot be over before.
    assertThat(System.nanoTime() - began).isGreaterThan(500_000_000L);
    assertThat(noisy.info("limits")).doesNotContain("limit_slowed_ms:0\r\n");
    assertThat(tenant.figure("commands_per_second", "refused")).isZero();
  }

  @Test
  void aDrainDoesNotWaitForTheRate() {
    start("{}", "{commands-per-second: 1}");
    try (Wire slowed = tenant.connect();
        Wire ended = tenant.connect();
        Wire operator = tenant.connect()) {
      assertThat(operator.ask("AUTH operator of-operator")).isEqualTo("+OK");
      for (Wire wire : List.of(slowed, ended)) {
        assertThat(wire.ask("AUTH noisy a")).isEqualTo("+OK");
        wire.send("INCR count\r\n".repeat(1000));
      }
      ended.endInput();
      assertThat(slowed.line()).startsWith(":");

      operator.send("DEPLOYMENT DRAIN noisy 0\r\n");
      for (Wire wire : List.of(slowed, ended)) {
        assertThat(wire.readToEnd()).hasSizeLessThan(1000);
        wire.close();
      }
      assertThat(operator.line()).isEqualTo("*8");
      StringBuilder answer = new StringBuilder();
      for (int i = 0; i < 14; i++) {
        answer.append(operator.line()).append(' ');
      }
      assertThat(answer).contains("state $7 drained").endsWith("connections :0 ");
    }
  }

  @Test
  void bytesBeyondTheRateWait() {
    start("{bytes-per-second: 1mb}");
    String value = "x".repeat(700_000);
    long began = System.nanoTime();
    noisy.set("key", value);
    assertThat(noisy.get("key")).isEqualTo(value);
    noisy.ping();
    assertThat(System.nanoTime() - began).isGreaterThan(300_000_000L);
  }

  @Test
  void bytesBeyondTheRateAreRefused() {
    start("{bytes-per-second: 1mb, over-limit: refuse}");
    // Half a second later there is room again, so one attempt does not do where the machine stands
    // still.
    long deadline = System.nanoTime() + Patience.NANOS;
    Optional<Object> refusal;
    do {
      Pipeline pipeline = noisy.pipelined();
      pipeline.set("key", "x".repeat(1_500_000));
      pipeline.get("key");
      refusal =
          pipeline.syncAndReturnAll().stream()
              .filter(JedisDataException.class::isInstance)
              .findFirst();
    } while (refusal.isEmpty() && System.nanoTime() < deadline);
    assertThat(refusal.orElseThrow().toString())
        .contains("LIMIT bytes-per-second of this deployment (");
    assertThat(await(() -> noisy.strlen("key"))).isEqualTo(1_500_000);
  }
}
