package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for what another connection brings about. */
final class Waiting {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private Waiting() {}

  /** Returns when the condition holds; fails after ten seconds. */
  static void until(String what, Callable<Boolean> condition) throws Exception {
    long limit = System.nanoTime() + LIMIT.toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime() - limit).as("waited %s for %s", LIMIT, what).isNegative();
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }
}
