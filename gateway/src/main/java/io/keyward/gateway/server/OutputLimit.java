package io.keyward.gateway.server;

import io.keyward.config.directive.LiveSettings;
import io.keyward.config.directive.OutputBufferLimit;
import io.keyward.config.directive.OutputBufferLimits;
import io.keyward.config.tenant.Limit;
import io.keyward.engine.Client;
import io.keyward.engine.SteadyTime;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.ClientState;
import io.keyward.engine.builtin.Limits;

/** Tells when a client has more unsent output than it may have. */
final class OutputLimit {
  /** What a client gets to see before it has logged in, in bytes. */
  private static final int UNAUTHENTICATED = 1024;

  /** The handshake's own bytes, among them the tickets of TLS 1.3, come on top of that. */
  private static final int HANDSHAKE = 64 * 1024;

  private final LiveSettings live;
  private final Client client;
  private final long unauthenticated;

  /** Since when the soft limit is exceeded, in milliseconds since 1970; 0 = it is not. */
  private long softSince;

  /** What was exceeded, as the configuration calls it. */
  private String name = "";

  OutputLimit(LiveSettings live, Client client, boolean tls) {
    this.live = live;
    this.client = client;
    this.unauthenticated = tls ? UNAUTHENTICATED + HANDSHAKE : UNAUTHENTICATED;
  }

  /** Whether so many unsent bytes are too many; to be asked whenever output was added. */
  boolean exceeded(long unsent) {
    if (unsent == 0) {
      softSince = 0;
      return false;
    }
    if (!client.authenticated() && unsent > unauthenticated) {
      name = "who has not logged in may have";
      return true;
    }
    if (client.keyspace() instanceof BuiltinKeyspace keyspace) {
      Limits limits = keyspace.limits();
      if (limits != null && unsent >= limits.outputBuffer()) {
        limits.count(Limit.OUTPUT_BUFFER);
        name = "output-buffer of the deployment " + keyspace.prefix();
        return true;
      }
    }
    name = "client-output-buffer-limit";
    OutputBufferLimit limit = limit(live.outputBufferLimits());
    if (limit.hardBytes() > 0 && unsent >= limit.hardBytes()) {
      return true;
    }
    if (limit.softBytes() == 0 || unsent < limit.softBytes()) {
      softSince = 0;
      return false;
    }
    long now = SteadyTime.millis();
    if (softSince == 0) {
      softSince = now;
      return false;
    }
    return (now - softSince) / 1000 > limit.softSeconds();
  }

  /** What has been exceeded last. */
  String name() {
    return name;
  }

  private OutputBufferLimit limit(OutputBufferLimits limits) {
    if (follows(client)) {
      return limits.replica();
    }
    return listens(client) ? limits.pubsub() : limits.normal();
  }

  /** Whether the client is a replica. */
  private static boolean follows(Client client) {
    return client.state() instanceof ClientState state && state.replica();
  }

  /** Whether the client gets what it has not asked for, so that it may well be silent itself. */
  static boolean getsUnasked(Client client) {
    return listens(client) || follows(client);
  }

  /**
   * Whether the client gets what it has not asked for, by subscriptions or MONITOR: it is in the
   * class {@code pubsub}, which has a limit by default.
   */
  private static boolean listens(Client client) {
    return (client.state() instanceof ClientState state && state.subscriptions() > 0)
        || (client.keyspace() instanceof BuiltinKeyspace keyspace
            && keyspace.observation().monitors().has(client));
  }
}
