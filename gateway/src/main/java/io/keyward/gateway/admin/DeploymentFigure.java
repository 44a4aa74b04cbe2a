package io.keyward.gateway.admin;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Channels.Kind;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.script.ScriptFigures;
import io.keyward.engine.builtin.stream.StreamTotals;
import io.keyward.engine.builtin.tracking.Tracking;
import java.util.function.ToLongFunction;

/**
 * What is told of a deployment in one number, each declared once: the metric and how it is read.
 * All are read on the keyspace's home loop, and at a cost that does not grow with the data.
 */
enum DeploymentFigure {
  HITS(true, "keyward_keyspace_hits", "Look-ups that found a key.", k -> k.statistics().hits()),
  MISSES(
      true, "keyward_keyspace_misses", "Look-ups that found none.", k -> k.statistics().misses()),
  EXPIRED(
      true,
      "keyward_expired_keys",
      "Keys removed because their time was up.",
      k -> k.statistics().expiredKeys()),
  EXPIRED_FIELDS(
      true,
      "keyward_expired_fields",
      "Fields of hashes removed because their time was up.",
      k -> k.statistics().expiredFields()),
  EVICTED(
      true,
      "keyward_evicted_keys",
      "Keys removed to keep within a limit of memory or keys.",
      k -> k.statistics().evictedKeys()),
  EVICTED_PINNED(
      true,
      "keyward_evicted_pinned_keys",
      "Of the evicted keys those in pinned namespaces, which went for others there.",
      k -> k.statistics().evictedPinnedKeys()),
  RECEIVED(
      true,
      "keyward_received_bytes",
      "Bytes received from clients.",
      k -> k.statistics().receivedBytes()),
  SENT(true, "keyward_sent_bytes", "Bytes sent to clients.", k -> k.statistics().sentBytes()),
  PUBLISHED(
      true,
      "keyward_messages_published",
      "Messages published to channels.",
      k -> k.statistics().publishedMessages()),
  DELIVERED(
      true,
      "keyward_messages_delivered",
      "Copies of messages written to subscribers.",
      k -> k.statistics().deliveredMessages()),
  SLOW(
      true,
      "keyward_slow_commands",
      "Commands that took longer than slowlog-log-slower-than.",
      k -> k.observation().slowLog().added()),
  ENTERED(
      true,
      "keyward_clients_entered",
      "Clients that have entered, by connecting or by logging in.",
      keyspace -> keyspace.members().entered()),
  STOPPED_SCRIPTS(
      true,
      "keyward_stopped_scripts",
      "Scripts and functions that were killed, or ended because they exceeded a limit.",
      k -> k.statistics().stoppedScripts()),
  CUT_OFF(
      true,
      "keyward_clients_cut_off",
      "Clients that were closed because all together took too much memory.",
      k -> k.clientMemory().cutOff()),
  KEYS(false, "keyward_keys", "Keys in all databases.", k -> sum(k, Database::size)),
  EXPIRING(
      false,
      "keyward_expiring_keys",
      "Keys that have a time to live.",
      k -> sum(k, Database::expiring)),
  BYTES(false, "keyward_data_bytes", "Bytes that the data takes in memory.", k -> k.usedBytes()),
  MOST_BYTES(
      false,
      "keyward_data_limit_bytes",
      "Bytes that the data may take by a limit of the deployment or its tenant; 0 = none.",
      BuiltinKeyspace::mostBytes),
  PINNED_KEYS(false, "keyward_pinned_keys", "Keys in pinned namespaces.", k -> k.pins().keys()),
  PINNED_BYTES(
      false,
      "keyward_pinned_bytes",
      "Bytes that keys in pinned namespaces take with their values, part of keyward_data_bytes.",
      k -> k.pins().bytes()),
  MOST_PINNED_BYTES(
      false,
      "keyward_pinned_limit_bytes",
      "Bytes that they may take by a limit of the deployment or its tenant; 0 = none.",
      k -> k.pins().most()),
  CLIENTS(false, "keyward_clients", "Clients in the deployment.", k -> k.clients().size()),
  CLIENT_BYTES(
      false,
      "keyward_client_bytes",
      "Bytes that clients take: unread input, unsent output, transactions, subscriptions.",
      k -> k.clientMemory().bytes()),
  BLOCKED(
      false,
      "keyward_blocked_clients",
      "Clients that wait for keys.",
      keyspace -> keyspace.waiting().clients()),
  CHANNELS(
      false,
      "keyward_pubsub_channels",
      "Channels, patterns and sharded channels that have subscribers.",
      DeploymentFigure::channels),
  SUBSCRIPTIONS(
      false,
      "keyward_pubsub_subscriptions",
      "Subscriptions of all clients.",
      k -> k.channels().subscriptions()),
  SCRIPTS(
      false,
      "keyward_cached_scripts",
      "Scripts known by digest.",
      k -> ScriptFigures.of(k).scripts()),
  SCRIPT_BYTES(
      false,
      "keyward_cached_script_bytes",
      "About how many bytes their texts and compiled forms take.",
      k -> ScriptFigures.of(k).scriptBytes()),
  FUNCTIONS(
      false,
      "keyward_functions",
      "Functions of all libraries.",
      k -> ScriptFigures.of(k).functions()),
  STREAMS(
      false,
      "keyward_streams",
      "Streams.",
      k -> {
        StreamTotals totals = k.attachments().ifAny(StreamTotals.class);
        return totals == null ? 0 : totals.streams();
      }),
  STREAM_ENTRIES(
      false,
      "keyward_stream_entries",
      "Entries of all streams.",
      k -> {
        StreamTotals totals = k.attachments().ifAny(StreamTotals.class);
        return totals == null ? 0 : totals.entries();
      }),
  TRACKING_CLIENTS(
      false,
      "keyward_tracking_clients",
      "Clients that keep copies of keys and are told of changes.",
      k -> k.tracker() instanceof Tracking tracking ? tracking.clients() : 0),
  TRACKED_KEYS(
      false,
      "keyward_tracked_keys",
      "Keys remembered because such clients have read them.",
      k -> k.tracker() instanceof Tracking tracking ? tracking.totalKeys() : 0);

  private final boolean counter;
  private final String metric;
  private final String help;
  private final ToLongFunction<BuiltinKeyspace> reading;

  DeploymentFigure(
      boolean counter, String metric, String help, ToLongFunction<BuiltinKeyspace> reading) {
    this.counter = counter;
    this.metric = metric;
    this.help = help;
    this.reading = reading;
  }

  /** Whether it only grows, until it begins anew at nothing. */
  boolean counter() {
    return counter;
  }

  /** The metric's name, for a counter without the ending {@code _total}. */
  String metric() {
    return metric;
  }

  String help() {
    return help;
  }

  /** Reads it; called on the keyspace's home loop. */
  long read(BuiltinKeyspace keyspace) {
    return reading.applyAsLong(keyspace);
  }

  private static long sum(BuiltinKeyspace keyspace, ToLongFunction<Database> figure) {
    long sum = 0;
    for (int i = 0; i < keyspace.databases().count(); i++) {
      Database database = keyspace.databases().ifUsed(i);
      sum += database == null ? 0 : figure.applyAsLong(database);
    }
    return sum;
  }

  private static long channels(BuiltinKeyspace keyspace) {
    long names = 0;
    for (Kind kind : Kind.values()) {
      names += keyspace.channels().names(kind).size();
    }
    return names;
  }
}
