package io.keyward.gateway.deployment;

import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.KeyspaceClone;
import io.keyward.gateway.deployment.DeploymentException.Kind;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.server.StartException;
import io.keyward.tenancy.Deployment;
import io.keyward.tenancy.InvalidNameException;
import io.keyward.tenancy.Roster;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the operator does with deployments, whichever way he asks: each action is decided, done,
 * made to outlive a restart, and noted in the audit log.
 *
 * <p>Every method waits for event loops and the disk, so that it is called on a thread that may;
 * one action is done at a time. Deployments are named by the logins that lead to them. Answers are
 * made of maps, lists, texts and numbers.
 */
public final class Lifecycle {
  private static final String WITHOUT_PREFIX = "-";
  private static final long MOST_DRAIN_SECONDS = 24 * 3600;

  private final Server server;
  private final Roster roster;
  private final Reports reports;
  private final StreamReports streamReports = new StreamReports();
  private final Actions actions;
  private final Farewell farewell;
  private final Emptying emptying;
  private final Cloning cloning;
  private final Retirement retirement;

  /** The lifecycle of a server's deployments. */
  public Lifecycle(Server server) {
    this.server = server;
    roster = server.tenancy().roster();
    reports = new Reports(server);
    actions = new Actions(server);
    farewell = new Farewell(server);
    emptying = new Emptying(server);
    cloning = new Cloning(server, reports, emptying, farewell);
    retirement = new Retirement(server, reports, emptying);
  }

  /**
   * Takes over what the data folder says of the deployments, before the first client comes.
   *
   * @throws StartException if it cannot be understood
   */
  public void restore() throws StartException {
    actions.restore();
  }

  /**
   * Forgets the deployments of which the data files told no more than how they went, so that they
   * take no places; called when the data is loaded.
   */
  public void settle() throws DeploymentException {
    actions.alone(
        () -> {
          for (Deployment deployment : List.copyOf(server.tenancy().deployments())) {
            if (deployment.adopted() && reports.contents(deployment).keys() == 0) {
              forgetUnlessSomebodyComes(deployment);
            }
          }
        });
  }

  private void forgetUnlessSomebodyComes(Deployment deployment) throws DeploymentException {
    deployment.closed(true);
    if (deployment.adopted() && deployment.connections() == 0) {
      emptying.drop(deployment.prefix());
      roster.forget(deployment);
    } else {
      deployment.closed(false);
    }
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
    return actions.audit(count);
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
    String led = found == null ? roster.aliases().get(name) : null;
    if (led != null) {
      throw new DeploymentException(
          Kind.UNKNOWN, "that is an alias, which leads to " + led + ". Remedy: name that one");
    }
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

  /**
   * Makes a deployment, or lets one take logins again that was drained, retired or dropped; that it
   * is to be retired is taken back.
   *
   * @return all about it
   */
  public Object create(Actor actor, String name) throws DeploymentException {
    return actions.act(
        actor,
        "create",
        name,
        Map.of(),
        () -> {
          Deployment deployment = roster.create(name);
          deployment.closed(false);
          deployment.retired(false);
          deployment.retireAfterMillis(0);
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
        actions.act(
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
      throws DeploymentException, InvalidNameException, RefusedException, InterruptedException {
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
    return actions.act(
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
        actions.act(
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
      actions.checkLoaded();
      Deployment looked = findOfTenant(name);
      Actions.refuseShared(looked);
      return retirement.foretold(looked, Retirement.afterMillis(looked, afterHours));
    }
    return actions.act(
        actor,
        "retire",
        name,
        afterHours == null
            ? Map.of()
            : Map.of("after-seconds", (long) (afterHours * Retirement.HOUR_MILLIS) / 1000),
        () -> {
          Deployment deployment = findOfTenant(name);
          long after = Retirement.afterMillis(deployment, afterHours);
          refusePromoted(deployment);
          return retirement.order(deployment, after);
        });
  }

  private void refusePromoted(Deployment deployment) throws DeploymentException {
    if (roster.promoted(deployment)) {
      throw new DeploymentException(
          Kind.REFUSED, "an alias leads to it. Remedy: DEPLOYMENT PROMOTE another one first");
    }
  }

  /** Retires every deployment whose time has come. */
  public void retireDue() throws DeploymentException {
    for (Deployment deployment : List.copyOf(server.tenancy().deployments())) {
      if (retirement.due(deployment)) {
        Object _ =
            actions.act(
                Actor.GATEWAY,
                "retire",
                roster.loginOf(deployment),
                retirement.reasons(deployment),
                () -> retirement.retireIfDue(deployment));
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
    return actions.act(
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
          emptying.check(deployment.prefix());
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
