package io.keyward.gateway.admin;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.CensusFigures;
import io.keyward.engine.builtin.Statistics;
import io.keyward.engine.builtin.observation.TimeHistogram;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandGroup;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a deployment counts, copied at one moment on its home loop so that other threads may read
 * it; or the sum of several deployments.
 */
final class DeploymentFigures {
  /** The commands of one family. */
  static final class Family {
    static final Family NONE = new Family(0, 0, new long[TimeHistogram.DOUBLINGS]);

    private final long calls;
    private final long nanos;
    private final long[] times;

    /**
     * What is known of them.
     *
     * @param times calls by the time they took, as {@link TimeHistogram#addDoublings} tells them;
     *     all 0 unless {@code latency-tracking} has been on
     */
    Family(long calls, long nanos, long[] times) {
      this.calls = calls;
      this.nanos = nanos;
      this.times = times.clone();
    }

    long calls() {
      return calls;
    }

    long nanos() {
      return nanos;
    }

    long[] times() {
      return times.clone();
    }

    private Family without(long otherNanos) {
      return new Family(calls, Math.max(0, nanos - otherNanos), times);
    }

    private Family plusIncrease(Family now, Family before) {
      long[] sums = times.clone();
      for (int i = 0; i < sums.length; i++) {
        sums[i] += increase(now.times[i], before.times[i]);
      }
      return new Family(
          calls + increase(now.calls, before.calls),
          nanos + increase(now.nanos, before.nanos),
          sums);
    }
  }

  private final long[] numbers = new long[DeploymentFigure.values().length];
  private final Map<CommandGroup, Family> families = new EnumMap<>(CommandGroup.class);
  private final Map<String, Long> errors = new TreeMap<>();
  private long scriptNanos;
  private @Nullable CensusFigures census;
  private LimitFigures limits = LimitFigures.NONE;

  /** Copies the figures; called on the keyspace's home loop. */
  static DeploymentFigures of(BuiltinKeyspace keyspace) {
    DeploymentFigures copy = new DeploymentFigures();
    for (DeploymentFigure figure : DeploymentFigure.values()) {
      copy.numbers[figure.ordinal()] = figure.read(keyspace);
    }
    copy.census = keyspace.census();
    copy.limits = LimitFigures.of(keyspace);
    if (keyspace.statistics().commands() > 0) {
      copy.copyFamilies(keyspace);
    }
    keyspace
        .executor()
        .refusals()
        .counts()
        .byCode()
        .forEach((code, count) -> copy.errors.merge(ErrorKind.of(code), count, Long::sum));
    return copy;
  }

  private void copyFamilies(BuiltinKeyspace keyspace) {
    Statistics statistics = keyspace.statistics();
    for (Command command : keyspace.table().numbered()) {
      long calls = statistics.calls(command);
      if (calls > 0) {
        Family sum = families.getOrDefault(command.group(), Family.NONE);
        long[] times = sum.times.clone();
        TimeHistogram histogram = keyspace.observation().times().of(command);
        if (histogram != null) {
          histogram.addDoublings(times);
        }
        families.put(
            command.group(),
            new Family(sum.calls + calls, sum.nanos + statistics.nanos(command), times));
      }
    }
    // What they call is counted in its own family, so that the sum of all is what the loop spent.
    scriptNanos = families.getOrDefault(CommandGroup.SCRIPTING, Family.NONE).nanos();
    families.computeIfPresent(
        CommandGroup.SCRIPTING, (group, all) -> all.without(statistics.nanosFromScripts()));
    families.computeIfPresent(
        CommandGroup.TRANSACTIONS, (group, all) -> all.without(statistics.nanosFromTransactions()));
  }

  /** One number. */
  long of(DeploymentFigure figure) {
    return numbers[figure.ordinal()];
  }

  /** The families of which a command has been called. */
  Map<CommandGroup, Family> families() {
    return families;
  }

  /** Nanoseconds spent in scripts and functions with what they call. */
  long scriptNanos() {
    return scriptNanos;
  }

  /** Error replies by their kind. */
  Map<String, Long> errors() {
    return errors;
  }

  /** What the data is made of, or null if it has not been counted yet. */
  @Nullable CensusFigures census() {
    return census;
  }

  /** What the deployment's limits are, and what they have done. */
  LimitFigures limits() {
    return limits;
  }

  /** All error replies. */
  long allErrors() {
    return errors.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Nanoseconds spent in commands. */
  long nanos() {
    return families.values().stream().mapToLong(Family::nanos).sum();
  }

  /** Sets what is no counter to nothing, before the figures of this moment are added. */
  void beginSum() {
    for (DeploymentFigure figure : DeploymentFigure.values()) {
      if (!figure.counter()) {
        numbers[figure.ordinal()] = 0;
      }
    }
    census = null;
  }

  /**
   * Adds a deployment to a sum: the present figures, of counters what they have grown by, so that
   * the sum never falls when a deployment is no longer part of it.
   *
   * @param before its figures when it was last looked at, or null
   */
  void add(DeploymentFigures now, @Nullable DeploymentFigures before) {
    DeploymentFigures former = before == null ? new DeploymentFigures() : before;
    for (DeploymentFigure figure : DeploymentFigure.values()) {
      int at = figure.ordinal();
      numbers[at] +=
          figure.counter() ? increase(now.numbers[at], former.numbers[at]) : now.numbers[at];
    }
    scriptNanos += increase(now.scriptNanos, former.scriptNanos);
    limits = limits.plusIncrease(now.limits, former.limits);
    CensusFigures present = census;
    CensusFigures added = now.census;
    census =
        present == null || added == null ? (added == null ? present : added) : present.plus(added);
    now.families.forEach(
        (group, family) ->
            families.put(
                group,
                families
                    .getOrDefault(group, Family.NONE)
                    .plusIncrease(family, former.families.getOrDefault(group, Family.NONE))));
    now.errors.forEach(
        (kind, count) ->
            errors.merge(kind, increase(count, former.errors.getOrDefault(kind, 0L)), Long::sum));
  }

  /** How much a counter has grown; one that has fallen has begun anew. */
  static long increase(long now, long before) {
    return now < before ? now : now - before;
  }
}
