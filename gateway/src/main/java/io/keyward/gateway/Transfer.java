package io.keyward.gateway;

import io.keyward.config.ConfigurationException;
import io.keyward.config.Settings;
import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.persistence.Export;
import io.keyward.engine.builtin.persistence.Import;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.server.StartException;
import io.keyward.tenancy.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Moves a deployment in or out by a snapshot file, while no gateway runs on the data:
 *
 * <pre>
 * import dump.rdb --deployment blue [--prefix-in-file librechat] [keyward.yaml] [--directive value …]
 * export dump.rdb --deployment blue [keyward.yaml] [--directive value …]
 * </pre>
 */
final class Transfer {
  /** Names the deployment without a prefix, as leaving the name out does. */
  private static final String WITHOUT_PREFIX = "-";

  private final boolean in;
  private final Path file;
  private final String deployment;
  private final String prefixInFile;
  private final List<String> rest;

  private Transfer(
      boolean in, Path file, String deployment, String prefixInFile, List<String> rest) {
    this.in = in;
    this.file = file;
    this.deployment = deployment;
    this.prefixInFile = prefixInFile;
    this.rest = rest;
  }

  /** Whether the arguments of the program ask for a transfer. */
  static boolean asked(List<String> arguments) {
    return !arguments.isEmpty()
        && (arguments.getFirst().equals("import") || arguments.getFirst().equals("export"));
  }

  /**
   * Does what the arguments of the program ask.
   *
   * @return what has been done, in one sentence
   * @throws StartException if it cannot be done, with the reason and the remedy
   */
  static String run(List<String> arguments, Map<String, String> environment)
      throws ConfigurationException, StartException, IOException, InterruptedException {
    return of(arguments).run(environment);
  }

  private static Transfer of(List<String> arguments) throws StartException {
    String verb = arguments.getFirst();
    List<String> rest = new ArrayList<>(arguments.subList(1, arguments.size()));
    String deployment = take(rest, "--deployment");
    String prefix = take(rest, "--prefix-in-file");
    if (verb.equals("export") && !prefix.isEmpty()) {
      throw new StartException(
          "--prefix-in-file is for import: an export writes the keys without a prefix");
    }
    if (rest.isEmpty() || rest.getFirst().startsWith("-")) {
      throw new StartException(
          verb + " needs the name of a file: " + verb + " dump.rdb --deployment blue");
    }
    Path file = Path.of(rest.removeFirst());
    // Whoever writes the prefix as keys have it means the same.
    String bare = prefix.endsWith("::") ? prefix.substring(0, prefix.length() - 2) : prefix;
    return new Transfer(verb.equals("import"), file, deployment, bare, rest);
  }

  /** Takes an option and its value out of the arguments; empty if it is not there. */
  private static String take(List<String> arguments, String option) throws StartException {
    int at = arguments.indexOf(option);
    if (at < 0) {
      return "";
    }
    if (at + 1 >= arguments.size()) {
      throw new StartException(option + " needs a value: write " + option + " name");
    }
    arguments.remove(at);
    return arguments.remove(at);
  }

  private String run(Map<String, String> environment)
      throws ConfigurationException, StartException, IOException, InterruptedException {
    Settings settings = Settings.load(rest, environment);
    if (in && Files.notExists(file)) {
      throw new StartException(file + " cannot be read: there is no such file");
    }
    try (Gateway gateway = Gateway.atRest(settings)) {
      Server server = gateway.server();
      BuiltinKeyspace keyspace = keyspace(server);
      return in ? read(server, keyspace) : write(server, keyspace);
    }
  }

  private BuiltinKeyspace keyspace(Server server) throws StartException {
    Deployment known = server.tenancy().roster().named(deployment);
    String asPrefix = deployment.equals(WITHOUT_PREFIX) ? "" : deployment;
    BuiltinKeyspace named = server.engine().find(known == null ? asPrefix : known.prefix());
    if (named == null) {
      throw new StartException(
          "there is no deployment '%s'. Give --deployment one of: %s"
              .formatted(deployment, String.join(", ", names(server))));
    }
    if (!named.effects().kept()) {
      throw new StartException(
          "the deployment '%s' is in memory alone (durability: memory), so that no file has or gets"
                  .formatted(deployment)
              + " its data. Take that line out of keyward.yaml first");
    }
    return named;
  }

  /** The names by which deployments log in, and the prefixes of those that cannot. */
  private static List<String> names(Server server) {
    Map<String, String> logins = new HashMap<>();
    for (Deployment each : server.tenancy().deployments()) {
      logins.put(each.prefix(), server.tenancy().roster().loginOf(each));
    }
    return server.engine().keyspaces().stream()
        .map(BuiltinKeyspace::prefix)
        .map(prefix -> logins.getOrDefault(prefix, prefix))
        .map(name -> name.isEmpty() ? WITHOUT_PREFIX + " (which has no prefix)" : name)
        .sorted()
        .toList();
  }

  private String read(Server server, BuiltinKeyspace keyspace)
      throws StartException, IOException, InterruptedException {
    Import.Result loaded = Import.load(server.snapshots(), file, keyspace, prefixInFile);
    return ("%d keys imported into %s; left out: %d that had expired, %d without the prefix, %d"
            + " pinned, %d shared that were there")
        .formatted(
            loaded.keys(),
            saved(server),
            loaded.expired(),
            loaded.leftOut() - loaded.pinned(),
            loaded.pinned(),
            loaded.sharedAlready());
  }

  /** Writes all data where the next start looks for it; returns where that is. */
  private static Path saved(Server server) throws StartException, InterruptedException {
    if (server.live().flag(Directive.APPENDONLY)) {
      if (!server.durability().appendOnly().rewriteAndWait()) {
        throw new StartException(
            "the append-only file cannot be written: the line above says why; the data is as it"
                + " was");
      }
      return server.durability().appendOnly().folder();
    }
    String failure = server.snapshots().save();
    if (failure != null) {
      throw new StartException("the data cannot be saved: " + failure);
    }
    return server.snapshots().place().snapshot();
  }

  private String write(Server server, BuiltinKeyspace keyspace)
      throws IOException, InterruptedException {
    long size = Export.write(keyspace, server.live(), Server.redisVersion(), file);
    return "%s written: %d bytes".formatted(file, size);
  }
}
