package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.fixture.Patience;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for what another connection brings about. */
final class Waiting {
  private Waiting() {}

  /** Returns when the condition holds, and fails if it does not in time. */
  static void until(String what, Callable<Boolean> condition) throws Exception {
    long limit = System.nanoTime() + Patience.NANOS;
    while (!condition.call()) {
      assertThat(System.nanoTime() - limit).as("waiting for %s", what).isNegative();
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }
}
