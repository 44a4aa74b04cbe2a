package io.keyward.gateway.command;

import io.keyward.config.directive.Assignment;
import io.keyward.config.directive.Directive;
import io.keyward.config.directive.KeyspaceEvents;
import io.keyward.config.directive.RefusedException;
import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * CONFIG as a deployment sees it that is one of several: what describes its own data, and the
 * directives of which it may have a value of its own. All else is the gateway's.
 */
final class DeploymentDirectives {
  /** What a deployment may change for itself. */
  private static final Set<Directive> OWN = EnumSet.of(Directive.NOTIFY_KEYSPACE_EVENTS);

  /** What it sees: how its data is kept, nothing of the machine, the sockets and the files. */
  private static final Set<Directive> SHOWN =
      EnumSet.of(
          Directive.DATABASES,
          Directive.TIMEOUT,
          Directive.PROTO_MAX_BULK_LEN,
          Directive.CLIENT_QUERY_BUFFER_LIMIT,
          Directive.CLIENT_OUTPUT_BUFFER_LIMIT,
          Directive.MAXMEMORY_POLICY,
          Directive.HASH_MAX_LISTPACK_ENTRIES,
          Directive.HASH_MAX_LISTPACK_VALUE,
          Directive.SET_MAX_INTSET_ENTRIES,
          Directive.SET_MAX_LISTPACK_ENTRIES,
          Directive.SET_MAX_LISTPACK_VALUE,
          Directive.ZSET_MAX_LISTPACK_ENTRIES,
          Directive.ZSET_MAX_LISTPACK_VALUE,
          Directive.LIST_MAX_LISTPACK_SIZE,
          Directive.LIST_COMPRESS_DEPTH,
          Directive.HLL_SPARSE_MAX_BYTES,
          Directive.STREAM_NODE_MAX_BYTES,
          Directive.STREAM_NODE_MAX_ENTRIES,
          Directive.SCRIPT_TIME_LIMIT,
          Directive.SCRIPT_MEMORY_LIMIT,
          Directive.SAVE,
          Directive.APPENDONLY,
          Directive.SLOWLOG_LOG_SLOWER_THAN,
          Directive.SLOWLOG_MAX_LEN,
          Directive.LATENCY_MONITOR_THRESHOLD,
          Directive.LATENCY_TRACKING,
          Directive.NOTIFY_KEYSPACE_EVENTS);

  private DeploymentDirectives() {}

  /** Of all directives that a client has asked for, those that a deployment sees. */
  static Map<String, String> shown(BuiltinKeyspace keyspace, Map<String, String> found) {
    Map<String, String> shown = new LinkedHashMap<>();
    found.forEach(
        (name, value) -> {
          Directive directive = Directive.named(name).orElse(null);
          if (directive == Directive.NOTIFY_KEYSPACE_EVENTS) {
            shown.put(name, KeyspaceEvents.format(keyspace.notifications().classes()));
          } else if (directive == Directive.SAVE && !keyspace.effects().kept()) {
            shown.put(name, "");
          } else if (directive == Directive.APPENDONLY && !keyspace.effects().kept()) {
            shown.put(name, "no");
          } else if (directive != null && SHOWN.contains(directive)) {
            shown.put(name, value);
          }
        });
    return shown;
  }

  /**
   * Sets a deployment's own directives, all of them or none.
   *
   * @throws CommandException NOPERM if one of them is the gateway's
   */
  static void set(Request request, List<Assignment> assignments) {
    for (Assignment assignment : assignments) {
      if (Directive.named(assignment.name()).filter(OWN::contains).isEmpty()) {
        throw Errors.notPermitted(request.client(), request.command().fullName());
      }
    }
    for (Assignment assignment : assignments) {
      try {
        int classes = KeyspaceEvents.parse(assignment.text());
        Database.of(request).keyspace().notifications().choose(classes);
      } catch (RefusedException refused) {
        throw CommandException.error(
            "CONFIG SET failed (possibly related to argument '"
                + assignment.name().toLowerCase(Locale.ROOT)
                + "') - "
                + refused.reason());
      }
    }
  }
}
