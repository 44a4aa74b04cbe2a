package io.keyward.gateway.admin;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Statistics;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandGroup;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a keyspace counts, copied at one moment on its home loop, so that other threads may read it.
 *
 * @param calls executed commands by family
 * @param nanos nanoseconds spent in them by family
 * @param errors error replies
 * @param hits look-ups of keys that were there
 * @param misses look-ups of keys that were not
 * @param expired keys that were removed because their time was up
 * @param evicted keys that were removed to make room
 * @param keys keys in all databases
 * @param bytes bytes that the data takes
 * @param clients connections that have entered
 * @param blocked clients that wait for keys
 */
record KeyspaceFigures(
    Map<CommandGroup, Long> calls,
    Map<CommandGroup, Long> nanos,
    long errors,
    long hits,
    long misses,
    long expired,
    long evicted,
    long keys,
    long bytes,
    long clients,
    long blocked) {

  static final KeyspaceFigures NONE =
      new KeyspaceFigures(Map.of(), Map.of(), 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** Copies the figures; called on the keyspace's home loop. */
  static KeyspaceFigures of(BuiltinKeyspace keyspace) {
    Statistics statistics = keyspace.statistics();
    Map<CommandGroup, Long> calls = new EnumMap<>(CommandGroup.class);
    Map<CommandGroup, Long> nanos = new EnumMap<>(CommandGroup.class);
    for (Command command : keyspace.table().numbered()) {
      calls.merge(command.group(), statistics.calls(command), Long::sum);
      nanos.merge(command.group(), statistics.nanos(command), Long::sum);
    }
    long keys = 0;
    for (int i = 0; i < keyspace.databaseCount(); i++) {
      Database database = keyspace.databaseIfUsed(i);
      keys += database == null ? 0 : database.size();
    }
    return new KeyspaceFigures(
        calls,
        nanos,
        statistics.errors(),
        statistics.hits(),
        statistics.misses(),
        statistics.expiredKeys(),
        statistics.evictedKeys(),
        keys,
        keyspace.usedBytes(),
        keyspace.clients().size(),
        keyspace.blockedClients());
  }
}
