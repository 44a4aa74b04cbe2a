package io.keyward.config.tenant;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * An application or team that owns deployments.
 *
 * @param name without dots, unique
 * @param secrets any of them proves a login as {@code <tenant>.<deployment>}; none = no such login
 * @param namespaces all that there are, chosen or not: one whose name holds colons is no part of
 *     one that is named by what stands before the first
 * @param pinned namespaces that are pinned in each deployment
 * @param shared namespaces of which all deployments have one copy
 * @param limits in milliseconds, bytes or numbers, for all deployments taken together
 * @param template the prefix of a deployment that the configuration does not name, with {@code
 *     {tenant}} and {@code {deployment}} for the names
 * @param mostDeployments how many deployments may come into being by their first login
 * @param memoryOnly whether that holds of deployments that the configuration does not name: their
 *     data is in no file
 * @param deployments those that the configuration names
 * @param retireAfterMillis how long a deployment may be without connections before it is retired,
 *     its keys with it; 0 = for ever
 */
public record TenantSettings(
    String name,
    List<Secret> secrets,
    List<String> namespaces,
    List<String> pinned,
    List<String> shared,
    Map<Limit, Long> limits,
    String template,
    int mostDeployments,
    boolean memoryOnly,
    List<DeploymentSettings> deployments,
    long retireAfterMillis) {
  /** The prefix of a deployment if the tenant does not say otherwise. */
  public static final String DEFAULT_TEMPLATE = "{tenant}.{deployment}";

  /** How many deployments a login may create if the tenant does not say otherwise. */
  public static final int DEFAULT_MOST_DEPLOYMENTS = 100;

  private static final String OF_TENANT = "{tenant}";
  private static final String OF_DEPLOYMENT = "{deployment}";

  /** Keeps copies, so that the record cannot change. */
  public TenantSettings {
    secrets = List.copyOf(secrets);
    namespaces = List.copyOf(namespaces);
    pinned = List.copyOf(pinned);
    shared = List.copyOf(shared);
    limits = Map.copyOf(limits);
    deployments = List.copyOf(deployments);
  }

  /** The prefix of a deployment that the configuration does not name. */
  public String prefixOf(String deployment) {
    return template.replace(OF_TENANT, name).replace(OF_DEPLOYMENT, deployment);
  }

  /** The deployment whose prefix this is by the template; empty if none can have it. */
  public String deploymentOf(String prefix) {
    String before = beforeDeployment();
    String after = afterDeployment();
    boolean fits =
        prefix.length() > before.length() + after.length()
            && prefix.startsWith(before)
            && prefix.endsWith(after);
    return fits ? prefix.substring(before.length(), prefix.length() - after.length()) : "";
  }

  /** Whether a login of this tenant and one of another may create deployments of one prefix. */
  public boolean mayCreatePrefixOf(TenantSettings other) {
    String before = beforeDeployment();
    String after = afterDeployment();
    String othersBefore = other.beforeDeployment();
    String othersAfter = other.afterDeployment();
    return !secrets.isEmpty()
        && !other.secrets.isEmpty()
        && (before.startsWith(othersBefore) || othersBefore.startsWith(before))
        && (after.endsWith(othersAfter) || othersAfter.endsWith(after));
  }

  private String beforeDeployment() {
    String whole = template.replace(OF_TENANT, name);
    return whole.substring(0, whole.indexOf(OF_DEPLOYMENT));
  }

  private String afterDeployment() {
    String whole = template.replace(OF_TENANT, name);
    return whole.substring(whole.indexOf(OF_DEPLOYMENT) + OF_DEPLOYMENT.length());
  }

  /**
   * Whether the deployments of two configurations of a tenant share the same.
   *
   * @param living the names of those that there are, be they in the configurations or not
   */
  public boolean sharesAs(TenantSettings other, Collection<String> living) {
    for (String deployment : living) {
      Place place = place(deployment);
      Place others = other.place(deployment);
      if (place.prefix.equals(others.prefix) && !place.shared.equals(others.shared)) {
        return false;
      }
    }
    return shared.equals(other.shared);
  }

  /** Where a deployment's keys are, its own and those that it shares. */
  private record Place(String prefix, List<String> shared) {}

  private Place place(String deployment) {
    for (DeploymentSettings named : deployments) {
      if (named.name().equals(deployment)) {
        return new Place(named.prefix(), named.shared());
      }
    }
    return new Place(prefixOf(deployment), shared);
  }

  /** The prefix of the keys that all deployments of the tenant share. */
  public String sharedPrefix() {
    return name + "~shared";
  }
}
