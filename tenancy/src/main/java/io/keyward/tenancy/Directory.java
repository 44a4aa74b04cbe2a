package io.keyward.tenancy;

import io.keyward.config.tenant.CertificateName;
import io.keyward.config.tenant.DeploymentSettings;
import io.keyward.config.tenant.Secret;
import io.keyward.config.tenant.TenancySettings;
import io.keyward.config.tenant.TenantSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that follows from the configuration, replaced whole when that changes.
 *
 * @param tenants by their names
 * @param tenantByLogin by the names of the deployments that the configuration names
 * @param decoys a secret to compare with where there is none; empty if every comparison is quick
 */
record Directory(
    TenancySettings settings,
    Map<String, Tenant> tenants,
    Map<String, Tenant> tenantByLogin,
    Map<String, Tenant> tenantByPrefix,
    Map<String, String> nameByPrefix,
    Map<CertificateName, String> nameByCertificate,
    Map<Integer, String> nameByPort,
    List<Secret> decoys) {

  /**
   * The directory of a configuration.
   *
   * @param former tenants that live, by their names: they go on with their changed settings
   */
  static Directory of(TenancySettings settings, Map<String, Tenant> former) {
    Map<String, Tenant> tenants = new LinkedHashMap<>();
    Map<String, Tenant> byLogin = new HashMap<>();
    Map<String, Tenant> byPrefix = new HashMap<>();
    Map<String, String> names = new HashMap<>();
    Map<CertificateName, String> certificates = new HashMap<>();
    Map<Integer, String> ports = new HashMap<>();
    List<Secret> slow = new ArrayList<>();
    settings.operator().ifPresent(operator -> slow.addAll(operator.secrets()));
    for (TenantSettings ofTenant : settings.tenants()) {
      Tenant present = former.get(ofTenant.name());
      Tenant tenant = present == null ? new Tenant(ofTenant) : present;
      tenant.settings(ofTenant);
      tenants.put(tenant.name(), tenant);
      slow.addAll(ofTenant.secrets());
      for (DeploymentSettings deployment : ofTenant.deployments()) {
        byLogin.put(deployment.name(), tenant);
        byPrefix.put(deployment.prefix(), tenant);
        names.put(deployment.prefix(), deployment.name());
        deployment.certificates().forEach(name -> certificates.put(name, deployment.name()));
        deployment.ports().forEach(port -> ports.put(port, deployment.name()));
        slow.addAll(deployment.secrets());
      }
    }
    slow.removeIf(secret -> !secret.slow());
    return new Directory(
        settings,
        tenants,
        byLogin,
        byPrefix,
        names,
        certificates,
        ports,
        slow.isEmpty() ? List.of() : List.of(slow.getFirst()));
  }

  /** The tenant of a login such as {@code <tenant>.<deployment>}, or null. */
  @Nullable Tenant tenantOf(String login) {
    int dot = login.indexOf('.');
    return dot < 0 ? null : tenants.get(login.substring(0, dot));
  }

  /** The name of the deployment in a login such as {@code <tenant>.<deployment>}. */
  static String deploymentOf(String login) {
    return login.substring(login.indexOf('.') + 1);
  }
}
