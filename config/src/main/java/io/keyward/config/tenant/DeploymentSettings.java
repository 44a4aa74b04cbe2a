package io.keyward.config.tenant;

import java.util.List;
import java.util.Map;

/**
 * A deployment that the configuration names.
 *
 * @param name unique among all deployments of all tenants
 * @param prefix what stands before its keys in the global view, unique
 * @param secrets any of them proves a login with the deployment's name alone; none = no such login
 * @param pinned namespaces pinned in addition to those of the tenant
 * @param shared the namespaces that it has in common with the tenant's other deployments
 * @param limits in milliseconds, bytes or numbers, in addition to those of the tenant
 * @param certificates subjects and alternative names of TLS client certificates that are a login
 * @param ports TCP ports whose connections are logged in without a password
 * @param memoryOnly whether its data is in no file and gone when the gateway ends
 */
public record DeploymentSettings(
    String name,
    String prefix,
    List<Secret> secrets,
    List<String> pinned,
    List<String> shared,
    Map<Limit, Long> limits,
    List<CertificateName> certificates,
    List<Integer> ports,
    boolean memoryOnly) {
  /** Keeps copies, so that the record cannot change. */
  public DeploymentSettings {
    secrets = List.copyOf(secrets);
    pinned = List.copyOf(pinned);
    shared = List.copyOf(shared);
    limits = Map.copyOf(limits);
    certificates = List.copyOf(certificates);
    ports = List.copyOf(ports);
  }
}
