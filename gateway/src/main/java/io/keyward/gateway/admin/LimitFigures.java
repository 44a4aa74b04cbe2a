package io.keyward.gateway.admin;

import io.keyward.config.tenant.Limit;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Limits;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a deployment's limits are, and what they have done.
 *
 * @param most the limits that there are, by their names
 * @param refused how often each was the reason of a refusal
 * @param slowedNanos time that all clients together have waited for the rates
 */
record LimitFigures(Map<String, Long> most, Map<String, Long> refused, long slowedNanos) {
  static final LimitFigures NONE = new LimitFigures(Map.of(), Map.of(), 0);

  /** Copies the figures; called on the keyspace's home loop. */
  static LimitFigures of(BuiltinKeyspace keyspace) {
    Limits limits = keyspace.limits();
    if (limits == null) {
      return NONE;
    }
    Map<String, Long> most = new TreeMap<>();
    Map<String, Long> refused = new TreeMap<>();
    for (Limit limit : Limit.values()) {
      if (limits.has(limit) && limit != Limit.OVER_LIMIT) {
        most.put(limit.limitName(), limits.most(limit));
        refused.put(limit.limitName(), limits.refused(limit));
      }
    }
    return new LimitFigures(most, refused, limits.slowedNanos());
  }

  /** A sum to which what has been counted since is added; the limits of a sum are none. */
  LimitFigures plusIncrease(LimitFigures now, LimitFigures before) {
    Map<String, Long> sum = new TreeMap<>(refused);
    now.refused.forEach(
        (name, count) ->
            sum.merge(
                name,
                DeploymentFigures.increase(count, before.refused.getOrDefault(name, 0L)),
                Long::sum));
    return new LimitFigures(
        Map.of(),
        sum,
        slowedNanos + DeploymentFigures.increase(now.slowedNanos, before.slowedNanos));
  }
}
