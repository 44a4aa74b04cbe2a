package io.keyward.tenancy;

import io.keyward.config.Namespaces;
import io.keyward.config.tenant.DeploymentSettings;
import io.keyward.config.tenant.Limit;
import io.keyward.config.tenant.Limit.Reach;
import io.keyward.config.tenant.TenantSettings;
import io.keyward.engine.KeyspaceLimits;
import io.keyward.engine.SharedKeys;
import io.keyward.engine.SharedLimits;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A tenant while the gateway runs: its present settings, and what is counted of it. */
final class Tenant {
  private record Present(TenantSettings settings, Map<String, DeploymentSettings> byName) {
    static Present of(TenantSettings settings) {
      Map<String, DeploymentSettings> byName = new HashMap<>();
      settings.deployments().forEach(deployment -> byName.put(deployment.name(), deployment));
      return new Present(settings, byName);
    }
  }

  private final AtomicInteger connections = new AtomicInteger();
  private final Set<String> created = ConcurrentHashMap.newKeySet();
  private final SharedLimits together;

  /** All namespaces that there were at the start, which decide where keys are. */
  private final List<String> namespaces;

  private volatile Present present;

  Tenant(TenantSettings settings) {
    present = Present.of(settings);
    together = new SharedLimits(settings.limits());
    namespaces = settings.namespaces();
  }

  String name() {
    return present.settings.name();
  }

  TenantSettings settings() {
    return present.settings;
  }

  /** Takes on new settings; deployments that live go on. */
  void settings(TenantSettings changed) {
    present = Present.of(changed);
    together.set(changed.limits());
  }

  /** The settings of a deployment that the configuration names, or null. */
  @Nullable DeploymentSettings named(String deployment) {
    return present.byName.get(deployment);
  }

  /** The prefix of a deployment, named by the configuration or not. */
  String prefixOf(String deployment) {
    if (deployment.equals(Deployment.SHARED)) {
      return present.settings.sharedPrefix();
    }
    DeploymentSettings configured = named(deployment);
    return configured == null ? present.settings.prefixOf(deployment) : configured.prefix();
  }

  /** The namespaces that are pinned in a deployment. */
  Namespaces pinned(String deployment) {
    List<String> pinned = new ArrayList<>(present.settings.pinned());
    DeploymentSettings configured = named(deployment);
    if (configured != null) {
      pinned.addAll(configured.pinned());
    }
    return pinned.isEmpty() ? Namespaces.NONE : chosen(pinned);
  }

  private Namespaces chosen(List<String> names) {
    return new Namespaces(namespaces, names);
  }

  /** The keys that a deployment has in common with the tenant's others, or null. */
  @Nullable SharedKeys shared(String deployment) {
    DeploymentSettings configured = named(deployment);
    List<String> names = configured == null ? present.settings.shared() : configured.shared();
    return names.isEmpty() ? null : new SharedKeys(present.settings.sharedPrefix(), chosen(names));
  }

  /** What the deployments may have together; without a limit a number that nothing reaches. */
  long limit(Limit limit) {
    return present.settings.limits().getOrDefault(limit, Long.MAX_VALUE);
  }

  /** What the keyspace of a deployment may have and do, by itself and with the others. */
  KeyspaceLimits limits(String deployment) {
    Map<Limit, Long> own = new EnumMap<>(Limit.class);
    present
        .settings
        .limits()
        .forEach(
            (limit, amount) -> {
              if (limit.reach() == Reach.EACH) {
                own.put(limit, amount);
              }
            });
    DeploymentSettings configured = named(deployment);
    if (configured != null) {
      configured
          .limits()
          .forEach(
              (limit, amount) ->
                  own.merge(
                      limit, amount, limit == Limit.OVER_LIMIT ? (of, its) -> its : Math::min));
    }
    boolean shares =
        present.settings.limits().keySet().stream().anyMatch(l -> l.reach() == Reach.TOGETHER);
    return new KeyspaceLimits(own, shares ? together : null);
  }

  /** What one deployment may have. */
  long limitOf(String deployment, Limit limit) {
    DeploymentSettings configured = named(deployment);
    return configured == null
        ? Long.MAX_VALUE
        : configured.limits().getOrDefault(limit, Long.MAX_VALUE);
  }

  /** Whether a deployment's data is in no file. */
  boolean memoryOnly(String deployment) {
    DeploymentSettings configured = named(deployment);
    return configured == null ? present.settings.memoryOnly() : configured.memoryOnly();
  }

  /** The connections of all deployments. */
  AtomicInteger connections() {
    return connections;
  }

  /** The names of the living deployments that the configuration does not name. */
  Set<String> created() {
    return created;
  }
}
