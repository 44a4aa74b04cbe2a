package io.keyward.engine.builtin;

import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.memory.EntryVisits;

/**
 * Removes keys and fields of hashes whose time is up, in slices.
 *
 * <p>The dictionary marks the entries that expire, so a walk looks at buckets and touches only
 * those entries: 64 bytes for some eight keys. Each tick goes on where the last one stopped. A walk
 * over a database that turns up much that is overdue goes on within its slice of time; one that
 * finds little ends after a share of the buckets.
 */
public final class ActiveExpiry {
  private static final int BUCKETS_AT_ONCE = 64;
  private static final int LEAST_BUCKETS_A_TICK = 4096;

  private final BuiltinKeyspace keyspace;
  private boolean enabled = true;
  private int database;
  private int bucket;
  private int visited;
  private int expired;
  private long lifetimes;
  private double averageLifetime;
  private double stalePercent;
  private long cutShort;

  ActiveExpiry(BuiltinKeyspace keyspace) {
    this.keyspace = keyspace;
  }

  /** Switches the walk on or off, for DEBUG SET-ACTIVE-EXPIRE. */
  public void enabled(boolean on) {
    enabled = on;
  }

  /** The mean time to live of keys that expire, in milliseconds, as the last walks have seen. */
  public double averageLifetime() {
    return averageLifetime;
  }

  /** How many of a hundred keys that expire were overdue when the last walks met them. */
  public double stalePercent() {
    return stalePercent;
  }

  /** How often a walk was not at its end when its slice of time was over. */
  public long cutShort() {
    return cutShort;
  }

  void run(long now, long deadline) {
    if (!enabled) {
      return;
    }
    int databases = keyspace.databases().count();
    for (int i = 0; i < databases; i++) {
      Database at = keyspace.databases().ifUsed(database);
      if (at != null && at.expiring() > 0 && !walk(at, now, deadline)) {
        return;
      }
      if (at != null && !at.expiringHashes().walk(now, deadline)) {
        return;
      }
      bucket = 0;
      database = (database + 1) % databases;
    }
  }

  /** Whether the walk came to the end of the database. */
  private boolean walk(Database at, long now, long deadline) {
    Entry view = at.newView();
    long effort = keyspace.home().settings().number(Directive.ACTIVE_EXPIRE_EFFORT);
    int looked = 0;
    visited = 0;
    expired = 0;
    lifetimes = 0;
    boolean finished;
    do {
      bucket =
          EntryVisits.marked(
              at.keys(),
              bucket,
              BUCKETS_AT_ONCE,
              Integer.MAX_VALUE,
              reference -> visit(at, at.at(reference, view), now));
      looked += BUCKETS_AT_ONCE;
      finished = bucket == 0;
    } while (!finished
        && (looked < LEAST_BUCKETS_A_TICK * effort || expired * 10 > visited)
        && System.nanoTime() < deadline);
    if (!finished && System.nanoTime() >= deadline) {
      cutShort++;
    }
    if (visited > 0) {
      stalePercent = stalePercent * 0.95 + 100.0 * expired / visited * 0.05;
    }
    int alive = visited - expired;
    if (alive > 0) {
      double seen = (double) lifetimes / alive;
      averageLifetime = averageLifetime == 0 ? seen : averageLifetime * 0.9 + seen * 0.1;
    }
    return finished;
  }

  private void visit(Database at, Entry entry, long now) {
    visited++;
    if (entry.expired(now)) {
      at.departures().expire(entry);
      expired++;
    } else {
      lifetimes += entry.expiry() - now;
    }
  }
}
