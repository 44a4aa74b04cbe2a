package io.keyward.engine.builtin;

import io.keyward.config.tenant.Limit;
import io.keyward.engine.KeyspaceLimits;
import io.keyward.engine.Line;
import io.keyward.engine.RateLimit;
import io.keyward.engine.SharedLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the requests of a keyspace within its commands and bytes a second.
 *
 * <p>What is beyond is refused, or its clients wait for their turn in the order of their coming:
 * then as many go on at a time as there is something to spend for. Home loop only.
 */
public final class Throttle {
  private record Rate(Limit limit, RateLimit units) {}

  /** A client that waits, since a moment of {@link System#nanoTime()}. */
  private record Waiting(Runnable goOn, long since) {}

  private final BuiltinKeyspace keyspace;
  private final Limits limits;
  private final Line<Waiting> waiting = new Line<>();
  private List<Rate> commands = List.of();
  private List<Rate> bytes = List.of();
  private long forgiven;
  private boolean refuses;
  private boolean serving;
  private boolean scheduled;

  Throttle(BuiltinKeyspace keyspace, Limits limits) {
    this.keyspace = keyspace;
    this.limits = limits;
  }

  /** Takes on rates; who waits goes on waiting for the new ones. */
  void set(KeyspaceLimits given) {
    commands = rates(commands, given, Limit.COMMANDS_PER_SECOND);
    bytes = rates(bytes, given, Limit.BYTES_PER_SECOND);
    refuses = given.own().getOrDefault(Limit.OVER_LIMIT, Limit.SLOW) == Limit.REFUSE;
    serveLater(0);
  }

  private static List<Rate> rates(List<Rate> former, KeyspaceLimits given, Limit limit) {
    List<Rate> present = new ArrayList<>();
    Long perSecond = given.own().get(limit);
    SharedLimits together = given.together();
    RateLimit shared = together == null ? null : together.rate(limit);
    if (perSecond != null) {
      present.add(new Rate(limit, own(former, shared, perSecond)));
    }
    if (shared != null) {
      present.add(new Rate(limit, shared));
    }
    return List.copyOf(present);
  }

  /** The keyspace's own rate goes on with what has been spent. */
  private static RateLimit own(List<Rate> former, @Nullable RateLimit shared, long perSecond) {
    for (Rate rate : former) {
      if (rate.units() != shared) {
        rate.units().set(perSecond);
        return rate.units();
      }
    }
    return new RateLimit(perSecond);
  }

  /** Whether there is any rate to be kept. */
  boolean any() {
    return !commands.isEmpty() || !bytes.isEmpty();
  }

  /** Whether what is beyond is refused rather than slowed. */
  public boolean refuses() {
    return refuses;
  }

  /** How many commands may be executed now; 0 if a rate is used up or others wait. */
  public long allowance(long now) {
    if (!refuses && !serving && !waiting.isEmpty()) {
      return 0;
    }
    if (usedUp(bytes, now) != null) {
      return 0;
    }
    long least = Long.MAX_VALUE;
    for (Rate rate : commands) {
      least = Math.min(least, rate.units().available(now));
    }
    return least;
  }

  /** Which limit a command is beyond, now that there is no {@link #allowance}. */
  public Limit exceeded(long now) {
    Rate rate = usedUp(bytes, now);
    return rate == null ? Limit.COMMANDS_PER_SECOND : rate.limit();
  }

  private static @Nullable Rate usedUp(List<Rate> rates, long now) {
    for (Rate rate : rates) {
      if (rate.units().owed(now) > 0) {
        return rate;
      }
    }
    return null;
  }

  /** Counts commands that have been executed. */
  public void executed(long now, long count) {
    for (Rate rate : commands) {
      rate.units().spend(now, count);
    }
  }

  /** Counts bytes that have been received or sent. */
  public void carried(long count) {
    if (!bytes.isEmpty()) {
      long free = Math.min(forgiven, count);
      forgiven -= free;
      long now = System.nanoTime();
      for (Rate rate : bytes) {
        rate.units().spend(now, count - free);
      }
    }
  }

  /** So many bytes that are going to be sent do not count, since they are refusals. */
  public void forgive(long count) {
    forgiven += bytes.isEmpty() ? 0 : count;
  }

  /**
   * Lets a client wait for its turn.
   *
   * @param goOn takes up its requests, on this loop; it may be called when the client has left
   */
  public void await(Runnable goOn) {
    long now = System.nanoTime();
    waiting.add(new Waiting(goOn, now));
    serveLater(now);
  }

  private void serveLater(long now) {
    if (scheduled || waiting.isEmpty()) {
      return;
    }
    try {
      keyspace.loop().schedule(millisToWait(now == 0 ? System.nanoTime() : now), this::serve);
      scheduled = true;
    } catch (OutOfMemoryError full) {
      // The regular work comes to it.
    }
  }

  /** Lets who waits be served, should there have been no memory to; from time to time. */
  void tend() {
    serveLater(0);
  }

  private long millisToWait(long now) {
    long owed = 0;
    for (Rate rate : bytes) {
      owed = Math.max(owed, rate.units().owed(now));
    }
    for (Rate rate : commands) {
      owed = Math.max(owed, rate.units().owed(now));
    }
    return Math.max(1, Math.min(1000, owed / 1_000_000));
  }

  private void serve() {
    scheduled = false;
    serving = true;
    long now = System.nanoTime();
    try {
      for (int left = waiting.size(); left > 0 && allowance(now) > 0; left--) {
        Waiting first = Objects.requireNonNull(waiting.poll());
        limits.slowed(now - first.since());
        first.goOn().run();
        now = System.nanoTime();
      }
    } finally {
      serving = false;
      serveLater(now);
    }
  }
}
