package io.keyward.config.tenant;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who may log in beside the default deployment.
 *
 * @param operator the administrator's login
 * @param tenants in the order of the file
 */
public record TenancySettings(Optional<OperatorSettings> operator, List<TenantSettings> tenants) {
  /** Nobody: the gateway serves its default deployment alone. */
  public static final TenancySettings NONE = new TenancySettings(Optional.empty(), List.of());

  /** Keeps copies, so that the record cannot change. */
  public TenancySettings {
    tenants = List.copyOf(tenants);
  }

  /** The ports at which connections belong to a deployment without a login. */
  public Set<Integer> ports() {
    return tenants.stream()
        .flatMap(tenant -> tenant.deployments().stream())
        .flatMap(deployment -> deployment.ports().stream())
        .collect(Collectors.toUnmodifiableSet());
  }
}
