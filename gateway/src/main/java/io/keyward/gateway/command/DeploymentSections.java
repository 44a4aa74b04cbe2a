package io.keyward.gateway.command;

import io.keyward.config.directive.Directive;
import io.keyward.engine.SteadyTime;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Channels.Kind;
import io.keyward.engine.builtin.Statistics;
import io.keyward.engine.builtin.appendonly.AppendOnlyLog;
import io.keyward.gateway.server.Server;
import java.time.Instant;

/**
 * INFO as a deployment sees it that is one of several: a server of its own, and nothing that tells
 * of the process or of others. Figures that are the gateway's alone are left out.
 */
final class DeploymentSections {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Server server;

  DeploymentSections(Server server) {
    this.server = server;
  }

  void server(InfoText text, BuiltinKeyspace keyspace) {
    Instant now = Instant.now();
    long uptime = (SteadyTime.millis() - server.startedAt()) / 1000;
    text.section("Server")
        .field("redis_version", Server.redisVersion())
        .field("redis_mode", "standalone")
        .field("keyward_version", Server.version())
        .field("keyward_engine", "builtin")
        .field("arch_bits", 64)
        .field("run_id", server.runIdOf(keyspace))
        .field("tcp_port", server.port() != 0 ? server.port() : server.tlsPort())
        .field("server_time_usec", now.getEpochSecond() * 1_000_000 + now.getNano() / 1000)
        .field("uptime_in_seconds", uptime)
        .field("uptime_in_days", uptime / 86_400);
  }

  void clients(InfoText text, BuiltinKeyspace keyspace) {
    text.section("Clients")
        .field("connected_clients", keyspace.clients().size())
        .field("cluster_connections", 0)
        .field("blocked_clients", keyspace.waiting().clients() + keyspace.pause().heldClients())
        .field("clients_in_timeout_table", keyspace.waiting().withTimeout())
        .field("total_blocking_keys", keyspace.waiting().keys())
        .field("total_blocking_keys_on_nokey", keyspace.waiting().keysEvenIfGone());
  }

  void memory(InfoText text, BuiltinKeyspace keyspace) {
    long used = keyspace.usedBytes();
    long clients = keyspace.clientMemory().bytes();
    text.section("Memory")
        .bytes("used_memory", used)
        .field("used_memory_overhead", clients)
        .field("used_memory_dataset", used)
        .bytes("maxmemory", keyspace.mostBytes())
        .field("maxmemory_policy", server.live().text(Directive.MAXMEMORY_POLICY))
        .field("keyward_pinned_keys", keyspace.pins().keys())
        .bytes("keyward_pinned_memory", keyspace.pins().bytes())
        .bytes("keyward_pinned_memory_limit", keyspace.pins().most())
        .field("mem_not_counted_for_evict", keyspace.pins().bytes())
        .field("mem_clients_normal", clients)
        .field("mem_allocator", "jvm");
  }

  /** Whether the data is kept, without how much all deployments have changed and written. */
  void persistence(InfoText text, BuiltinKeyspace keyspace) {
    AppendOnlyLog log = server.durability().appendOnly();
    text.section("Persistence")
        .field("loading", log.progress().loading() ? 1 : 0)
        .field("async_loading", 0)
        .field("rdb_last_bgsave_status", server.snapshots().history().lastFailed() ? "err" : "ok")
        .field("aof_enabled", log.status().enabled() && keyspace.effects().kept() ? 1 : 0)
        .field("aof_last_write_status", log.status().lastWriteSucceeded() ? "ok" : "err");
  }

  void stats(InfoText text, BuiltinKeyspace keyspace) {
    Statistics statistics = keyspace.statistics();
    text.section("Stats")
        .field("total_connections_received", keyspace.members().entered())
        .field("total_commands_processed", statistics.commands())
        .field("instantaneous_ops_per_sec", Math.round(statistics.commandRate().perSecond()))
        .field("expired_keys", statistics.expiredKeys())
        .field("evicted_keys", statistics.evictedKeys())
        .field("keyward_evicted_pinned_keys", statistics.evictedPinnedKeys())
        .field("evicted_clients", keyspace.clientMemory().cutOff())
        .field("keyspace_hits", statistics.hits())
        .field("keyspace_misses", statistics.misses())
        .field("pubsub_channels", keyspace.channels().names(Kind.CHANNEL).size())
        .field("pubsub_patterns", keyspace.channels().names(Kind.PATTERN).size())
        .field("pubsubshard_channels", keyspace.channels().names(Kind.SHARD_CHANNEL).size())
        .field("total_error_replies", statistics.errors());
  }

  void replication(InfoText text, BuiltinKeyspace keyspace) {
    text.section("Replication")
        .field("role", "master")
        .field("connected_slaves", 0)
        .field("master_replid", server.runIdOf(keyspace))
        .field("master_repl_offset", 0);
  }

  /** The time spent in the deployment's own commands. */
  void cpu(InfoText text, BuiltinKeyspace keyspace) {
    long nanos = keyspace.statistics().allNanos();
    text.section("CPU").field("used_cpu_user", nanos / NANOS_PER_SECOND, 6);
  }
}
