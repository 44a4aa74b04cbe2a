package io.keyward.tenancy;

import io.keyward.config.Namespaces;
import io.keyward.config.Settings;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.keyward.config.tenant.DeploymentSettings;
import io.keyward.config.tenant.Limit;
import io.keyward.config.tenant.Secret;
import io.keyward.config.tenant.TenancySettings;
import io.keyward.config.tenant.TenantSettings;
import io.keyward.engine.Engine;
import io.keyward.engine.KeyspaceTraits;
import io.keyward.engine.builtin.acl.AccessControl;
import io.keyward.engine.builtin.acl.RuleException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who a connection is, and which deployment's keyspace it gets. Any thread may ask.
 *
 * <p>A login is looked for among the operator, the deployments by their names and the tenants
 * ({@code <tenant>.<deployment>}, split at the first dot), in this order; the configuration sees to
 * it that no two of them have the same name.
 */
public final class Tenancy {
  private static final Logger log = LoggerFactory.getLogger(Tenancy.class);

  /** Everything that follows from the configuration, replaced whole. */
  private record Directory(
      TenancySettings settings,
      Map<String, Tenant> tenants,
      Map<String, Tenant> tenantByLogin,
      Map<String, Tenant> tenantByPrefix,
      Map<String, String> nameByPrefix,
      Map<String, String> nameByCertificate,
      Map<Integer, String> nameByPort,
      List<Secret> decoys) {}

  private final Login login;
  private final String defaultPrefix;
  private final Namespaces defaultPinned;
  private final Proofs proofs = new Proofs();
  private final FailedLogins failedLogins = new FailedLogins();
  private final ConcurrentMap<String, Deployment> byPrefix = new ConcurrentHashMap<>();
  private final Deployment defaultDeployment;
  private volatile Directory directory;
  private volatile @Nullable Engine engine;

  /**
   * The tenancy of a configuration.
   *
   * @param live where the password of the default deployment is read
   */
  public Tenancy(Settings settings, LiveSettings live) {
    login = new Login(settings.username(), live);
    defaultPrefix = settings.prefix();
    defaultPinned = settings.namespaces();
    defaultDeployment = new Deployment("", defaultPrefix, null);
    directory = directory(settings.tenancy(), Map.of());
  }

  private static Directory directory(TenancySettings settings, Map<String, Tenant> former) {
    Map<String, Tenant> tenants = new LinkedHashMap<>();
    Map<String, Tenant> byLogin = new HashMap<>();
    Map<String, Tenant> byPrefix = new HashMap<>();
    Map<String, String> names = new HashMap<>();
    Map<String, String> certificates = new HashMap<>();
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

  /** Gives every deployment that the configuration names its keyspace. */
  public void begin(Engine keyspaces) {
    engine = keyspaces;
    if (hasDefault()) {
      keyspaces.open(defaultPrefix);
    }
    openConfigured(keyspaces);
  }

  private void openConfigured(Engine keyspaces) {
    directory.nameByPrefix().keySet().forEach(keyspaces::open);
  }

  /** Whether there is a deployment for those who log in with no tenant's or deployment's name. */
  public boolean hasDefault() {
    return directory.tenants().isEmpty() || !defaultPrefix.isEmpty();
  }

  /** The default deployment. */
  public Deployment defaultDeployment() {
    return defaultDeployment;
  }

  /** The users that the configuration gives the default deployment. */
  public Login login() {
    return login;
  }

  /** Lets nobody in who has not logged in to a deployment. */
  public void closeTo(AccessControl access) {
    try {
      access.set(AccessControl.DEFAULT_USER, List.of("reset"));
    } catch (RuleException defect) {
      throw new IllegalStateException(defect);
    }
  }

  /** Whether the default deployment has the gateway to itself, so that it administers it. */
  public boolean single() {
    return directory.tenants().isEmpty() && directory.settings().operator().isEmpty();
  }

  /** The failures that there were. */
  public FailedLogins failedLogins() {
    return failedLogins;
  }

  /** The deployments that have a keyspace. */
  public Collection<Deployment> deployments() {
    return Collections.unmodifiableCollection(byPrefix.values());
  }

  /** The deployment whose keyspace has this prefix, or null. */
  public @Nullable Deployment ofPrefix(String prefix) {
    return byPrefix.get(prefix);
  }

  /**
   * What the keyspace of a prefix is like; the engine asks when it makes one, for a login or for
   * what a file holds.
   */
  public KeyspaceTraits traits(String prefix) {
    Deployment deployment = byPrefix.computeIfAbsent(prefix, this::adopt);
    Tenant tenant = deployment.tenant();
    if (tenant == null) {
      return new KeyspaceTraits(defaultPinned);
    }
    String name = deployment.name();
    return new KeyspaceTraits(
        tenant.pinned(name),
        tenant.limitOf(name, Limit.MEMORY),
        tenant.memory(),
        !tenant.memoryOnly(name));
  }

  private Deployment adopt(String prefix) {
    Directory now = directory;
    Tenant configured = now.tenantByPrefix().get(prefix);
    if (configured != null) {
      return new Deployment(now.nameByPrefix().getOrDefault(prefix, ""), prefix, configured);
    }
    for (Tenant tenant : now.tenants().values()) {
      String name = tenant.settings().deploymentOf(prefix);
      if (DeploymentNames.isValid(name)) {
        tenant.created().incrementAndGet();
        return new Deployment(name, prefix, tenant);
      }
    }
    return prefix.equals(defaultPrefix) ? defaultDeployment : new Deployment("", prefix, null);
  }

  /**
   * Decides about a login; null if the name means no deployment, so that it may be that of a user
   * within the keyspace where the client is.
   *
   * @param user the name, byte for character (ISO 8859-1)
   * @param password the password's bytes
   */
  public @Nullable Decision logIn(String user, byte[] password) {
    Directory now = directory;
    var operator = now.settings().operator();
    if (operator.isPresent() && user.equals(operator.get().username())) {
      return prove(operator.get().secrets(), password, () -> new Decision.Admitted(null, user));
    }
    Tenant byName = now.tenantByLogin().get(user);
    DeploymentSettings named = byName == null ? null : byName.named(user);
    if (byName != null && named != null && !named.secrets().isEmpty()) {
      return prove(named.secrets(), password, () -> enter(byName, user, user));
    }
    int dot = user.indexOf('.');
    Tenant tenant = dot < 0 ? null : now.tenants().get(user.substring(0, dot));
    if (tenant != null) {
      String deployment = user.substring(dot + 1);
      return prove(secrets(tenant, deployment), password, () -> enter(tenant, deployment, user));
    }
    return null;
  }

  /**
   * The decision about a name that nobody has: it takes as long as one about a name that there is.
   */
  public Decision failure(byte[] password) {
    return prove(List.of(), password, Decision.WrongPassword::new);
  }

  /** The deployment of a TLS client by one of the names in its certificate, or null. */
  public Decision.@Nullable Admitted ofCertificate(List<String> names) {
    for (String name : names) {
      String deployment = directory.nameByCertificate().get(name);
      if (deployment != null) {
        return admitted(deployment);
      }
    }
    return null;
  }

  /** The deployment of the connections to a port, or null. */
  public Decision.@Nullable Admitted ofPort(int port) {
    String deployment = directory.nameByPort().get(port);
    return deployment == null ? null : admitted(deployment);
  }

  private Decision.@Nullable Admitted admitted(String deployment) {
    Tenant tenant = directory.tenantByLogin().get(deployment);
    return tenant != null && enter(tenant, deployment, deployment) instanceof Decision.Admitted in
        ? in
        : null;
  }

  /** The ports at which a deployment's connections arrive. */
  public Set<Integer> ports() {
    return directory.nameByPort().keySet();
  }

  private static List<Secret> secrets(Tenant tenant, String deployment) {
    List<Secret> secrets = new ArrayList<>(tenant.settings().secrets());
    DeploymentSettings configured = tenant.named(deployment);
    if (configured != null) {
      secrets.addAll(configured.secrets());
    }
    return secrets;
  }

  private Decision prove(List<Secret> secrets, byte[] password, Supplier<Decision> admission) {
    if (proofs.quicklyProved(secrets, password)) {
      return admission.get();
    }
    boolean slow = secrets.stream().anyMatch(Secret::slow);
    // What has no slow secret is compared with that of another, so that the time does not tell.
    List<Secret> compared = slow ? secrets : directory.decoys();
    if (compared.isEmpty()) {
      return new Decision.WrongPassword();
    }
    return new Decision.Undecided(
        () ->
            proofs.slowlyProved(compared, password) && slow
                ? admission.get()
                : new Decision.WrongPassword());
  }

  private Decision enter(Tenant tenant, String name, String user) {
    if (!DeploymentNames.isValid(name)) {
      return new Decision.Refused("invalid name of a deployment: " + DeploymentNames.FORM);
    }
    String prefix = tenant.prefixOf(name);
    Deployment present = byPrefix.get(prefix);
    if (present == null) {
      present = create(tenant, name, prefix);
    }
    if (present == null) {
      return new Decision.Refused("the tenant has as many deployments as it may have");
    }
    boolean own = tenant.equals(present.tenant()) && name.equals(present.name());
    return own
        ? new Decision.Admitted(present, user)
        : new Decision.Refused("the prefix of this deployment belongs to another one");
  }

  private synchronized @Nullable Deployment create(Tenant tenant, String name, String prefix) {
    Engine keyspaces = engine;
    if (keyspaces == null) {
      throw new IllegalStateException("no login comes before the engine has begun");
    }
    Deployment present = byPrefix.get(prefix);
    if (present != null) {
      return present;
    }
    if (tenant.named(name) == null
        && tenant.created().get() >= tenant.settings().mostDeployments()) {
      return null;
    }
    Deployment made = new Deployment(name, prefix, tenant);
    byPrefix.put(prefix, made);
    if (tenant.named(name) == null) {
      tenant.created().incrementAndGet();
    }
    keyspaces.open(prefix);
    log.info("Deployment {} of tenant {} created by its first login", name, tenant.name());
    return made;
  }

  /**
   * Checks whether a changed configuration of tenants can take effect without a restart.
   *
   * @throws RefusedException if it cannot, with the reason and the remedy
   */
  public void checkChange(TenancySettings changed) throws RefusedException {
    Directory now = directory;
    if (!directory(changed, Map.of()).nameByPort().keySet().equals(now.nameByPort().keySet())) {
      throw new RefusedException(
          "the ports of deployments are opened at the start alone. Remedy: restart the gateway");
    }
    if (defaultPrefix.isEmpty() && changed.tenants().isEmpty() != now.tenants().isEmpty()) {
      throw new RefusedException(
          "whether there are tenants decides whether there is a default deployment. Remedy: restart"
              + " the gateway");
    }
  }

  /**
   * Puts a changed configuration of tenants into effect: new logins count at once, deployments that
   * were added get their keyspace.
   *
   * @return the prefixes of living deployments that nobody may log in to any more, whose
   *     connections are to be closed; their keys stay
   */
  public synchronized Set<String> change(TenancySettings changed) {
    directory = directory(changed, directory.tenants());
    Engine keyspaces = engine;
    if (keyspaces != null) {
      openConfigured(keyspaces);
      byPrefix.keySet().forEach(keyspaces::refresh);
    }
    Set<String> closed = new HashSet<>();
    for (Deployment deployment : byPrefix.values()) {
      if (!deployment.equals(defaultDeployment) && !admits(deployment)) {
        closed.add(deployment.prefix());
        byPrefix.put(deployment.prefix(), adopt(deployment.prefix()));
      }
    }
    return closed;
  }

  private boolean admits(Deployment deployment) {
    Tenant tenant = directory.tenants().get(deployment.tenantName());
    if (tenant == null || !tenant.prefixOf(deployment.name()).equals(deployment.prefix())) {
      return false;
    }
    return tenant.named(deployment.name()) != null || !tenant.settings().secrets().isEmpty();
  }
}
