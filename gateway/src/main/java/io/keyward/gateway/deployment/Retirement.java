package io.keyward.gateway.deployment;

import io.keyward.engine.SteadyTime;
import io.keyward.tenancy.Deployment;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks once a minute for deployments where nobody has been for long, and has them retired. */
public final class Retirement implements AutoCloseable {
  static final long HOUR_MILLIS = 3_600_000;
  static final long DAY_MILLIS = 24 * HOUR_MILLIS;
  static final long MOST_HOURS = 24 * 366 * 100;

  private static final Logger log = LoggerFactory.getLogger(Retirement.class);
  private static final long PERIOD_SECONDS = 60;

  private final Lifecycle lifecycle;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("keyward-retire").factory());

  /** Begins to look. */
  public Retirement(Lifecycle lifecycle) {
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

  /**
   * How long nobody has been in a deployment, in milliseconds.
   *
   * @param startedAt of the gateway, which does not know what was before
   */
  static long idleMillis(Deployment deployment, long startedAt) {
    long since = Math.max(deployment.lastConnection(), Math.max(deployment.createdAt(), startedAt));
    return Math.max(0, SteadyTime.millis() - since);
  }

  /** Whether it is to be retired now. */
  static boolean due(Deployment deployment, long startedAt) {
    long after = deployment.retireAfterMillis();
    return after > 0
        && !deployment.tenantName().isEmpty()
        && !deployment.retired()
        && deployment.connections() == 0
        && idleMillis(deployment, startedAt) >= after;
  }

  @Override
  public void close() {
    clock.shutdown();
  }
}
