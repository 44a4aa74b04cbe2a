package io.keyward.gateway.deployment;

import io.keyward.engine.SteadyTime;
import io.keyward.gateway.deployment.DeploymentException.Kind;
import io.keyward.gateway.server.Server;
import io.keyward.tenancy.Deployment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Frees the keys of deployments where nobody has been for as long as was said. One that
 * keyward.yaml names stays, without keys; one that a login has made is forgotten.
 */
final class Retirement {
  static final long HOUR_MILLIS = 3_600_000;
  private static final long DAY_MILLIS = 24 * HOUR_MILLIS;
  private static final long MOST_HOURS = 24 * 366 * 100;

  private final Server server;
  private final Reports reports;
  private final Emptying emptying;

  Retirement(Server server, Reports reports, Emptying emptying) {
    this.server = server;
    this.reports = reports;
    this.emptying = emptying;
  }

  /**
   * After how many milliseconds without anybody a deployment is to be retired.
   *
   * @param hours null for what keyward.yaml says, or a day
   */
  static long afterMillis(Deployment deployment, @Nullable Double hours)
      throws DeploymentException {
    if (hours != null && !(hours >= 0 && hours <= MOST_HOURS)) {
      throw new DeploymentException(Kind.INVALID, "hours is not a number from 0 to " + MOST_HOURS);
    }
    long present = deployment.retireAfterMillis();
    return hours != null ? (long) (hours * HOUR_MILLIS) : present > 0 ? present : DAY_MILLIS;
  }

  /** How long nobody has been in a deployment; the gateway does not know what was before itself. */
  private long idleMillis(Deployment deployment) {
    long since =
        Math.max(deployment.lastConnection(), Math.max(deployment.createdAt(), server.startedAt()));
    return Math.max(0, SteadyTime.millis() - since);
  }

  /** Whether a deployment is to be retired now: no alias leads to it, and its time has come. */
  boolean due(Deployment deployment) {
    long after = deployment.retireAfterMillis();
    return after > 0
        && !deployment.tenantName().isEmpty()
        && !deployment.retired()
        && deployment.connections() == 0
        && idleMillis(deployment) >= after
        && !server.tenancy().roster().promoted(deployment);
  }

  /** What retiring a deployment after so long would do. */
  Map<String, Object> foretold(Deployment deployment, long after) throws DeploymentException {
    return answer(deployment, after, false);
  }

  /** Has a deployment retired after so long, now if it has been that long; tells what that does. */
  Map<String, Object> order(Deployment deployment, long after) throws DeploymentException {
    emptying.check(deployment.prefix());
    deployment.retireAfterMillis(Math.max(1, after));
    Map<String, Object> answer = answer(deployment, after, true);
    boolean _ = retireIfDue(deployment);
    return answer;
  }

  private Map<String, Object> answer(Deployment deployment, long after, boolean ordered)
      throws DeploymentException {
    Contents held = reports.contents(deployment);
    long idle = idleMillis(deployment);
    boolean now = deployment.connections() == 0 && idle >= after;
    String freed = ordered && now ? "freed" : "would-free";
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("deployment", server.tenancy().roster().loginOf(deployment));
    answer.put(freed + "-keys", held.keys());
    answer.put(freed + "-bytes", held.bytes());
    answer.put("connections", (long) deployment.connections());
    answer.put("idle-seconds", idle / 1000);
    answer.put("retires-in-seconds", now ? 0 : Math.max(0, after - idle + 999) / 1000);
    return answer;
  }

  /** Why a deployment is retired, for the audit log. */
  Map<String, Object> reasons(Deployment deployment) throws DeploymentException {
    Map<String, Object> reasons = new LinkedHashMap<>();
    reasons.put("idle-seconds", idleMillis(deployment) / 1000);
    Contents held = reports.contents(deployment);
    reasons.put("keys", held.keys());
    reasons.put("bytes", held.bytes());
    return reasons;
  }

  /** Frees a deployment's keys if nobody has been there for as long as was said. */
  boolean retireIfDue(Deployment deployment) throws DeploymentException {
    if (!due(deployment)) {
      return false;
    }
    boolean wasClosed = deployment.closed();
    deployment.closed(true);
    if (deployment.connections() > 0) {
      // Somebody has come just before the door was closed.
      deployment.closed(wasClosed);
      return false;
    }
    boolean emptied = false;
    try {
      emptying.drop(deployment.prefix());
      emptied = true;
    } finally {
      if (!emptied) {
        deployment.closed(wasClosed);
      }
    }
    if (deployment.configured()) {
      deployment.retired(true);
      // What the operator has ordered is done: who comes later is not to lose its keys by it.
      deployment.retireAfterMillis(0);
      deployment.closed(wasClosed);
    } else {
      server.tenancy().roster().forget(deployment);
    }
    return true;
  }
}
