package io.keyward.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.gateway.fixture.Patience;
import java.util.function.BooleanSupplier;

/** Waits for rewrites of the append-only file. */
final class Rewrites {
  private Rewrites() {}

  /** What INFO persistence says when none is running or waiting any more. */
  static String awaited(Words wire) {
    until(
        "the end of a rewrite",
        () -> {
          String info = wire.call("INFO persistence");
          return info.contains("aof_rewrite_in_progress:0")
              && info.contains("aof_rewrite_scheduled:0");
        });
    return wire.call("INFO persistence");
  }

  /** Waits until something holds, and fails if it does not in time. */
  static void until(String what, BooleanSupplier holds) {
    long deadline = System.nanoTime() + Patience.NANOS;
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waiting for " + what).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
