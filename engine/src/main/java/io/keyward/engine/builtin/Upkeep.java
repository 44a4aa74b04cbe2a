package io.keyward.engine.builtin;

import io.keyward.engine.SteadyTime;
import io.keyward.engine.builtin.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * The regular work of a keyspace: what expires, who has waited, what is counted for each second.
 */
final class Upkeep {
  private final BuiltinKeyspace keyspace;
  private final ActiveExpiry activeExpiry;
  private @Nullable Census census;

  Upkeep(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
    activeExpiry = new ActiveExpiry(keyspace);
  }

  ActiveExpiry activeExpiry() {
    return activeExpiry;
  }

  /** What the data is made of, or null if it has not been counted yet; counts it anew soon. */
  @Nullable CensusFigures census() {
    if (!keyspace.databases().holdKeys()) {
      return CensusFigures.NONE;
    }
    Census present = census;
    if (present == null) {
      present = new Census(keyspace);
      census = present;
    }
    return present.ask();
  }

  /**
   * Does it until {@code deadline} on the clock of {@link System#nanoTime()}.
   *
   * @return false if the keyspace turned out to hold nothing and is no longer looked after
   */
  boolean tick(long now, long deadline) {
    keyspace.quota().tell();
    keyspace.pins().tell();
    Limits limits = keyspace.limits();
    if (limits != null) {
      limits.tell();
    }
    if (keyspace.slices().busy()) {
      return true;
    }
    Databases databases = keyspace.databases();
    if (keyspace.clients().isEmpty() && databases.idle()) {
      databases.rest();
      census = null;
      return false;
    }
    Statistics statistics = keyspace.statistics();
    statistics.commandRate().sample(SteadyTime.millis(), statistics.commands());
    keyspace.pause().check();
    if (keyspace.pause().scope() == Pause.Scope.NOTHING) {
      expire(now, deadline);
    }
    keyspace.waiting().serve(now);
    keyspace.tellTrackers();
    databases.forEach(database -> tend(database, deadline));
    keyspace.pins().step(deadline);
    Census counting = census;
    if (counting != null) {
      counting.step(now, deadline);
    }
    return true;
  }

  private void tend(Database database, long deadline) {
    database.keys().tend(deadline);
    database.frequencies().tend(keyspace.home().clock(), database.size());
    PinnedKeys pinned = database.pinnedIfAny();
    if (pinned != null) {
      pinned.tend();
    }
  }

  private void expire(long now, long deadline) {
    Observation observation = keyspace.observation();
    if (!observation.watchesLatency()) {
      activeExpiry.run(now, deadline);
      return;
    }
    long start = System.nanoTime();
    activeExpiry.run(now, deadline);
    observation.event(Observation.EXPIRE_CYCLE, System.nanoTime() - start);
  }
}
