package io.keyward.tenancy;

import io.keyward.config.directive.RefusedException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Logins that lead to one deployment today and to another one tomorrow. Any thread may ask. */
final class Aliases {
  private static final int MOST = 10_000;

  /** A deployment by its tenant's name and its own. */
  record Target(String tenant, String deployment) {
    static Target of(Deployment deployment) {
      return new Target(deployment.tenantName(), deployment.name());
    }
  }

  private final ConcurrentMap<String, Target> byName = new ConcurrentHashMap<>();

  /** Where an alias leads, or null if it is none. */
  @Nullable Target target(String name) {
    return byName.get(name);
  }

  /** Whether any alias leads to a deployment. */
  boolean leadTo(Deployment deployment) {
    return byName.containsValue(Target.of(deployment));
  }

  /** Every alias, in order. */
  Map<String, Target> all() {
    return new TreeMap<>(byName);
  }

  /**
   * Lets an alias lead to a deployment.
   *
   * @return where it led before, or null
   * @throws RefusedException if it belongs to another tenant, or there are too many
   */
  @Nullable Target move(String name, Target target) throws RefusedException {
    Target former = byName.get(name);
    if (former != null && !former.tenant().equals(target.tenant())) {
      throw new RefusedException("the alias " + name + " belongs to another tenant");
    }
    if (former == null && byName.size() >= MOST) {
      throw new RefusedException("there are as many aliases as there may be: " + MOST);
    }
    byName.put(name, target);
    return former;
  }

  /** Takes away every alias that leads to a deployment. */
  void removeThoseOf(Deployment deployment) {
    byName.values().removeIf(Target.of(deployment)::equals);
  }
}
