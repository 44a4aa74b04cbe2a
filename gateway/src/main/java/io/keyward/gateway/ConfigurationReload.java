package io.keyward.gateway;

import io.keyward.config.ConfigurationException;
import io.keyward.config.Problem;
import io.keyward.config.Settings;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.KeyspaceTraits;
import io.keyward.gateway.server.Dismissal;
import io.keyward.gateway.server.Listeners;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.tls.Tls;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts into effect what has changed in the files of a running gateway. */
final class ConfigurationReload {
  private static final Logger log = LoggerFactory.getLogger(ConfigurationReload.class);

  private final Server server;
  private final Tls tls;
  private final Listeners listeners;

  ConfigurationReload(Server server, Tls tls, Listeners listeners) {
    this.server = server;
    this.tls = tls;
    this.listeners = listeners;
  }

  /**
   * Reads the TLS certificates and the configuration again. Of the latter the operator and the
   * tenants take effect; what is wrong changes nothing.
   *
   * @return what is wrong, or an empty text
   */
  synchronized String run() {
    StringBuilder wrong = new StringBuilder();
    if (server.tlsPort() != 0) {
      try {
        tls.reload();
      } catch (RefusedException refused) {
        log.error("{}; the former certificates stay in use", refused.reason());
        wrong.append(refused.reason()).append('\n');
      }
    }
    try {
      changeTenants(server.settings().readAgain());
    } catch (ConfigurationException faulty) {
      for (Problem problem : faulty.problems()) {
        log.error("The configuration stays as it was: {}", problem.line());
        wrong.append(problem.line()).append('\n');
      }
    } catch (RefusedException refused) {
      log.error("The configuration stays as it was: {}", refused.reason());
      wrong.append(refused.reason()).append('\n');
    }
    return wrong.toString();
  }

  /** What of a keyspace stands in files: nothing, or all but some namespaces. */
  private record InFiles(boolean kept, Set<String> pinned) {}

  private InFiles inFiles(String prefix) {
    KeyspaceTraits traits = server.tenancy().traits(prefix);
    return new InFiles(traits.kept(), Set.copyOf(traits.pinned().names()));
  }

  private void changeTenants(Settings changed) throws RefusedException {
    server.tenancy().checkChange(changed.tenancy());
    listeners.open(changed.tenancy().ports());
    Map<String, InFiles> before = new HashMap<>();
    server.engine().keyspaces().forEach(k -> before.put(k.prefix(), inFiles(k.prefix())));
    for (String prefix : server.tenancy().change(changed.tenancy())) {
      Dismissal.ofAll(server, prefix);
    }
    listeners.closeOthersThan(server.tenancy().ports());
    List<String> otherwise =
        before.entrySet().stream()
            .filter(each -> !inFiles(each.getKey()).equals(each.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    if (!otherwise.isEmpty()) {
      log.info("What files hold of {} has changed: they are written anew", otherwise);
      server.durability().writeAnew();
    }
    log.info("Operator and tenants read again");
    if (!changed.sameButTenancy(server.settings())) {
      log.warn("Settings other than operator and tenants have changed; they need a restart");
    }
  }
}
