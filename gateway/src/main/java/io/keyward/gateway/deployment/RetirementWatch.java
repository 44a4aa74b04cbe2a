package io.keyward.gateway.deployment;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks once a minute for deployments where nobody has been for long, and has them retired. */
public final class RetirementWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RetirementWatch.class);
  private static final long PERIOD_SECONDS = 60;

  private final Lifecycle lifecycle;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("keyward-retire").factory());

  /** Begins to look. */
  public RetirementWatch(Lifecycle lifecycle) {
    this.lifecycle = lifecycle;
    var _ =
        clock.scheduleWithFixedDelay(this::look, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  private void look() {
    try {
      lifecycle.retireDue();
    } catch (DeploymentException | RuntimeException | OutOfMemoryError failed) {
      log.error("Deployments could not be retired", failed);
    }
  }

  @Override
  public void close() {
    clock.shutdown();
  }
}
