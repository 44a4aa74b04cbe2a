package io.keyward.config;

import io.keyward.config.directive.ConfigRewrite;
import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.RefusedException;
import io.keyward.config.tenant.TenancySettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the gateway was started with, checked.
 *
 * @param prefix the deployment's prefix in the global view; empty = none
 * @param username the name of the login; empty = Redis's {@code default}
 * @param namespaces the pinned namespaces
 * @param tenancy the operator, and the tenants with their deployments
 * @param admin where the admin HTTP server listens
 * @param transport what the event loops wait with
 * @param eventLoops the number of event loops
 * @param logFormat how log lines look
 * @param directives the Redis directives that do not have their default
 * @param notToRewrite directives whose values CONFIG REWRITE keeps out of the file as long as they
 *     are what they were at the start, because the environment gave them or they follow from others
 * @param file the configuration file, if the start named one
 * @param sources where all of it was read
 */
public record Settings(
    String prefix,
    String username,
    Namespaces namespaces,
    TenancySettings tenancy,
    AdminEndpoint admin,
    Transport transport,
    int eventLoops,
    LogFormat logFormat,
    Map<Directive, String> directives,
    Set<Directive> notToRewrite,
    Optional<Path> file,
    Sources sources) {

  /** The command line and the environment, from which the settings can be read again. */
  public record Sources(List<String> arguments, Map<String, String> environment) {
    /** Keeps copies, so that the record cannot change. */
    public Sources {
      arguments = List.copyOf(arguments);
      environment = Map.copyOf(environment);
    }

    /** Leaves everything out: there are passwords in it. */
    @Override
    public String toString() {
      return "Sources";
    }
  }

  /** Keeps copies, so that the record cannot change. */
  public Settings {
    directives = Map.copyOf(directives);
    notToRewrite = Set.copyOf(notToRewrite);
  }

  /**
   * Reads and checks the configuration: defaults, then the file, then the environment, then the
   * command line, each replacing what came before.
   *
   * @param arguments {@code [keyward.yaml] [--name value …]}
   * @param environment the environment variables
   * @throws ConfigurationException naming everything that is wrong
   */
  public static Settings load(List<String> arguments, Map<String, String> environment)
      throws ConfigurationException {
    CommandLine commandLine = CommandLine.parse(arguments);
    Gathered gathered = new Gathered();
    if (commandLine.file() != null) {
      YamlFile.read(commandLine.file(), gathered);
    }
    EnvironmentVariables.read(environment, gathered);
    commandLine.giveTo(gathered);
    return new SettingsChecks(gathered, environment)
        .settings(Optional.ofNullable(commandLine.file()), new Sources(arguments, environment));
  }

  /**
   * Reads everything again from where it was read.
   *
   * @throws ConfigurationException naming everything that is wrong now
   */
  public Settings readAgain() throws ConfigurationException {
    return load(sources.arguments(), sources.environment());
  }

  /** Whether other settings differ in nothing but the operator and the tenants. */
  public boolean sameButTenancy(Settings others) {
    return prefix.equals(others.prefix)
        && username.equals(others.username)
        && namespaces.names().equals(others.namespaces.names())
        && admin.equals(others.admin)
        && transport == others.transport
        && eventLoops == others.eventLoops
        && logFormat == others.logFormat
        && directives.equals(others.directives);
  }

  /** The directives, ready to be read and changed while the server runs. */
  public LiveSettings live() {
    try {
      return new LiveSettings(directives);
    } catch (RefusedException impossible) {
      throw new AssertionError("settings are checked when they are loaded", impossible);
    }
  }

  /** CONFIG REWRITE into the file that the server was started with. */
  public ConfigRewrite rewrite() {
    return new ConfigRewrite(file, notToRewrite);
  }

  /** Leaves out the directives, which hold passwords. */
  @Override
  public String toString() {
    return "Settings[prefix=%s, admin=%s:%d, transport=%s, eventLoops=%d, file=%s]"
        .formatted(
            prefix,
            admin.host(),
            admin.port(),
            transport,
            eventLoops,
            file.map(Path::toString).orElse("none"));
  }
}
