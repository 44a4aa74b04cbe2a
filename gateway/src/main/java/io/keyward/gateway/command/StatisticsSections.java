package io.keyward.gateway.command;

import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Channels.Kind;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.MemoryLimit;
import io.keyward.engine.builtin.Statistics;
import io.keyward.engine.builtin.acl.AccessLog;
import io.keyward.engine.builtin.acl.Denial.Reason;
import io.keyward.engine.builtin.observation.CommandTimes;
import io.keyward.engine.builtin.replication.ReplicationStatus;
import io.keyward.engine.builtin.tracking.Tracking;
import io.keyward.engine.command.Command;
import io.keyward.gateway.server.Server;
import io.keyward.gateway.server.Traffic;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** INFO: what has been counted since the start or CONFIG RESETSTAT. */
final class StatisticsSections {
  private final Server server;

  StatisticsSections(Server server) {
    this.server = server;
  }

  void stats(InfoText text, BuiltinKeyspace keyspace) {
    Statistics statistics = keyspace.statistics();
    Traffic traffic = server.traffic();
    Tracking tracking = Tracking.of(keyspace);
    ReplicationStatus.Counts syncs = server.replication().status().counts();
    text.section("Stats")
        .field("total_connections_received", traffic.connectionsAccepted())
        .field("total_commands_processed", statistics.commands())
        .field("instantaneous_ops_per_sec", Math.round(statistics.commandRate().perSecond()))
        .field("total_net_input_bytes", traffic.bytesReceived())
        .field("total_net_output_bytes", traffic.bytesSent())
        .field("total_net_repl_input_bytes", 0)
        .field("total_net_repl_output_bytes", 0)
        .field("instantaneous_input_kbps", traffic.receivedPerSecond() / 1024, 2)
        .field("instantaneous_output_kbps", traffic.sentPerSecond() / 1024, 2)
        .field("instantaneous_input_repl_kbps", 0, 2)
        .field("instantaneous_output_repl_kbps", 0, 2)
        .field("rejected_connections", traffic.connectionsRejected())
        .field("sync_full", syncs.full())
        .field("sync_partial_ok", syncs.partial())
        .field("sync_partial_err", syncs.refused())
        .field("expired_subkeys", statistics.expiredFields())
        .field("expired_keys", statistics.expiredKeys())
        .field("expired_stale_perc", keyspace.activeExpiry().stalePercent(), 2)
        .field("expired_time_cap_reached_count", keyspace.activeExpiry().cutShort())
        .field("evicted_keys", statistics.evictedKeys())
        .field("keyward_evicted_pinned_keys", statistics.evictedPinnedKeys())
        .field("evicted_clients", server.traffic().cutOffForMemory())
        .field("total_eviction_exceeded_time", longest(MemoryLimit::exceededNanosInAll))
        .field("current_eviction_exceeded_time", longest(MemoryLimit::exceededNanos))
        .field("keyspace_hits", statistics.hits())
        .field("keyspace_misses", statistics.misses())
        .field("pubsub_channels", keyspace.channels().names(Kind.CHANNEL).size())
        .field("pubsub_patterns", keyspace.channels().names(Kind.PATTERN).size())
        .field("pubsubshard_channels", keyspace.channels().names(Kind.SHARD_CHANNEL).size())
        .field("latest_fork_usec", 0)
        .field("total_forks", 0)
        .field("migrate_cached_sockets", 0)
        .field("slave_expires_tracked_keys", 0)
        .field("total_active_defrag_time", 0)
        .field("current_active_defrag_time", 0)
        .field("active_defrag_hits", 0)
        .field("active_defrag_misses", 0)
        .field("active_defrag_key_hits", 0)
        .field("active_defrag_key_misses", 0)
        .field("tracking_total_keys", tracking.totalKeys())
        .field("tracking_total_items", tracking.totalItems())
        .field("tracking_total_prefixes", tracking.totalPrefixes())
        .field("unexpected_error_replies", 0)
        .field("total_error_replies", statistics.errors())
        .field("dump_payload_sanitizations", statistics.checkedPayloads())
        .field("total_reads_processed", traffic.reads())
        .field("total_writes_processed", traffic.writes())
        .field("io_threaded_reads_processed", 0)
        .field("io_threaded_writes_processed", 0)
        .field("client_query_buffer_limit_disconnections", traffic.inputLimitDisconnections())
        .field("client_output_buffer_limit_disconnections", traffic.outputLimitDisconnections());
    AccessLog refused = keyspace.access().log();
    for (Reason reason : List.of(Reason.AUTH, Reason.COMMAND, Reason.KEY, Reason.CHANNEL)) {
      String name = reason == Reason.COMMAND ? "cmd" : reason.wireName();
      text.field("acl_access_denied_" + name, refused.count(reason));
    }
  }

  /** All event loops look at the same data; in milliseconds. */
  private long longest(ToLongFunction<MemoryLimit> nanos) {
    long most = 0;
    for (Home home : server.homes()) {
      most = Math.max(most, nanos.applyAsLong(home.memoryLimit()));
    }
    return most / 1_000_000;
  }

  void commandStats(InfoText text, BuiltinKeyspace keyspace) {
    text.section("Commandstats");
    for (Command command : keyspace.table().numbered()) {
      CommandCounts counts = CommandCounts.of(keyspace.statistics(), command);
      if (counts.any()) {
        counts.write(text, command);
      }
    }
  }

  void errorStats(InfoText text, BuiltinKeyspace keyspace) {
    text.section("Errorstats");
    keyspace
        .executor()
        .refusals()
        .counts()
        .byCode()
        .forEach((code, count) -> text.field("errorstat_" + code, "count=" + count));
  }

  void latencyStats(InfoText text, BuiltinKeyspace keyspace) {
    text.section("Latencystats");
    CommandTimes times = keyspace.observation().times();
    List<String> percentiles = server.live().words(Directive.LATENCY_TRACKING_INFO_PERCENTILES);
    for (Command command : keyspace.table().numbered()) {
      if (times.known(command)) {
        String shown =
            percentiles.stream()
                .map(percentile -> percentile(times, command, new BigDecimal(percentile)))
                .collect(Collectors.joining(","));
        text.field("latency_percentiles_usec_" + command.fullName(), shown);
      }
    }
  }

  private static String percentile(CommandTimes times, Command command, BigDecimal percentile) {
    double micros = times.microsAtPercentile(command, percentile.doubleValue());
    return "p"
        + percentile.stripTrailingZeros().toPlainString()
        + "="
        + InfoText.decimal(micros, 3);
  }
}
