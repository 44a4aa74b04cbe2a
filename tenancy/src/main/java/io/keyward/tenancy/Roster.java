package io.keyward.tenancy;

import io.keyward.config.directive.RefusedException;
import io.keyward.engine.builtin.acl.AccessControl;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The deployments as the operator names them, by the logins that lead to them, and the aliases that
 * he moves from one to another. Any thread may ask.
 */
public final class Roster {
  private final DeploymentRegistry registry;
  private final Aliases aliases;
  private final String username;

  /** The roster of a gateway whose default deployment has this user beside the default one. */
  Roster(DeploymentRegistry registry, Aliases aliases, String username) {
    this.registry = registry;
    this.aliases = aliases;
    this.username = username;
  }

  /**
   * The deployment that is listed under a name, or that a login such as {@code blue} or {@code
   * librechat.rev7} means, or null.
   */
  public @Nullable Deployment named(String login) {
    // Two kinds have no login and are named by their prefix.
    Deployment ofPrefix = registry.find(login);
    boolean withoutLogin =
        ofPrefix != null && (ofPrefix.shared() || ofPrefix.state() == Deployment.State.REMOVED);
    return withoutLogin ? ofPrefix : meant(login);
  }

  private @Nullable Deployment meant(String login) {
    Directory now = registry.directory();
    Tenant byName = now.tenantByLogin().get(login);
    Tenant tenant = byName == null ? now.tenantOf(login) : byName;
    String name = byName == null ? Directory.deploymentOf(login) : login;
    Deployment found = tenant == null ? null : registry.find(tenant.prefixOf(name));
    boolean own =
        found != null
            && !found.shared()
            && found.name().equals(name)
            && Objects.equals(tenant, found.tenant());
    return own ? found : null;
  }

  /** The deployment to which a login leads, be it an alias or not; null if there is none. */
  @Nullable Deployment led(String login) {
    Aliases.Target target = aliases.target(login);
    Deployment meant = meant(login);
    return meant != null || target == null ? meant : meant(login(target));
  }

  /** The login that means a deployment, as {@link #named} understands it. */
  public String loginOf(Deployment deployment) {
    if (deployment.tenantName().isEmpty() || deployment.shared()) {
      return deployment.prefix();
    }
    return deployment.configured()
        ? deployment.name()
        : deployment.tenantName() + "." + deployment.name();
  }

  /**
   * Makes a deployment, or finds the one that there is.
   *
   * @throws InvalidNameException if none can have this name
   * @throws RefusedException if there cannot be such a one as things stand, with the reason
   */
  public Deployment create(String login) throws InvalidNameException, RefusedException {
    Directory now = registry.directory();
    Tenant byName = now.tenantByLogin().get(login);
    if (byName != null) {
      return registry.create(byName, login);
    }
    Tenant tenant = now.tenantOf(login);
    if (tenant == null) {
      throw new RefusedException(
          "no tenant and no deployment of keyward.yaml has this name. Remedy: write"
              + " <tenant>.<deployment>");
    }
    String name = Directory.deploymentOf(login);
    if (tenant.named(name) == null && tenant.settings().secrets().isEmpty()) {
      throw new RefusedException(
          "nobody could log in to it, since the tenant has no secret. Remedy: give the tenant one,"
              + " or name the deployment in keyward.yaml");
    }
    return registry.create(tenant, name);
  }

  /** Forgets a deployment whose keyspace is gone; the place that it took is free. */
  public void forget(Deployment deployment) {
    registry.forget(deployment);
  }

  /** Where each alias leads, as a login. */
  public Map<String, String> aliases() {
    Map<String, String> leading = new LinkedHashMap<>();
    aliases.all().forEach((name, target) -> leading.put(name, login(target)));
    return leading;
  }

  private String login(Aliases.Target target) {
    Tenant tenant = registry.directory().tenants().get(target.tenant());
    return tenant != null && tenant.named(target.deployment()) != null
        ? target.deployment()
        : target.tenant() + "." + target.deployment();
  }

  /** Whether an alias leads to a deployment. */
  public boolean promoted(Deployment deployment) {
    return aliases.leadTo(deployment);
  }

  /** Takes the aliases of a deployment away. */
  public void demote(Deployment deployment) {
    aliases.removeThoseOf(deployment);
  }

  /**
   * Lets an alias lead to a deployment from now on.
   *
   * @return the login of the deployment to which it led before; empty if to none
   * @throws InvalidNameException if no alias can have this name
   * @throws RefusedException if it cannot be one as things stand, with the reason
   */
  public String promote(String alias, Deployment deployment)
      throws InvalidNameException, RefusedException {
    Directory now = registry.directory();
    boolean taken =
        alias.equals(username)
            || alias.equals(AccessControl.DEFAULT_USER)
            || now.tenantByLogin().containsKey(alias)
            || now.settings().operator().filter(o -> o.username().equals(alias)).isPresent();
    if (taken || now.tenantOf(alias) != null) {
      throw new RefusedException("the login " + alias + " means something else already");
    }
    if (!DeploymentNames.isValid(alias)) {
      throw new InvalidNameException("an alias");
    }
    Aliases.Target former = aliases.move(alias, Aliases.Target.of(deployment));
    return former == null ? "" : login(former);
  }

  /* What outlives a restart. */

  /** Where an alias led before a restart: the tenant and the deployment. */
  public record Leading(String alias, String tenant, String deployment) {}

  /** What each alias leads to, for the next start. */
  public List<Leading> leading() {
    List<Leading> leading = new ArrayList<>();
    aliases
        .all()
        .forEach(
            (name, target) -> leading.add(new Leading(name, target.tenant(), target.deployment())));
    return leading;
  }

  /**
   * Takes over where an alias led before the restart, even if its tenant is not there now: the
   * configuration may bring it back.
   *
   * @throws RefusedException if there are too many
   */
  public void lead(Leading known) throws RefusedException {
    var _ = aliases.move(known.alias(), new Aliases.Target(known.tenant(), known.deployment()));
  }

  /** A deployment that was there before the restart; null if there can be no such one any more. */
  public @Nullable Deployment restored(String tenant, String name) {
    Tenant present = registry.directory().tenants().get(tenant);
    boolean possible =
        present != null && (present.named(name) != null || !present.settings().secrets().isEmpty());
    try {
      return present != null && possible ? registry.create(present, name) : null;
    } catch (InvalidNameException | RefusedException noLonger) {
      return null;
    }
  }
}
