package io.keyward.gateway.command;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.Client;
import io.keyward.engine.Reply;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.command.HashSlot;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.server.Session;

/**
 * The one node of the cluster, as it is told to one client.
 *
 * <p>What {@code cluster-announce-*} does not say is taken from the client's own connection: the
 * address and port that have led it here lead it here again.
 *
 * @param id 40 hexadecimal digits
 * @param hostname empty if none is announced
 * @param port of the kind that the client uses, TLS or not
 * @param plainPort 0 if it is closed
 * @param tlsPort 0 if it is closed
 */
record ClusterNode(
    String id,
    String ip,
    String hostname,
    int port,
    int plainPort,
    int tlsPort,
    String endpointType) {
  private static final int LAST_SLOT = HashSlot.COUNT - 1;

  static ClusterNode toldTo(Client client, Server server) {
    LiveSettings live = server.live();
    boolean tls = client.connection() instanceof Session session && session.tls();
    String local = client.connection().localAddress();
    int colon = local.lastIndexOf(':');
    // A Unix socket leads to no port, nor does a connection that is gone.
    boolean internet = !local.startsWith("/") && !local.startsWith("?") && colon > 0;
    int reached = internet ? Integer.parseInt(local.substring(colon + 1)) : 0;
    int plain = announced(live, Directive.CLUSTER_ANNOUNCE_PORT, tls ? 0 : reached, server.port());
    int secure =
        announced(live, Directive.CLUSTER_ANNOUNCE_TLS_PORT, tls ? reached : 0, server.tlsPort());
    String ip = live.text(Directive.CLUSTER_ANNOUNCE_IP);
    if (ip.isEmpty()) {
      ip = internet ? local.substring(0, colon).replaceAll("[\\[\\]]", "") : "127.0.0.1";
    }
    String id =
        !client.operator() && client.keyspace() instanceof BuiltinKeyspace keyspace
            ? server.runIdOf(keyspace)
            : server.runId();
    return new ClusterNode(
        id,
        ip,
        live.text(Directive.CLUSTER_ANNOUNCE_HOSTNAME),
        tls ? secure : plain,
        plain,
        secure,
        live.text(Directive.CLUSTER_PREFERRED_ENDPOINT_TYPE));
  }

  private static int announced(LiveSettings live, Directive directive, int reached, int open) {
    int port = (int) live.number(directive);
    if (port != 0) {
      return port;
    }
    return reached != 0 ? reached : open;
  }

  /** The id of the shard: the node's, in reverse. */
  String shardId() {
    return new StringBuilder(id).reverse().toString();
  }

  private boolean prefersIp() {
    return endpointType.equals("ip");
  }

  private boolean prefersHostname() {
    return endpointType.equals("hostname");
  }

  /** The reply of CLUSTER SLOTS: one range, one node. */
  void writeSlots(Reply reply) {
    reply.array(1);
    reply.array(3);
    reply.integer(0);
    reply.integer(LAST_SLOT);
    reply.array(4);
    if (prefersIp()) {
      reply.bulk(ip);
    } else if (prefersHostname()) {
      reply.bulk(hostname.isEmpty() ? "?" : hostname);
    } else {
      reply.nothing();
    }
    reply.integer(port);
    reply.bulk(id);
    boolean hostnameBeside = !prefersHostname() && !hostname.isEmpty();
    reply.map((prefersIp() ? 0 : 1) + (hostnameBeside ? 1 : 0));
    if (!prefersIp()) {
      reply.bulk("ip");
      reply.bulk(ip);
    }
    if (hostnameBeside) {
      reply.bulk("hostname");
      reply.bulk(hostname);
    }
  }

  /** The reply of CLUSTER SHARDS: one shard, one node. */
  void writeShards(Reply reply) {
    reply.array(1);
    reply.map(2);
    reply.bulk("slots");
    reply.array(2);
    reply.integer(0);
    reply.integer(LAST_SLOT);
    reply.bulk("nodes");
    reply.array(1);
    reply.map(
        6L + (plainPort == 0 ? 0 : 1) + (tlsPort == 0 ? 0 : 1) + (hostname.isEmpty() ? 0 : 1));
    reply.bulk("id");
    reply.bulk(id);
    if (plainPort != 0) {
      reply.bulk("port");
      reply.integer(plainPort);
    }
    if (tlsPort != 0) {
      reply.bulk("tls-port");
      reply.integer(tlsPort);
    }
    reply.bulk("ip");
    reply.bulk(ip);
    reply.bulk("endpoint");
    reply.bulk(endpoint());
    if (!hostname.isEmpty()) {
      reply.bulk("hostname");
      reply.bulk(hostname);
    }
    reply.bulk("role");
    reply.bulk("master");
    reply.bulk("replication-offset");
    reply.integer(0);
    reply.bulk("health");
    reply.bulk("online");
  }

  private String endpoint() {
    if (prefersIp()) {
      return ip;
    }
    return prefersHostname() && !hostname.isEmpty() ? hostname : "?";
  }

  /** The line of CLUSTER NODES; there is no cluster bus, so its port is 0. */
  String line() {
    return id
        + " "
        + ip
        + ":"
        + port
        + "@0"
        + (hostname.isEmpty() ? "" : "," + hostname)
        + " myself,master - 0 0 1 connected 0-"
        + LAST_SLOT
        + "\n";
  }
}
