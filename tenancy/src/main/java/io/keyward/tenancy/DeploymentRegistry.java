package io.keyward.tenancy;

import io.keyward.config.directive.RefusedException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The deployments that live, by their prefixes. Any thread may ask.
 *
 * <p>Who comes and goes is decided under one lock. Nothing that holds it waits for the engine,
 * since the engine asks here while it makes a keyspace.
 */
final class DeploymentRegistry {
  private final ConcurrentMap<String, Deployment> byPrefix = new ConcurrentHashMap<>();
  private final Deployment byDefault;
  private volatile Directory directory;

  DeploymentRegistry(Deployment byDefault, Directory directory) {
    this.byDefault = byDefault;
    this.directory = directory;
  }

  Directory directory() {
    return directory;
  }

  Collection<Deployment> all() {
    return Collections.unmodifiableCollection(byPrefix.values());
  }

  @Nullable Deployment find(String prefix) {
    return byPrefix.get(prefix);
  }

  /** The deployment of a prefix for which there is or will be a keyspace. */
  Deployment of(String prefix) {
    Deployment present = byPrefix.get(prefix);
    return present == null ? adopted(prefix) : present;
  }

  private synchronized Deployment adopted(String prefix) {
    Deployment present = byPrefix.get(prefix);
    if (present == null) {
      present = adopt(prefix);
      byPrefix.put(prefix, present);
    }
    return present;
  }

  private Deployment adopt(String prefix) {
    Directory now = directory;
    if (prefix.equals(byDefault.prefix())) {
      return byDefault;
    }
    Tenant configured = now.tenantByPrefix().get(prefix);
    if (configured != null) {
      return new Deployment(now.nameByPrefix().getOrDefault(prefix, ""), prefix, configured);
    }
    for (Tenant tenant : now.tenants().values()) {
      if (tenant.settings().sharedPrefix().equals(prefix)) {
        return new Deployment(Deployment.SHARED, prefix, tenant);
      }
      String name = tenant.settings().deploymentOf(prefix);
      // One that the configuration gives another prefix is not the one that is meant by the name.
      if (DeploymentNames.isValid(name) && tenant.prefixOf(name).equals(prefix)) {
        tenant.created().add(name);
        Deployment adopted = new Deployment(name, prefix, tenant);
        adopted.adopted(true);
        return adopted;
      }
    }
    return Deployment.removed(prefix);
  }

  /**
   * The deployment of a tenant, made if it is not there.
   *
   * @throws InvalidNameException if none can have this name
   * @throws RefusedException if it cannot be as things stand, with the reason
   */
  synchronized Deployment create(Tenant tenant, String name)
      throws InvalidNameException, RefusedException {
    String prefix = tenant.prefixOf(name);
    Deployment present = byPrefix.get(prefix);
    boolean there =
        present != null
            && !present.shared()
            && tenant.equals(present.tenant())
            && name.equals(present.name());
    if (!there && !DeploymentNames.isValid(name)) {
      throw new InvalidNameException("a deployment");
    }
    if (!tenant.equals(directory.tenants().get(tenant.name()))) {
      throw new RefusedException("the tenant is no longer there");
    }
    if (present != null) {
      if (!there) {
        throw new RefusedException("the prefix of this deployment belongs to another one");
      }
      return present;
    }
    if (tenant.named(name) == null) {
      if (tenant.created().size() >= tenant.settings().mostDeployments()) {
        throw new RefusedException("the tenant has as many deployments as it may have");
      }
      tenant.created().add(name);
    }
    Deployment made = new Deployment(name, prefix, tenant);
    byPrefix.put(prefix, made);
    return made;
  }

  /** Forgets a deployment, whose keyspace is gone, so that its place is free again. */
  synchronized void forget(Deployment deployment) {
    deployment.goes();
    byPrefix.remove(deployment.prefix(), deployment);
    Tenant tenant = deployment.tenant();
    if (tenant != null) {
      tenant.created().remove(deployment.name());
    }
  }

  /**
   * Puts another directory into effect.
   *
   * @return the prefixes of living deployments that nobody may log in to any more
   */
  synchronized Set<String> change(Directory changed) {
    directory = changed;
    Set<String> closed = new HashSet<>();
    for (Deployment deployment : byPrefix.values()) {
      Tenant tenant = deployment.tenant();
      if (deployment.equals(byDefault)) {
        continue;
      }
      if (tenant != null) {
        tenant.created().remove(deployment.name());
      }
      if (tenant != null
          && deployment.shared()
          && tenant.equals(directory.tenants().get(tenant.name()))) {
        continue;
      }
      if (tenant == null || !admits(tenant, deployment)) {
        closed.add(deployment.prefix());
        deployment.goes();
        byPrefix.put(deployment.prefix(), adopt(deployment.prefix()));
      } else if (tenant.named(deployment.name()) == null) {
        tenant.created().add(deployment.name());
      }
    }
    return closed;
  }

  private boolean admits(Tenant tenant, Deployment deployment) {
    return tenant.equals(directory.tenants().get(tenant.name()))
        && tenant.prefixOf(deployment.name()).equals(deployment.prefix())
        && (tenant.named(deployment.name()) != null || !tenant.settings().secrets().isEmpty());
  }
}
