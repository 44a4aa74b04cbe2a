package io.keyward.gateway.command;

import io.keyward.config.directive.Directive;
import io.keyward.engine.SteadyTime;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.replication.ReplicationStatus;
import io.keyward.engine.builtin.tracking.Tracking;
import io.keyward.gateway.command.ProcessFigures.CpuTime;
import io.keyward.gateway.server.Server;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** INFO: the process, its connections, what it keeps on disk, its place among others, its keys. */
final class ServerSections {
  private final Server server;

  ServerSections(Server server) {
    this.server = server;
  }

  void server(InfoText text, BuiltinKeyspace keyspace) {
    Instant now = Instant.now();
    long uptime = (SteadyTime.millis() - server.startedAt()) / 1000;
    long hz = server.live().number(Directive.HZ);
    text.section("Server")
        .field("redis_version", Server.redisVersion())
        .field("redis_git_sha1", "00000000")
        .field("redis_git_dirty", 0)
        .field("redis_build_id", "0")
        .field("redis_mode", keyspace.slotRules() == null ? "standalone" : "cluster")
        .field("keyward_version", Server.version())
        .field("keyward_engine", "builtin")
        .field("keyward_event_loops", server.loops().size())
        .field("java_version", System.getProperty("java.version", ""))
        .field("os", ProcessFigures.operatingSystem())
        .field("arch_bits", 64)
        .field("multiplexing_api", server.transport())
        .field("process_id", ProcessHandle.current().pid())
        .field("process_supervised", "no")
        .field("run_id", server.runId())
        .field("tcp_port", server.port() != 0 ? server.port() : server.tlsPort())
        .field("server_time_usec", now.getEpochSecond() * 1_000_000 + now.getNano() / 1000)
        .field("uptime_in_seconds", uptime)
        .field("uptime_in_days", uptime / 86_400)
        .field("hz", hz)
        .field("configured_hz", hz)
        .field("lru_clock", now.getEpochSecond() & 0xFFFFFF)
        .field("executable", ProcessHandle.current().info().command().orElse(""))
        .field("config_file", server.settings().file().map(Path::toString).orElse(""))
        .field("io_threads_active", 0);
  }

  void clients(InfoText text, BuiltinKeyspace keyspace) {
    long input = 0;
    long output = 0;
    for (var client : keyspace.clients()) {
      input = Math.max(input, client.connection().pendingInput());
      output = Math.max(output, client.connection().pendingOutput());
    }
    text.section("Clients")
        .field("connected_clients", server.sessions().size())
        .field("cluster_connections", 0)
        .field("maxclients", server.live().number(Directive.MAXCLIENTS))
        .field("client_recent_max_input_buffer", input)
        .field("client_recent_max_output_buffer", output)
        .field("blocked_clients", keyspace.waiting().clients() + keyspace.pause().heldClients())
        .field("tracking_clients", Tracking.of(keyspace).clients())
        .field("clients_in_timeout_table", keyspace.waiting().withTimeout())
        .field("total_blocking_keys", keyspace.waiting().keys())
        .field("total_blocking_keys_on_nokey", keyspace.waiting().keysEvenIfGone());
  }

  void replication(InfoText text, BuiltinKeyspace keyspace) {
    ReplicationStatus status = server.replication().status();
    List<ReplicationStatus.Follower> replicas = status.replicas();
    text.section("Replication").field("role", "master").field("connected_slaves", replicas.size());
    if (server.live().number(Directive.MIN_REPLICAS_TO_WRITE) > 0) {
      text.field("min_slaves_good_slaves", status.goodReplicas());
    }
    for (int i = 0; i < replicas.size(); i++) {
      ReplicationStatus.Follower replica = replicas.get(i);
      text.field(
          "slave" + i,
          "ip=%s,port=%d,state=%s,offset=%d,lag=%d"
              .formatted(
                  replica.address(),
                  replica.port(),
                  replica.state(),
                  replica.offset(),
                  replica.lag()));
    }
    text.field("master_failover_state", "no-failover")
        .field("master_replid", status.id())
        .field("master_replid2", "0".repeat(40))
        .field("master_repl_offset", status.offset())
        .field("second_repl_offset", -1)
        .field("repl_backlog_active", status.backlogActive() ? 1 : 0)
        .field("repl_backlog_size", status.backlogSize())
        .field("repl_backlog_first_byte_offset", status.firstByte())
        .field("repl_backlog_histlen", status.kept());
  }

  void cpu(InfoText text, BuiltinKeyspace keyspace) {
    CpuTime process = ProcessFigures.processCpu();
    CpuTime loop = ProcessFigures.threadCpu();
    text.section("CPU")
        .field("used_cpu_sys", process.system(), 6)
        .field("used_cpu_user", process.user(), 6)
        .field("used_cpu_sys_children", 0, 6)
        .field("used_cpu_user_children", 0, 6)
        .field("used_cpu_sys_main_thread", loop.system(), 6)
        .field("used_cpu_user_main_thread", loop.user(), 6);
  }

  void cluster(InfoText text, BuiltinKeyspace keyspace) {
    text.section("Cluster").field("cluster_enabled", keyspace.slotRules() == null ? 0 : 1);
  }

  void keyspace(InfoText text, BuiltinKeyspace keyspace) {
    text.section("Keyspace");
    for (int number = 0; number < keyspace.databases().count(); number++) {
      long keys = keyspace.databases().seenIn(number);
      long expiring = keyspace.databases().seenExpiringIn(number);
      if (keys > 0) {
        long lifetime = (long) keyspace.databases().seenLifetimeIn(number);
        text.field("db" + number, "keys=" + keys + ",expires=" + expiring + ",avg_ttl=" + lifetime);
      }
    }
  }
}
