package io.keyward.gateway.command;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Channels.Kind;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.ErrorCounts;
import io.keyward.engine.builtin.Overview;
import io.keyward.engine.builtin.Statistics;
import io.keyward.engine.builtin.tracking.Tracking;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What INFO tells the operator of all deployments together: sums, by the names of the fields. */
final class OverallFigures {
  private final Map<String, Long> sums = new TreeMap<>();
  private final Map<Integer, Keys> databases = new TreeMap<>();
  private final Map<Command, CommandCounts> commands = new HashMap<>();
  private final Map<String, Long> errors = new TreeMap<>();

  /**
   * Keys of a database.
   *
   * @param lifetimes the milliseconds that all those which expire have left together
   */
  private record Keys(long all, long expiring, double lifetimes) {
    Keys plus(Keys others) {
      return new Keys(all + others.all, expiring + others.expiring, lifetimes + others.lifetimes);
    }
  }

  private OverallFigures() {}

  /** Those of the keyspaces of one event loop, on which this is called. */
  static OverallFigures of(Overview overview) {
    OverallFigures figures = new OverallFigures();
    overview.rooms().forEach(figures::add);
    return figures;
  }

  /** Those of all event loops. */
  static OverallFigures of(List<OverallFigures> parts) {
    OverallFigures all = new OverallFigures();
    for (OverallFigures part : parts) {
      part.sums.forEach(all::add);
      part.commands.forEach(
          (name, counts) -> all.commands.merge(name, counts, CommandCounts::plus));
      part.errors.forEach(all::addError);
      part.databases.forEach((number, keys) -> all.databases.merge(number, keys, Keys::plus));
    }
    return all;
  }

  private void add(BuiltinKeyspace keyspace) {
    Statistics statistics = keyspace.statistics();
    add("total_commands_processed", statistics.commands());
    add("instantaneous_ops_per_sec", Math.round(statistics.commandRate().perSecond()));
    add("expired_subkeys", statistics.expiredFields());
    add("expired_keys", statistics.expiredKeys());
    add("evicted_keys", statistics.evictedKeys());
    add("keyward_evicted_pinned_keys", statistics.evictedPinnedKeys());
    add("keyward_pinned_keys", keyspace.pins().keys());
    add("keyspace_hits", statistics.hits());
    add("keyspace_misses", statistics.misses());
    add("total_error_replies", statistics.errors());
    add("pubsub_channels", keyspace.channels().names(Kind.CHANNEL).size());
    add("pubsub_patterns", keyspace.channels().names(Kind.PATTERN).size());
    add("pubsubshard_channels", keyspace.channels().names(Kind.SHARD_CHANNEL).size());
    add("blocked_clients", keyspace.waiting().clients() + keyspace.pause().heldClients());
    add("clients_in_timeout_table", keyspace.waiting().withTimeout());
    add("total_blocking_keys", keyspace.waiting().keys());
    add("total_blocking_keys_on_nokey", keyspace.waiting().keysEvenIfGone());
    if (keyspace.tracker() != null) {
      add("tracking_clients", Tracking.of(keyspace).clients());
    }
    for (Command command : keyspace.table().numbered()) {
      CommandCounts counts = CommandCounts.of(statistics, command);
      if (counts.any()) {
        commands.merge(command, counts, CommandCounts::plus);
      }
    }
    keyspace.executor().refusals().counts().byCode().forEach(this::addError);
    for (int number = 0; number < keyspace.databases().count(); number++) {
      Database database = keyspace.databases().ifUsed(number);
      if (database != null && database.size() > 0) {
        double lifetimes = keyspace.activeExpiry().averageLifetime() * database.expiring();
        databases.merge(
            number, new Keys(database.size(), database.expiring(), lifetimes), Keys::plus);
      }
    }
  }

  private void addError(String code, long count) {
    if (errors.size() < ErrorCounts.MOST_CODES || errors.containsKey(code)) {
      errors.merge(code, count, Long::sum);
    }
  }

  private void add(String name, long value) {
    sums.merge(name, value, Long::sum);
  }

  /** The figures that take the place of what one keyspace would tell. */
  Map<String, Long> sums() {
    return sums;
  }

  void commandStats(InfoText text, CommandTable table) {
    text.section("Commandstats");
    for (Command command : table.numbered()) {
      CommandCounts counts = commands.get(command);
      if (counts != null) {
        counts.write(text, command);
      }
    }
  }

  void errorStats(InfoText text) {
    text.section("Errorstats");
    errors.forEach((code, count) -> text.field("errorstat_" + code, "count=" + count));
  }

  void keyspace(InfoText text) {
    text.section("Keyspace");
    databases.forEach(
        (number, keys) ->
            text.field(
                "db" + number,
                "keys="
                    + keys.all()
                    + ",expires="
                    + keys.expiring()
                    + ",avg_ttl="
                    + (keys.expiring() == 0 ? 0 : (long) (keys.lifetimes() / keys.expiring()))));
  }
}
