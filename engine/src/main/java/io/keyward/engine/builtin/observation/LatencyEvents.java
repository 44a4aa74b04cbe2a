package io.keyward.engine.builtin.observation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What has held a keyspace up for {@code latency-monitor-threshold} or longer, by its name. */
public final class LatencyEvents {
  private final Map<String, LatencyEvent> byName = new LinkedHashMap<>();

  /** Adds a sample that is to be kept. */
  void add(String name, long seconds, long millis) {
    byName.computeIfAbsent(name, absent -> new LatencyEvent()).add(seconds, millis);
  }

  /** The event of this name, or null. */
  public @Nullable LatencyEvent named(String name) {
    return byName.get(name);
  }

  /** All events in the order in which each was first seen. */
  public Map<String, LatencyEvent> all() {
    return Collections.unmodifiableMap(byName);
  }

  /** Forgets the event of this name in any case; tells how many that were. */
  public int forget(String name) {
    int before = byName.size();
    byName.keySet().removeIf(name::equalsIgnoreCase);
    return before - byName.size();
  }

  /** Forgets all events; tells how many that were. */
  public int forgetAll() {
    int before = byName.size();
    byName.clear();
    return before;
  }
}
