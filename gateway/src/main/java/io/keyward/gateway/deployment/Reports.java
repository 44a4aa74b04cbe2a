package io.keyward.gateway.deployment;

import io.keyward.config.tenant.Limit;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.gateway.server.Server;
import io.keyward.tenancy.Deployment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the operator is told of deployments: maps, lists, texts and numbers alone. */
final class Reports {
  private final Server server;

  Reports(Server server) {
    this.server = server;
  }

  private Map<String, Contents> contents(Collection<Deployment> deployments)
      throws DeploymentException {
    List<BuiltinKeyspace> keyspaces =
        deployments.stream()
            .map(deployment -> server.engine().find(deployment.prefix()))
            .filter(Objects::nonNull)
            .toList();
    return Contents.copy(server, keyspaces);
  }

  /** What a deployment holds and has done. */
  Contents contents(Deployment deployment) throws DeploymentException {
    return contents(List.of(deployment)).getOrDefault(deployment.prefix(), Contents.NONE);
  }

  /** What all deployments of a tenant take. */
  long bytesOfTenant(String tenant) throws DeploymentException {
    List<Deployment> all =
        server.tenancy().deployments().stream()
            .filter(deployment -> deployment.tenantName().equals(tenant))
            .toList();
    return contents(all).values().stream().mapToLong(Contents::bytes).sum();
  }

  /** How many keys the deployments of a tenant have; what they share does not count. */
  long keysOfTenant(String tenant) throws DeploymentException {
    List<Deployment> own =
        server.tenancy().deployments().stream()
            .filter(deployment -> deployment.tenantName().equals(tenant) && !deployment.shared())
            .toList();
    return contents(own).values().stream().mapToLong(Contents::keys).sum();
  }

  /** Every deployment, by tenant and name. */
  List<Map<String, Object>> list() throws DeploymentException {
    List<Deployment> all = new ArrayList<>(server.tenancy().deployments());
    all.sort(
        Comparator.comparing(Deployment::tenantName)
            .thenComparing(Deployment::name)
            .thenComparing(Deployment::prefix));
    Map<String, Contents> contents = contents(all);
    List<Map<String, Object>> lines = new ArrayList<>();
    for (Deployment deployment : all) {
      Contents held = contents.getOrDefault(deployment.prefix(), Contents.NONE);
      lines.add(line(deployment, held));
    }
    return lines;
  }

  private Map<String, Object> line(Deployment deployment, Contents held) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("name", server.tenancy().roster().loginOf(deployment));
    line.put("tenant", deployment.tenantName());
    line.put("prefix", deployment.prefix());
    line.put("state", deployment.state().word());
    line.put("keys", held.keys());
    line.put("bytes", held.bytes());
    line.put("connections", connections(deployment, held));
    line.put("created", time(deployment.createdAt()));
    line.put("last-connection", time(deployment.lastConnection()));
    return line;
  }

  /** The default deployment takes no places, but has the clients of its keyspace. */
  private long connections(Deployment deployment, Contents held) {
    return deployment.equals(server.tenancy().defaultDeployment())
        ? held.clients()
        : deployment.connections();
  }

  /** A time in milliseconds since 1970 as text; empty for none. */
  static String time(long milliseconds) {
    return milliseconds == 0 ? "" : Instant.ofEpochMilli(milliseconds).toString();
  }

  /** All about one deployment but its counters. */
  Map<String, Object> info(Deployment deployment) throws DeploymentException {
    Contents held = contents(deployment);
    Map<String, Object> info = line(deployment, held);
    String login = server.tenancy().roster().loginOf(deployment);
    List<String> aliases = new ArrayList<>();
    server
        .tenancy()
        .roster()
        .aliases()
        .forEach(
            (alias, to) -> {
              if (to.equals(login)) {
                aliases.add(alias);
              }
            });
    info.put("aliases", aliases);
    info.put("configured", deployment.configured() ? "yes" : "no");
    info.put("blocked-clients", held.blocked());
    info.put("retire-after-seconds", deployment.retireAfterMillis() / 1000);
    Map<String, Object> limits = new LinkedHashMap<>();
    Map<String, Object> limitsOfTenant = new LinkedHashMap<>();
    for (Limit limit : Limit.values()) {
      put(limits, limit, deployment.limit(limit));
      put(limitsOfTenant, limit, deployment.limitOfTenant(limit));
    }
    info.put("limits", limits);
    info.put("limits-of-tenant", limitsOfTenant);
    return info;
  }

  private static void put(Map<String, Object> limits, Limit limit, long amount) {
    if (amount != Long.MAX_VALUE && limit.unit() != Limit.Unit.CHOICE) {
      limits.put(limit.limitName(), amount);
    }
  }

  /** What one deployment has done since the start. */
  Map<String, Object> stats(Deployment deployment) throws DeploymentException {
    Contents held = contents(deployment);
    Map<String, Object> stats = new LinkedHashMap<>();
    stats.put("name", server.tenancy().roster().loginOf(deployment));
    stats.put("keys", held.keys());
    stats.put("bytes", held.bytes());
    stats.put("connections", connections(deployment, held));
    stats.put("commands", held.commands());
    stats.put("commands-per-second", Math.round(held.commandsPerSecond()));
    stats.put("hits", held.hits());
    stats.put("misses", held.misses());
    stats.put("expired", held.expired());
    stats.put("evicted", held.evicted());
    stats.put("errors", held.errors());
    stats.put("busy-milliseconds", held.nanos() / 1_000_000);
    return stats;
  }
}
