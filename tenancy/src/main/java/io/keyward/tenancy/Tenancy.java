package io.keyward.tenancy;

import io.keyward.config.Namespaces;
import io.keyward.config.Settings;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.keyward.config.tenant.CertificateName;
import io.keyward.config.tenant.DeploymentSettings;
import io.keyward.config.tenant.Secret;
import io.keyward.config.tenant.TenancySettings;
import io.keyward.engine.Engine;
import io.keyward.engine.Keyspace;
import io.keyward.engine.KeyspaceTraits;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.acl.AccessControl;
import io.keyward.engine.builtin.acl.RuleException;
import io.keyward.engine.builtin.acl.User;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
  private static final int PATIENCE_SECONDS = 10;
  private static final String CLOSED = "the deployment takes no logins: it was drained or dropped";

  private static final String LEADS_NOWHERE = "the deployment to which the alias led is not there";

  private final Login login;
  private final String defaultPrefix;
  private final Namespaces defaultPinned;
  private final Proofs proofs = new Proofs();
  private final FailedLogins failedLogins = new FailedLogins();
  private final Aliases aliases = new Aliases();
  private final Deployment defaultDeployment;
  private final DeploymentRegistry registry;
  private final Roster roster;
  private final ChangeRules changeRules;
  private volatile @Nullable Engine engine;

  /**
   * The tenancy of a configuration.
   *
   * @param live where the password of the default deployment is read, and whether TLS clients are
   *     asked for certificates
   */
  public Tenancy(Settings settings, LiveSettings live) {
    login = new Login(settings.username(), live);
    defaultPrefix = settings.prefix();
    defaultPinned = settings.namespaces();
    defaultDeployment = new Deployment("", defaultPrefix, null);
    registry =
        new DeploymentRegistry(defaultDeployment, Directory.of(settings.tenancy(), Map.of()));
    roster = new Roster(registry, aliases, settings.username());
    changeRules = new ChangeRules(registry, defaultPrefix, live);
  }

  /** What the operator knows of the deployments and does with them. */
  public Roster roster() {
    return roster;
  }

  private Directory directory() {
    return registry.directory();
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
    directory().nameByPrefix().keySet().forEach(keyspaces::open);
  }

  /** Whether there is a deployment for those who log in with no tenant's or deployment's name. */
  public boolean hasDefault() {
    return directory().tenants().isEmpty() || !defaultPrefix.isEmpty();
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
    return directory().tenants().isEmpty() && directory().settings().operator().isEmpty();
  }

  /** The failures that there were. */
  public FailedLogins failedLogins() {
    return failedLogins;
  }

  /** The deployments that live. */
  public Collection<Deployment> deployments() {
    return registry.all();
  }

  /** The deployment whose keyspace has this prefix, or null. */
  public @Nullable Deployment ofPrefix(String prefix) {
    return registry.find(prefix);
  }

  /**
   * What the keyspace of a prefix is like; the engine asks when it makes one, for a login or for
   * what a file holds.
   */
  public KeyspaceTraits traits(String prefix) {
    Deployment deployment = registry.of(prefix);
    Tenant tenant = deployment.tenant();
    if (tenant == null) {
      return new KeyspaceTraits(defaultPinned);
    }
    if (deployment.shared()) {
      return new KeyspaceTraits(
          Namespaces.NONE,
          tenant.limits(deployment.name()),
          !tenant.memoryOnly(deployment.name()),
          tenant.shared(deployment.name()));
    }
    String name = deployment.name();
    return new KeyspaceTraits(
        tenant.pinned(name), tenant.limits(name), !tenant.memoryOnly(name), tenant.shared(name));
  }

  /**
   * Decides about a login; null if the name means no deployment, so that it may be that of a user
   * within the keyspace where the client is.
   *
   * @param user the name, byte for character (ISO 8859-1)
   * @param password the password's bytes
   */
  public @Nullable Decision logIn(String user, byte[] password) {
    Directory now = directory();
    var operator = now.settings().operator();
    if (operator.isPresent() && user.equals(operator.get().username())) {
      return prove(operator.get().secrets(), password, () -> new Decision.Admitted(null, user));
    }
    Tenant byName = now.tenantByLogin().get(user);
    DeploymentSettings named = byName == null ? null : byName.named(user);
    if (byName != null && named != null && !named.secrets().isEmpty()) {
      return prove(named.secrets(), password, () -> enter(byName, user, user));
    }
    Aliases.Target target = aliases.target(user);
    Tenant ofAlias = target == null ? null : now.tenants().get(target.tenant());
    if (target != null && ofAlias != null) {
      return prove(secrets(ofAlias, target.deployment()), password, () -> enterBy(user));
    }
    int slash = user.indexOf('/');
    if (slash >= 0) {
      return userWithin(user.substring(0, slash), user.substring(slash + 1), password);
    }
    Tenant tenant = now.tenantOf(user);
    if (tenant == null) {
      return null;
    }
    String deployment = Directory.deploymentOf(user);
    return prove(secrets(tenant, deployment), password, () -> enter(tenant, deployment, user));
  }

  /**
   * Decides about a login as {@code <deployment>/<user>}: a user of a deployment that there is,
   * with a password that the deployment has given him. It takes as long if there is no such
   * deployment. Its default user is for those who show the deployment's own password.
   */
  private Decision userWithin(String login, String user, byte[] password) {
    Deployment led = roster.led(login);
    Deployment deployment = led == null || led.shared() || led.gone() ? null : led;
    Engine keyspaces = engine;
    Keyspace keyspace =
        deployment == null || keyspaces == null ? null : keyspaces.find(deployment.prefix());
    Keyspace asked =
        keyspace != null || keyspaces == null
            ? keyspace
            : keyspaces.keyspaces().stream().findAny().orElse(null);
    if (!(asked instanceof BuiltinKeyspace somewhere) || user.equals(AccessControl.DEFAULT_USER)) {
      return failure(password);
    }
    return new Decision.Undecided(
        () -> {
          boolean proved = proves(somewhere, user, password) && keyspace != null;
          if (!proved || deployment == null) {
            return new Decision.WrongPassword();
          }
          return deployment.closed()
              ? new Decision.Refused(CLOSED)
              : new Decision.Admitted(deployment, login, user);
        });
  }

  /** Asks on the keyspace's loop; whoever needs no password there has none for strangers. */
  private static boolean proves(BuiltinKeyspace keyspace, String name, byte[] password) {
    CompletableFuture<Boolean> proved = new CompletableFuture<>();
    keyspace
        .loop()
        .execute(
            () -> {
              User user = keyspace.access().authenticate(name, password);
              proved.complete(user != null && !user.noPassword());
            });
    return proved.completeOnTimeout(false, PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  /**
   * Where an alias leads at the moment of admission, which may come later than the question. It
   * makes no deployment: instead of one that the configuration no longer names, clients would find
   * an empty one.
   */
  private Decision enterBy(String alias) {
    Aliases.Target target = aliases.target(alias);
    Tenant tenant = target == null ? null : directory().tenants().get(target.tenant());
    if (target == null || tenant == null) {
      return new Decision.WrongPassword();
    }
    return roster.led(alias) == null
        ? new Decision.Refused(LEADS_NOWHERE)
        : enter(tenant, target.deployment(), alias);
  }

  /**
   * The decision about a name that nobody has: it takes as long as one about a name that there is.
   */
  public Decision failure(byte[] password) {
    return prove(List.of(), password, Decision.WrongPassword::new);
  }

  /**
   * Whether a deployment takes a TLS client by the first name in its certificate that one has, null
   * if none has any.
   */
  public @Nullable Decision ofCertificate(List<CertificateName> names) {
    for (CertificateName name : names) {
      String deployment = directory().nameByCertificate().get(name);
      if (deployment != null) {
        return recognised(deployment);
      }
    }
    return null;
  }

  /** Whether a deployment takes the connections to a port, null if none has it. */
  public @Nullable Decision ofPort(int port) {
    String deployment = directory().nameByPort().get(port);
    return deployment == null ? null : recognised(deployment);
  }

  private @Nullable Decision recognised(String deployment) {
    Tenant tenant = directory().tenantByLogin().get(deployment);
    return tenant == null ? null : enter(tenant, deployment, deployment);
  }

  /** The ports at which a deployment's connections arrive. */
  public Set<Integer> ports() {
    return directory().nameByPort().keySet();
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
    List<Secret> compared = slow ? secrets : directory().decoys();
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
    try {
      boolean known = registry.find(tenant.prefixOf(name)) != null;
      Deployment deployment = registry.create(tenant, name);
      if (deployment.closed()) {
        return new Decision.Refused(CLOSED);
      }
      if (!known) {
        log.info("Deployment {} of tenant {} created by its first login", name, tenant.name());
      }
      return new Decision.Admitted(deployment, user);
    } catch (InvalidNameException | RefusedException refused) {
      return new Decision.Refused(String.valueOf(refused.getMessage()));
    }
  }

  /**
   * Checks whether a changed configuration of tenants can take effect without a restart.
   *
   * @throws RefusedException if it cannot, with the reason and the remedy
   */
  public void checkChange(TenancySettings changed) throws RefusedException {
    changeRules.check(changed);
  }

  /**
   * Puts a changed configuration of tenants into effect: new logins count at once, deployments that
   * were added get their keyspace.
   *
   * @return the prefixes of living deployments that nobody may log in to any more, whose
   *     connections are to be closed; their keys stay
   */
  public Set<String> change(TenancySettings changed) {
    Set<String> closed;
    synchronized (this) {
      closed = registry.change(Directory.of(changed, directory().tenants()));
    }
    Engine keyspaces = engine;
    if (keyspaces != null) {
      openConfigured(keyspaces);
      registry.all().forEach(deployment -> keyspaces.refresh(deployment.prefix()));
    }
    return closed;
  }

  /**
   * Whether a login still leads to the deployment to which it has led: not if it is an alias that
   * has moved on since.
   */
  public boolean leads(String login, Deployment deployment) {
    Aliases.Target target = aliases.target(login);
    return target == null
        || directory().tenantByLogin().containsKey(login)
        || target.equals(Aliases.Target.of(deployment));
  }
}
