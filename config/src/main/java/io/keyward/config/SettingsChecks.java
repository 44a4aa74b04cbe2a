package io.keyward.config;

import io.keyward.config.directive.DataFileNames;
import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.keyward.config.tenant.CertificateLogins;
import io.keyward.config.tenant.TenancySettings;
import io.keyward.config.tenant.TenantSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Turns what the sources gave into settings, and finds all that is wrong with it. */
final class SettingsChecks {
  private static final String LOOPBACK = "127.0.0.1 -::1";
  private static final int MOST_EVENT_LOOPS = 1024;
  private static final int MOST_PORT = 65535;
  private static final int MOST_METRICS_DEPLOYMENTS = 10_000;
  private static final Pattern LOOPBACK_HOST =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|::1|0:0:0:0:0:0:0:1");
  private static final Pattern TOKEN = Pattern.compile("[!-~]*");

  private final Gathered gathered;
  private final Map<String, String> environment;
  private final Map<Directive, String> directives = new EnumMap<>(Directive.class);
  private final Set<Directive> notToRewrite = EnumSet.noneOf(Directive.class);

  SettingsChecks(Gathered gathered, Map<String, String> environment) {
    this.gathered = gathered;
    this.environment = environment;
  }

  Settings settings(Optional<Path> file, Settings.Sources sources) throws ConfigurationException {
    checkDirectives();
    bindToLoopbackWithoutPassword();
    checkListeners();
    checkTls();
    checkFileNames();
    Settings settings =
        new Settings(
            prefix(),
            username(),
            namespaces(),
            tenancy(),
            admin(),
            named(Setting.TRANSPORT, Transport.AUTO, Transport.values()),
            eventLoops(),
            named(Setting.LOG_FORMAT, LogFormat.TEXT, LogFormat.values()),
            directives,
            notToRewrite,
            file,
            sources);
    if (!gathered.problems().isEmpty()) {
      throw new ConfigurationException(gathered.problems());
    }
    return settings;
  }

  private void checkDirectives() {
    gathered
        .directives()
        .forEach(
            (directive, given) -> {
              try {
                String text = new LiveSettings(Map.of(directive, given.text())).text(directive);
                directives.put(directive, text);
                if (given.origin() instanceof Origin.Variable) {
                  notToRewrite.add(directive);
                }
              } catch (RefusedException refused) {
                String reason =
                    refused.reason().replaceFirst("^" + directive.directiveName() + ": ", "");
                gathered.wrong(
                    new Problem(
                        directive.directiveName(),
                        directive.secret() ? Problem.HIDDEN : given.text(),
                        given.origin().place(),
                        reason,
                        "give " + directive.expects()));
              }
            });
  }

  /** Protected mode: what has no password and was not told where to listen stays on loopback. */
  private void bindToLoopbackWithoutPassword() {
    boolean open = text(Directive.REQUIREPASS).isEmpty() && hasDefaultDeployment();
    boolean isProtected = text(Directive.PROTECTED_MODE).equals("yes");
    if (open && isProtected && !gathered.directives().containsKey(Directive.BIND)) {
      directives.put(Directive.BIND, LOOPBACK);
      notToRewrite.add(Directive.BIND);
    }
  }

  private void checkListeners() {
    String port = text(Directive.PORT);
    String tlsPort = text(Directive.TLS_PORT);
    if (port.equals("0") && tlsPort.equals("0") && text(Directive.UNIXSOCKET).isEmpty()) {
      wrong(
          Directive.PORT,
          "tls-port is 0 and unixsocket is empty as well, so no client could connect",
          "give a port, a tls-port or a unixsocket");
    }
    boolean listens = !port.equals("0") || !tlsPort.equals("0");
    if (listens && text(Directive.BIND).isBlank()) {
      wrong(
          Directive.BIND,
          "there is no address to listen on",
          "give addresses such as 127.0.0.1 or *, or set port and tls-port 0 for the Unix socket"
              + " alone");
    }
    if (!port.equals("0") && port.equals(tlsPort)) {
      wrong(Directive.TLS_PORT, "port is the same", "give two different ports");
    }
    Given admin = gathered.setting(Setting.ADMIN_PORT, "9379");
    if (!admin.text().equals("0") && List.of(port, tlsPort).contains(admin.text())) {
      gathered.wrong(
          Problem.of(
              Setting.ADMIN_PORT.path(),
              admin,
              "clients connect to the same port",
              "give the admin server a port of its own"));
    }
  }

  private void checkTls() {
    for (Directive file :
        List.of(Directive.TLS_CERT_FILE, Directive.TLS_KEY_FILE, Directive.TLS_CA_CERT_FILE)) {
      if (!text(file).isEmpty() && !Files.isReadable(Path.of(text(file)))) {
        wrong(file, "there is no file that can be read", "give the path of a PEM file");
      }
    }
    if (!text(Directive.TLS_CA_CERT_DIR).isEmpty()
        && !Files.isDirectory(Path.of(text(Directive.TLS_CA_CERT_DIR)))) {
      wrong(Directive.TLS_CA_CERT_DIR, "there is no such folder", "give a folder of PEM files");
    }
    if (text(Directive.TLS_PORT).equals("0")) {
      return;
    }
    for (Directive needed : List.of(Directive.TLS_CERT_FILE, Directive.TLS_KEY_FILE)) {
      if (text(needed).isEmpty()) {
        wrong(needed, "tls-port needs it", "give the path of a PEM file, or set tls-port 0");
      }
    }
    if (!text(Directive.TLS_AUTH_CLIENTS).equals("no")
        && text(Directive.TLS_CA_CERT_FILE).isEmpty()
        && text(Directive.TLS_CA_CERT_DIR).isEmpty()) {
      wrong(
          Directive.TLS_AUTH_CLIENTS,
          "there is no authority to check client certificates with",
          "give tls-ca-cert-file or tls-ca-cert-dir, or set tls-auth-clients no");
    }
  }

  private void checkFileNames() {
    new DataFileNames(
            text(Directive.DBFILENAME),
            text(Directive.APPENDDIRNAME),
            text(Directive.APPENDFILENAME))
        .sameAsSnapshot()
        .ifPresent(
            other ->
                wrong(
                    Directive.DBFILENAME,
                    other.directiveName() + " is the same, and both name something in dir",
                    "give two different names"));
  }

  private String prefix() {
    Given given = gathered.setting(Setting.PREFIX, "");
    String prefix = given.text();
    if (!Prefixes.isValid(prefix)) {
      gathered.wrong(
          Problem.of(
              Setting.PREFIX.path(), given, Prefixes.FORM, "give a plain name such as blue"));
    }
    return prefix;
  }

  private String username() {
    Given given = gathered.setting(Setting.USERNAME, "");
    if (!given.text().isEmpty() && text(Directive.REQUIREPASS).isEmpty()) {
      gathered.wrong(
          Problem.of(
              Setting.USERNAME.path(),
              given,
              "a user name needs a password",
              "set REDIS_PASSWORD or requirepass as well"));
    }
    if (given.text().chars().anyMatch(character -> character <= ' ')) {
      gathered.wrong(
          Problem.of(
              Setting.USERNAME.path(),
              given,
              "a user name contains no spaces",
              "give a plain name such as blue"));
    }
    return given.text();
  }

  /** With tenants there is a default deployment only if it has a prefix. */
  private boolean hasDefaultDeployment() {
    return gathered.tenants() == null || !gathered.setting(Setting.PREFIX, "").text().isEmpty();
  }

  private TenancySettings tenancy() {
    if (!hasDefaultDeployment()) {
      needsDefaultDeployment(Setting.USERNAME.path(), gathered.setting(Setting.USERNAME, ""));
      needsDefaultDeployment(
          Directive.REQUIREPASS.directiveName(), gathered.directive(Directive.REQUIREPASS));
    }
    String prefix = gathered.setting(Setting.PREFIX, "").text();
    TenantsReader reader = new TenantsReader(environment, validNamespaces(), prefix);
    Map<String, String> ports = new HashMap<>();
    ports.put(text(Directive.PORT), Directive.PORT.directiveName());
    ports.put(text(Directive.TLS_PORT), Directive.TLS_PORT.directiveName());
    ports.put(gathered.setting(Setting.ADMIN_PORT, "9379").text(), Setting.ADMIN_PORT.path());
    reader.reserve(gathered.setting(Setting.USERNAME, "").text(), ports);
    TenancySettings tenancy = reader.read(gathered.operator(), gathered.tenants());
    checkPrefixAmong(tenancy);
    if (CertificateLogins.areUnasked(
        tenancy, text(Directive.TLS_PORT), text(Directive.TLS_AUTH_CLIENTS))) {
      wrong(Directive.TLS_AUTH_CLIENTS, CertificateLogins.UNASKED, CertificateLogins.REMEDY);
    }
    return tenancy;
  }

  /** The operator names the default deployment by its prefix, as other ones by their logins. */
  private void checkPrefixAmong(TenancySettings tenancy) {
    Given prefix = gathered.setting(Setting.PREFIX, "");
    for (TenantSettings tenant : tenancy.tenants()) {
      if (prefix.text().startsWith(tenant.name() + ".")) {
        gathered.wrong(
            Problem.of(
                Setting.PREFIX.path(),
                prefix,
                "it would mean a deployment of the tenant " + tenant.name(),
                "give the default deployment another prefix"));
      }
    }
  }

  private void needsDefaultDeployment(String name, Given given) {
    if (!given.text().isEmpty()) {
      gathered.wrong(
          new Problem(
              name,
              Problem.HIDDEN,
              given.origin().place(),
              "it is the login of the default deployment, and with tenants there is none without a"
                  + " prefix",
              "set prefix (REDIS_KEY_PREFIX) as well, or give the login under tenants:"));
    }
  }

  private Collection<String> validNamespaces() {
    List<String> declared = words(gathered.setting(Setting.NAMESPACES, ""));
    return new TreeSet<>(Stream.concat(Namespaces.LIBRECHAT.stream(), declared.stream()).toList());
  }

  private Namespaces namespaces() {
    Given names = gathered.setting(Setting.NAMESPACES, "");
    List<String> declared = words(names);
    if (declared.stream().anyMatch(name -> name.startsWith(":") || name.endsWith(":"))) {
      gathered.wrong(
          Problem.of(
              Setting.NAMESPACES.path(),
              names,
              "a colon at an end of a name is none of its own: it is what the key goes on with",
              "write the names alone, such as stream"));
    }
    Collection<String> valid = validNamespaces();
    Given given = gathered.setting(Setting.PINNED, "");
    List<String> pinned = words(given);
    for (String name : pinned) {
      if (!valid.contains(name)) {
        gathered.wrong(
            new Problem(
                given.origin() instanceof Origin.Variable
                    ? Setting.PINNED.variable()
                    : Setting.PINNED.path(),
                name,
                given.origin().place(),
                "there is no such namespace",
                "use one of "
                    + String.join(", ", valid)
                    + ", or declare it under namespaces: in keyward.yaml"));
      }
    }
    return new Namespaces(declared, pinned);
  }

  private AdminEndpoint admin() {
    Given host = gathered.setting(Setting.ADMIN_BIND, "127.0.0.1");
    boolean named = HostNames.isHost(host.text());
    if (!named) {
      gathered.wrong(
          Problem.of(
              Setting.ADMIN_BIND.path(),
              host,
              "it is neither an address nor the name of a host",
              "give 127.0.0.1, or 0.0.0.0 or :: for all addresses, with admin.token"));
    }
    String token = gathered.setting(Setting.ADMIN_TOKEN, "").text();
    if (named && token.isEmpty() && !LOOPBACK_HOST.matcher(host.text()).matches()) {
      gathered.wrong(
          Problem.of(
              Setting.ADMIN_BIND.path(),
              host,
              "beyond loopback everybody could see the deployments and reload the configuration",
              "set KEYWARD_ADMIN_TOKEN (admin.token) as well, or leave admin.bind out"));
    }
    if (!TOKEN.matcher(token).matches()) {
      gathered.wrong(
          new Problem(
              Setting.ADMIN_TOKEN.path(),
              Problem.HIDDEN,
              gathered.setting(Setting.ADMIN_TOKEN, "").origin().place(),
              "it stands in an HTTP header, which takes visible ASCII characters alone",
              "give for instance what openssl rand -hex 20 prints"));
    }
    return new AdminEndpoint(
        host.text(),
        number(Setting.ADMIN_PORT, "9379", 0, MOST_PORT),
        token,
        number(Setting.METRICS_DEPLOYMENTS, "100", 1, MOST_METRICS_DEPLOYMENTS));
  }

  private int eventLoops() {
    String cores = Integer.toString(Runtime.getRuntime().availableProcessors());
    return number(Setting.EVENT_LOOPS, cores, 1, MOST_EVENT_LOOPS);
  }

  private int number(Setting setting, String byDefault, int least, int most) {
    Given given = gathered.setting(setting, byDefault);
    if (given.text().matches("[0-9]{1,9}")) {
      int number = Integer.parseInt(given.text());
      if (number >= least && number <= most) {
        return number;
      }
    }
    String range = "a whole number from " + least + " to " + most;
    gathered.wrong(Problem.of(setting.path(), given, "it is not " + range, "give " + range));
    return least;
  }

  private <E extends Enum<E>> E named(Setting setting, E byDefault, E[] all) {
    Given given = gathered.setting(setting, spelled(byDefault));
    for (E constant : all) {
      if (spelled(constant).equals(given.text())) {
        return constant;
      }
    }
    List<String> names = Arrays.stream(all).map(SettingsChecks::spelled).toList();
    gathered.wrong(
        Problem.of(
            setting.path(),
            given,
            "there is no such choice",
            "give one of " + String.join(", ", names)));
    return byDefault;
  }

  private static String spelled(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static List<String> words(Given given) {
    return Arrays.stream(given.text().split("[,\\s]+", -1))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  private String text(Directive directive) {
    return directives.getOrDefault(directive, directive.defaultText());
  }

  private void wrong(Directive directive, String reason, String remedy) {
    gathered.wrong(
        Problem.of(directive.directiveName(), gathered.directive(directive), reason, remedy));
  }
}
