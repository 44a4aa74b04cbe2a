package io.keyward.config;

import io.keyward.config.tenant.CertificateName;
import io.keyward.config.tenant.DeploymentSettings;
import io.keyward.config.tenant.Limit;
import io.keyward.config.tenant.OperatorSettings;
import io.keyward.config.tenant.Secret;
import io.keyward.config.tenant.TenancySettings;
import io.keyward.config.tenant.TenantSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns {@code operator} and {@code tenants} of keyward.yaml into settings. */
final class TenantsReader {
  private static final Pattern TENANT_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");
  private static final Pattern DEPLOYMENT_NAME =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final int MOST_MOST_DEPLOYMENTS = 1_000_000;
  private static final int MOST_PORT = 65535;

  private final SecretFields secrets;
  private final Collection<String> namespaces;
  private final String defaultPrefix;
  private final Prefixes prefixes = new Prefixes();
  private final Map<String, String> logins = new HashMap<>();
  private final Map<CertificateName, String> certificates = new HashMap<>();
  private final Map<String, String> ports = new HashMap<>();
  private Set<String> tenantNames = Set.of();

  /**
   * A reader for one file.
   *
   * @param namespaces the names that may be pinned and shared
   * @param defaultPrefix the prefix of the default deployment, empty if it has none
   */
  TenantsReader(
      Map<String, String> environment, Collection<String> namespaces, String defaultPrefix) {
    this.secrets = new SecretFields(environment);
    this.namespaces = namespaces;
    this.defaultPrefix = defaultPrefix;
    if (!defaultPrefix.isEmpty()) {
      prefixes.take(defaultPrefix, Setting.PREFIX.path());
    }
  }

  /** Keeps a name and ports, used by settings outside the tenants, from being given to others. */
  void reserve(String login, Map<String, String> ownersOfPorts) {
    if (!login.isEmpty()) {
      logins.put(login, Setting.USERNAME.path());
    }
    ports.putAll(ownersOfPorts);
  }

  TenancySettings read(@Nullable YamlGroup operator, @Nullable YamlGroup tenants) {
    Map<String, YamlGroup> groups = tenants == null ? Map.of() : tenants.groups();
    tenantNames = groups.keySet();
    Optional<OperatorSettings> administrator =
        operator == null ? Optional.empty() : operator(operator);
    List<TenantSettings> all = new ArrayList<>();
    groups.forEach((name, group) -> all.add(tenant(name, group)));
    checkTemplates(all, groups);
    return new TenancySettings(administrator, all);
  }

  private Optional<OperatorSettings> operator(YamlGroup group) {
    Given name = group.text("username");
    List<Secret> passwords = secrets.read(group, "password");
    group.endOfFields();
    String username = name == null ? "operator" : name.text();
    if (name != null && (!DEPLOYMENT_NAME.matcher(username).matches() || isReserved(username))) {
      group.wrong("username", name, "it is not a name for a login", nameRemedy());
      return Optional.empty();
    }
    if (passwords.isEmpty()) {
      group.wrong("the operator has no password", "give operator.password");
      return Optional.empty();
    }
    takeLogin(group, username);
    return Optional.of(new OperatorSettings(username, passwords));
  }

  private TenantSettings tenant(String name, YamlGroup group) {
    if (!TENANT_NAME.matcher(name).matches()) {
      group.wrong(
          "it is not a name for a tenant",
          "use letters, digits, - and _, at most 64, the first a letter or digit");
    }
    List<Secret> secret = secrets.read(group, "secret");
    List<String> pinned = namespaces(group, "pinned");
    List<String> shared = namespaces(group, "shared");
    eitherPinnedOrShared(group, pinned, shared);
    Map<Limit, Long> limits = Amounts.limits(group.group("limits"));
    long retireAfter = Amounts.retireAfter(group);
    String template = template(group);
    int most =
        (int)
            Amounts.number(
                group,
                "max-deployments",
                TenantSettings.DEFAULT_MOST_DEPLOYMENTS,
                MOST_MOST_DEPLOYMENTS);
    boolean memoryOnly = memoryOnly(group, false);
    List<DeploymentSettings> deployments = new ArrayList<>();
    group
        .group("deployments")
        .groups()
        .forEach(
            (deployment, fields) ->
                deployments.add(deployment(name, deployment, fields, secret, shared, memoryOnly)));
    group.endOfFields();
    TenantSettings tenant =
        new TenantSettings(
            name,
            secret,
            List.copyOf(namespaces),
            pinned,
            shared,
            limits,
            template,
            most,
            memoryOnly,
            deployments,
            retireAfter);
    if (!shared.isEmpty()) {
      takePrefix(group, tenant.sharedPrefix());
    }
    if (secret.isEmpty() && deployments.isEmpty()) {
      group.wrong("nobody could log in to it", "give it a secret or deployments");
    }
    return tenant;
  }

  private DeploymentSettings deployment(
      String tenant,
      String name,
      YamlGroup group,
      List<Secret> ofTenant,
      List<String> sharedByTenant,
      boolean allMemoryOnly) {
    if (!DEPLOYMENT_NAME.matcher(name).matches() || isReserved(name)) {
      group.wrong("it is not a name for a deployment", nameRemedy());
    }
    Given prefix = group.text("prefix");
    String chosen = prefix == null ? name : prefix.text();
    if (chosen.isEmpty() || !Prefixes.isValid(chosen)) {
      Given wrong = prefix == null ? new Given(name, group.origin()) : prefix;
      group.wrong("prefix", wrong, Prefixes.FORM, "give a plain name such as blue");
    } else {
      takePrefix(group, chosen);
    }
    List<Secret> passwords = secrets.read(group, "password");
    List<String> pinned = namespaces(group, "pinned");
    List<String> shared = shared(tenant, group, sharedByTenant);
    eitherPinnedOrShared(group, pinned, shared);
    Map<Limit, Long> limits = Amounts.limits(group.group("limits"));
    List<CertificateName> certified = certificates(group);
    List<Integer> listening = ports(group);
    boolean memoryOnly = memoryOnly(group, allMemoryOnly);
    group.endOfFields();
    takeLogin(group, name);
    if (name.equals(defaultPrefix) && !chosen.equals(defaultPrefix)) {
      group.wrong(
          "the operator could not tell it from the default deployment, whose name is its prefix",
          "give it another name, or prefix (REDIS_KEY_PREFIX) another value");
    }
    if (passwords.isEmpty() && ofTenant.isEmpty() && certified.isEmpty() && listening.isEmpty()) {
      group.wrong(
          "nobody could log in to it", "give it a password, or tenants." + tenant + " a secret");
    }
    return new DeploymentSettings(
        name, chosen, passwords, pinned, shared, limits, certified, listening, memoryOnly);
  }

  private static boolean memoryOnly(YamlGroup group, boolean byDefault) {
    Given given = group.text("durability");
    if (given == null) {
      return byDefault;
    }
    if (!given.text().equals("memory") && !given.text().equals("files")) {
      group.wrong(
          "durability",
          given,
          "it is neither files nor memory",
          "write files, as the directives appendonly and save say, or memory");
    }
    return given.text().equals("memory");
  }

  /** Those of the tenant's shared namespaces that a deployment takes part in: all by default. */
  private List<String> shared(String tenant, YamlGroup group, List<String> byTenant) {
    boolean there = group.has("shared");
    List<Given> names = group.list("shared");
    if (!there) {
      return byTenant;
    }
    List<String> chosen = new ArrayList<>();
    for (Given given : names) {
      if (byTenant.contains(given.text())) {
        chosen.add(given.text());
      } else {
        group.wrong(
            "shared",
            given,
            "the tenant does not share it",
            "name some of tenants." + tenant + ".shared, or [] for none");
      }
    }
    return chosen;
  }

  private static void eitherPinnedOrShared(
      YamlGroup group, List<String> pinned, List<String> shared) {
    for (String name : pinned) {
      if (shared.contains(name)) {
        group.wrong(
            "the namespace " + name + " is both pinned and shared",
            "take it out of one of the two: what is pinned is each deployment's own");
      }
    }
  }

  private void takeLogin(YamlGroup group, String name) {
    int dot = name.indexOf('.');
    if (dot >= 0 && tenantNames.contains(name.substring(0, dot))) {
      group.wrong(
          "the login " + name + " would mean a deployment of the tenant " + name.substring(0, dot),
          "give it another name");
    }
    String other = logins.putIfAbsent(name, group.path());
    if (other != null) {
      group.wrong("the same login is used by " + other, "give each login a name of its own");
    }
  }

  /** Two tenants whose logins could create the same prefix would take it from each other. */
  private static void checkTemplates(List<TenantSettings> all, Map<String, YamlGroup> groups) {
    for (int i = 1; i < all.size(); i++) {
      for (TenantSettings other : all.subList(0, i)) {
        TenantSettings tenant = all.get(i);
        YamlGroup group = groups.get(tenant.name());
        if (group != null && tenant.mayCreatePrefixOf(other)) {
          group.wrong(
              "its prefix-template and that of tenants."
                  + other.name()
                  + " can give two deployments the same prefix",
              "begin it with {tenant}. as " + TenantSettings.DEFAULT_TEMPLATE + " does");
        }
      }
    }
  }

  private void takePrefix(YamlGroup group, String prefix) {
    String other = prefixes.take(prefix, group.path());
    if (!other.isEmpty()) {
      group.wrong(
          "the prefix \"" + prefix + "\" is used by " + other,
          "give each deployment a prefix of its own");
    }
  }

  private static boolean isReserved(String name) {
    return name.equals("default");
  }

  private static String nameRemedy() {
    return "use letters, digits, ., - and _, at most 128, the first a letter or digit, and not"
        + " default";
  }

  private static String template(YamlGroup group) {
    Given given = group.text("prefix-template");
    if (given == null) {
      return TenantSettings.DEFAULT_TEMPLATE;
    }
    String text = given.text();
    String filled = text.replaceFirst("\\{deployment}", "x").replace("{tenant}", "x");
    if (!text.contains("{deployment}") || !Prefixes.isValid(filled) || text.contains("~")) {
      group.wrong(
          "prefix-template",
          given,
          "it names {deployment} once and may name {tenant}, contains no ~, and " + Prefixes.FORM,
          "write it like " + TenantSettings.DEFAULT_TEMPLATE);
      return TenantSettings.DEFAULT_TEMPLATE;
    }
    return text;
  }

  private List<String> namespaces(YamlGroup group, String field) {
    List<String> names = new ArrayList<>();
    for (Given given : group.list(field)) {
      if (namespaces.contains(given.text())) {
        names.add(given.text());
      } else {
        group.wrong(
            field,
            given,
            "there is no such namespace",
            "use one of "
                + String.join(", ", namespaces)
                + ", or declare it under namespaces: in keyward.yaml");
      }
    }
    return names;
  }

  private List<CertificateName> certificates(YamlGroup group) {
    List<CertificateName> found = new ArrayList<>();
    for (Given given : group.list("certificates")) {
      CertificateName name = CertificateName.written(given.text());
      String other = certificates.putIfAbsent(name, group.path());
      if (given.text().isEmpty() || other != null) {
        group.wrong(
            "certificates",
            given,
            given.text().isEmpty() ? "it is empty" : "it is used by " + other,
            "give a text that stands for this deployment alone");
      } else {
        found.add(name);
      }
    }
    return found;
  }

  private List<Integer> ports(YamlGroup group) {
    List<Integer> found = new ArrayList<>();
    for (Given given : group.list("ports")) {
      String other = ports.putIfAbsent(given.text(), group.path());
      boolean isPort =
          given.text().matches("[1-9][0-9]{0,4}") && Integer.parseInt(given.text()) <= MOST_PORT;
      if (!isPort || other != null) {
        group.wrong(
            "ports",
            given,
            isPort ? "it is used by " + other : "it is not a port from 1 to " + MOST_PORT,
            "give a port that no other listener has");
      } else {
        found.add(Integer.parseInt(given.text()));
      }
    }
    return found;
  }
}
