package io.keyward.gateway.deployment;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.KeyspaceClone;
import io.keyward.gateway.deployment.DeploymentException.Kind;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.server.StartException;
import io.keyward.tenancy.Deployment;
import io.keyward.tenancy.Roster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the operator does with deployments, whichever way he asks: each action is decided, done,
 * made to outlive a restart, and noted in the audit log.
 *
 * <p>Every method waits for event loops and the disk, so that it is called on a thread that may;
 * one action is done at a time. Deployments are named by the logins that lead to them. Answers are
 * made of maps, lists, texts and numbers.
 */
public final class Lifecycle {
  private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);
  private static final int MOST_AUDITED = 10_000;
  private static final String WITHOUT_PREFIX = "-";
  private static final long MOST_DRAIN_SECONDS = 24 * 3600;

  private final Server server;
  private final Roster roster;
  private final Reports reports;
  private final StreamReports streamReports = new StreamReports();
  private final StateFile file;
  private final AuditLog audit;
  private final Farewell farewell;
  private final Emptying emptying;
  private final Cloning cloning;
  private final ReentrantLock acting = new ReentrantLock();

  /** What an action does; its answer is what the operator is told. */
  private interface Work<T> {
    T run() throws DeploymentException, RefusedException, InterruptedException;
  }

  /** The lifecycle of a server's deployments. */
  public Lifecycle(Server server) {
    this.server = server;
    roster = server.tenancy().roster();
    reports = new Reports(server);
    file = new StateFile(server.tenancy());
    audit = new AuditLog(this::folder);
    farewell = new Farewell(server);
    emptying = new Emptying(server);
    cloning = new Cloning(server, reports, emptying, farewell);
  }

  /**
   * Takes over what the data folder says of the deployments, before the first client comes.
   *
   * @throws StartException if it cannot be understood
   */
  public void restore() throws StartException {
    try {
      file.read(Path.of(server.live().text(Directive.DIR)).toAbsolutePath().normalize());
    } catch (IOException damaged) {
      throw new StartException(String.valueOf(damaged.getMessage()), damaged);
    }
  }

  /**
   * Forgets the deployments of which the data files told no more than how they went, so that they
   * take no places; called when the data is loaded.
   */
  public void settle() throws DeploymentException {
    acting.lock();
    try {
      for (Deployment deployment : List.copyOf(server.tenancy().deployments())) {
        if (deployment.adopted() && reports.contents(deployment).keys() == 0) {
          deployment.closed(true);
          if (deployment.adopted() && deployment.connections() == 0) {
            emptying.drop(deployment.prefix());
            roster.forget(deployment);
          } else {
            deployment.closed(false);
          }
        }
      }
    } finally {
      acting.unlock();
    }
  }

  private Path folder() throws IOException {
    return server.snapshots().directory().path();
  }

  /* What changes nothing. */

  /** Every deployment. */
  public List<Map<String, Object>> list() throws DeploymentException {
    return reports.list();
  }

  /** All about a deployment. */
  public Map<String, Object> info(String name) throws DeploymentException {
    return reports.info(findToLook(name));
  }

  /** What a deployment has done since the start. */
  public Map<String, Object> stats(String name) throws DeploymentException {
    return reports.stats(findToLook(name));
  }

  /**
   * The streams of a deployment, those first of which there is most of something.
   *
   * @param order bytes, entries, age or idle
   * @param most how many are told one by one
   */
  public Map<String, Object> streams(String name, String order, long most)
      throws DeploymentException {
    return streamReports.list(server.engine().find(findToLook(name).prefix()), order, most);
  }

  /** Where each alias leads. */
  public Map<String, String> aliases() {
    return roster.aliases();
  }

  /** The last lines of the audit log, the newest first. */
  public List<String> audit(long count) throws DeploymentException {
    if (count < 1 || count > MOST_AUDITED) {
      throw new DeploymentException(
          Kind.INVALID, "count is not a number from 1 to " + MOST_AUDITED);
    }
    acting.lock();
    try {
      return audit.last((int) count);
    } catch (IOException unreadable) {
      throw failed("the audit log cannot be read", unreadable);
    } finally {
      acting.unlock();
    }
  }

  /**
   * As {@link #find}, or one that nobody logs in to: the default deployment, what a tenant's
   * deployments share; {@code -} is the one without a prefix.
   */
  private Deployment findToLook(String name) throws DeploymentException {
    String login = name.equals(WITHOUT_PREFIX) ? "" : name;
    for (Deployment deployment : server.tenancy().deployments()) {
      boolean nameless = deployment.tenantName().isEmpty() || deployment.shared();
      if (nameless && roster.loginOf(deployment).equals(login)) {
        return deployment;
      }
    }
    return find(name);
  }

  private Deployment find(String name) throws DeploymentException {
    Deployment found = roster.named(name);
    if (found == null) {
      throw new DeploymentException(
          Kind.UNKNOWN, "there is no such deployment. Remedy: see DEPLOYMENT LIST");
    }
    return found;
  }

  /** A deployment that belongs to a tenant. */
  private Deployment findOfTenant(String name) throws DeploymentException {
    Deployment found = find(name);
    if (found.tenantName().isEmpty()) {
      throw new DeploymentException(
          Kind.REFUSED, "that is possible with deployments that keyward.yaml knows alone");
    }
    return found;
  }

  /* Actions. */

  private <T> T act(
      Actor actor, String action, String deployment, Map<String, Object> with, Work<T> work)
      throws DeploymentException {
    if (server.durability().appendOnly().progress().loading()) {
      throw new DeploymentException(Kind.REFUSED, "the data is still being loaded");
    }
    acting.lock();
    try {
      Path written = folder();
      Deployment shared = roster.named(deployment);
      if (shared != null && shared.shared()) {
        throw new DeploymentException(
            Kind.REFUSED, "it holds what a tenant's deployments share, and lives as long as they");
      }
      T answer = work.run();
      file.write(written);
      audit.note(actor, action, deployment, with, "done");
      log.info("DEPLOYMENT {} {} by {}", action, deployment, actor.name());
      return answer;
    } catch (IOException unwritten) {
      throw failed("the data folder cannot be written", unwritten);
    } catch (DeploymentException refused) {
      refused(actor, action, deployment, with, refused.reason());
      throw refused;
    } catch (RefusedException refused) {
      refused(actor, action, deployment, with, refused.reason());
      throw new DeploymentException(Kind.REFUSED, refused.reason());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DeploymentException(Kind.FAILED, "interrupted");
    } finally {
      acting.unlock();
    }
  }

  private void refused(
      Actor actor, String action, String deployment, Map<String, Object> with, String reason) {
    try {
      audit.note(actor, action, deployment, with, reason);
    } catch (IOException unwritten) {
      log.error("The audit log cannot be written: {}", unwritten.getMessage());
    }
  }

  private static DeploymentException failed(String what, IOException cause) {
    log.error("{}: {}", what, cause.getMessage());
    return new DeploymentException(Kind.FAILED, what + ": " + cause.getMessage());
  }

  /**
   * Makes a deployment, or lets one take logins again that was drained, retired or dropped.
   *
   * @return all about it
   */
  public Object create(Actor actor, String name) throws DeploymentException {
    return act(
        actor,
        "create",
        name,
        Map.of(),
        () -> {
          Deployment deployment = roster.create(name);
          deployment.closed(false);
          deployment.retired(false);
          var _ = server.engine().open(deployment.prefix());
          return reports.info(deployment);
        });
  }

  /**
   * Makes a deployment hold what another one holds at one instant. One that is not there is made.
   *
   * @param replace whether the target may hold keys, which are freed then
   */
  public Object copy(Actor actor, String source, String target, boolean replace)
      throws DeploymentException {
    long begun = System.nanoTime();
    KeyspaceClone clone =
        act(
            actor,
            "clone",
            source,
            Map.of("target", target, "replace", replace ? "yes" : "no"),
            () -> clone(source, target, replace));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("source", source);
    answer.put("target", target);
    answer.put("keys", clone.keys());
    answer.put("milliseconds", (System.nanoTime() - begun) / 1_000_000);
    answer.put("stall-microseconds", clone.nanos() / 1000);
    return answer;
  }

  private KeyspaceClone clone(String source, String target, boolean replace)
      throws DeploymentException, RefusedException, InterruptedException {
    Deployment from = findOfTenant(source);
    boolean made = roster.named(target) == null;
    Deployment to = roster.create(target);
    boolean cloned = false;
    try {
      KeyspaceClone clone = cloning.make(from, to, replace);
      to.retired(false);
      cloned = true;
      return clone;
    } finally {
      if (!cloned && made && to.connections() == 0) {
        emptying.drop(to.prefix());
        roster.forget(to);
      }
    }
  }

  /**
   * Lets an alias lead to a deployment from now on, and sends those away who have logged in through
   * it before, so that they connect anew and are led there.
   */
  public Object promote(Actor actor, String alias, String name) throws DeploymentException {
    return act(
        actor,
        "promote",
        name,
        Map.of("alias", alias),
        () -> {
          Deployment deployment = findOfTenant(name);
          if (deployment.closed()) {
            throw new DeploymentException(
                Kind.REFUSED, "the deployment takes no logins. Remedy: DEPLOYMENT CREATE " + name);
          }
          String former = roster.promote(alias, deployment);
          farewell.sendAway(session -> session.login().equals(alias) && !session.isIn(deployment));
          Map<String, Object> answer = new LinkedHashMap<>();
          answer.put("alias", alias);
          answer.put("deployment", roster.loginOf(deployment));
          answer.put("before", former);
          return answer;
        });
  }

  /**
   * Takes no more logins, and lets the connections end: who has nothing under way is sent away at
   * once, the others when that is done or the time is up.
   */
  public Object drain(Actor actor, String name, long seconds) throws DeploymentException {
    Deployment drained =
        act(
            actor,
            "drain",
            name,
            Map.of("timeout", seconds),
            () -> {
              if (seconds < 0 || seconds > MOST_DRAIN_SECONDS) {
                throw new DeploymentException(
                    Kind.INVALID,
                    "timeout is not a number of seconds from 0 to " + MOST_DRAIN_SECONDS);
              }
              Deployment deployment = findOfTenant(name);
              deployment.closed(true);
              return deployment;
            });
    try {
      // Not within the action: it may last, and an alias may have to be moved meanwhile.
      int before = farewell.drain(drained, seconds * 1000);
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("deployment", name);
      answer.put("state", drained.state().word());
      answer.put("sent-away", (long) before - drained.connections());
      answer.put("connections", (long) drained.connections());
      return answer;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DeploymentException(Kind.FAILED, "interrupted");
    }
  }

  /**
   * Has a deployment retired when nobody has been there for so long: its keys are freed.
   *
   * @param afterHours null for what keyward.yaml says, or a day
   * @param dryRun only tells what that would free
   */
  public Object retire(Actor actor, String name, @Nullable Double afterHours, boolean dryRun)
      throws DeploymentException {
    if (dryRun) {
      Deployment looked = findOfTenant(name);
      return retirement(looked, afterMillis(looked, afterHours), false);
    }
    return act(
        actor,
        "retire",
        name,
        afterHours == null
            ? Map.of()
            : Map.of("after-seconds", (long) (afterHours * Retirement.HOUR_MILLIS) / 1000),
        () -> {
          Deployment deployment = findOfTenant(name);
          long after = afterMillis(deployment, afterHours);
          refusePromoted(deployment);
          deployment.retireAfterMillis(Math.max(1, after));
          Map<String, Object> answer = retirement(deployment, after, true);
          retireIfDue(deployment);
          return answer;
        });
  }

  private static long afterMillis(Deployment deployment, @Nullable Double hours)
      throws DeploymentException {
    if (hours != null && !(hours >= 0 && hours <= Retirement.MOST_HOURS)) {
      throw new DeploymentException(
          Kind.INVALID, "hours is not a number from 0 to " + Retirement.MOST_HOURS);
    }
    long present = deployment.retireAfterMillis();
    return hours != null
        ? (long) (hours * Retirement.HOUR_MILLIS)
        : present > 0 ? present : Retirement.DAY_MILLIS;
  }

  private Map<String, Object> retirement(Deployment deployment, long after, boolean done)
      throws DeploymentException {
    Contents held = reports.contents(deployment);
    long idle = Retirement.idleMillis(deployment, server.startedAt());
    boolean now = deployment.connections() == 0 && idle >= after;
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("deployment", roster.loginOf(deployment));
    answer.put(done && now ? "freed-keys" : "would-free-keys", held.keys());
    answer.put(done && now ? "freed-bytes" : "would-free-bytes", held.bytes());
    answer.put("connections", (long) deployment.connections());
    answer.put("idle-seconds", idle / 1000);
    answer.put("retires-in-seconds", now ? 0 : Math.max(0, after - idle + 999) / 1000);
    return answer;
  }

  private void refusePromoted(Deployment deployment) throws DeploymentException {
    if (roster.promoted(deployment)) {
      throw new DeploymentException(
          Kind.REFUSED, "an alias leads to it. Remedy: DEPLOYMENT PROMOTE another one first");
    }
  }

  /** Frees a deployment's keys if nobody has been there for as long as was said. */
  private boolean retireIfDue(Deployment deployment) throws DeploymentException {
    if (!Retirement.due(deployment, server.startedAt()) || roster.promoted(deployment)) {
      return false;
    }
    boolean wasClosed = deployment.closed();
    deployment.closed(true);
    if (deployment.connections() > 0) {
      // Somebody has come just before the door was closed.
      deployment.closed(wasClosed);
      return false;
    }
    emptying.drop(deployment.prefix());
    if (deployment.configured()) {
      deployment.retired(true);
      deployment.closed(wasClosed);
    } else {
      roster.forget(deployment);
    }
    return true;
  }

  /** Retires every deployment whose time has come. */
  public void retireDue() throws DeploymentException {
    for (Deployment deployment : List.copyOf(server.tenancy().deployments())) {
      if (Retirement.due(deployment, server.startedAt()) && !roster.promoted(deployment)) {
        String name = roster.loginOf(deployment);
        Map<String, Object> with = new LinkedHashMap<>();
        with.put("idle-seconds", Retirement.idleMillis(deployment, server.startedAt()) / 1000);
        Contents held = reports.contents(deployment);
        with.put("keys", held.keys());
        with.put("bytes", held.bytes());
        Object _ = act(Actor.GATEWAY, "retire", name, with, () -> retireIfDue(deployment));
      }
    }
  }

  /**
   * Frees a deployment's keys and forgets it. One that keyward.yaml names stays in the list without
   * keys and takes no logins until it is made again.
   *
   * @param withAliases even if aliases lead to it, which go with it
   */
  public Object drop(Actor actor, String name, boolean withAliases) throws DeploymentException {
    return act(
        actor,
        "drop",
        name,
        withAliases ? Map.of("force", "yes") : Map.of(),
        () -> {
          Deployment deployment = find(name);
          if (deployment.equals(server.tenancy().defaultDeployment())) {
            throw new DeploymentException(
                Kind.REFUSED, "the default deployment is there always. Remedy: FLUSHALL in it");
          }
          if (withAliases) {
            roster.demote(deployment);
          }
          refusePromoted(deployment);
          Contents held = reports.contents(deployment);
          deployment.closed(true);
          int clients = farewell.drain(deployment, 0);
          emptying.drop(deployment.prefix());
          if (deployment.configured()) {
            deployment.retired(true);
          } else {
            roster.forget(deployment);
          }
          Map<String, Object> answer = new LinkedHashMap<>();
          answer.put("deployment", name);
          answer.put("freed-keys", held.keys());
          answer.put("freed-bytes", held.bytes());
          answer.put("closed-connections", (long) clients);
          return answer;
        });
  }
}
