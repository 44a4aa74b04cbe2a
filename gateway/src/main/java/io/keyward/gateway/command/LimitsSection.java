package io.keyward.gateway.command;

import io.keyward.config.tenant.Limit;
import io.keyward.config.tenant.Limit.Unit;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Limits;
import io.keyward.gateway.server.Server;
import io.keyward.tenancy.Deployment;
import java.util.concurrent.TimeUnit;

/** INFO limits: what the deployment may have and do, and how often that has been the end of it. */
final class LimitsSection {
  private final Server server;

  LimitsSection(Server server) {
    this.server = server;
  }

  void write(InfoText text, BuiltinKeyspace keyspace) {
    Limits limits = keyspace.limits();
    if (limits == null) {
      return;
    }
    text.section("Limits");
    for (Limit limit : Limit.values()) {
      if (limit.unit() != Unit.CHOICE && limits.has(limit)) {
        text.field(
            "limit_" + limit.limitName().replace('-', '_'),
            "most=" + limits.most(limit) + ",refused=" + refused(keyspace, limits, limit));
      }
    }
    text.field("limit_slowed_ms", TimeUnit.NANOSECONDS.toMillis(limits.slowedNanos()));
  }

  /** Connections are refused before the keyspace gets to know of them. */
  private long refused(BuiltinKeyspace keyspace, Limits limits, Limit limit) {
    Deployment deployment = server.tenancy().ofPrefix(keyspace.prefix());
    return limit == Limit.CONNECTIONS && deployment != null
        ? deployment.refusedConnections()
        : limits.refused(limit);
  }
}
