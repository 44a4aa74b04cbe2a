package io.keyward.config.tenant;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a tenant or a deployment may have or do at most, declared once. */
public enum Limit {
  /** Bytes of data, a number with a unit such as {@code 512mb}. */
  MEMORY(Unit.BYTES, Reach.TOGETHER),
  /** Bytes of pinned keys with their values, which do not count for {@link #MEMORY}. */
  PINNED_MEMORY(Unit.BYTES, Reach.TOGETHER),
  /** Keys, in all databases. */
  KEYS(Unit.COUNT, Reach.TOGETHER),
  /** Open connections. */
  CONNECTIONS(Unit.COUNT, Reach.TOGETHER),
  /** Requests in each second. */
  COMMANDS_PER_SECOND(Unit.COUNT, Reach.TOGETHER),
  /** Bytes received and sent in each second. */
  BYTES_PER_SECOND(Unit.BYTES, Reach.TOGETHER),
  /** Length of the longest argument, and of the longest string that a command may make. */
  MAX_VALUE(Unit.BYTES, Reach.EACH),
  /** Bytes of the longest request. */
  MAX_REQUEST(Unit.BYTES, Reach.EACH),
  /** How long one script may run, such as {@code 5s}. */
  SCRIPT_TIME(Unit.TIME, Reach.EACH),
  /** Bytes of output that a client has not taken, at which it is cut off. */
  OUTPUT_BUFFER(Unit.BYTES, Reach.EACH),
  /** Subscriptions to channels and patterns, of all clients. */
  CHANNELS(Unit.COUNT, Reach.TOGETHER),
  /** Bytes that all clients take: input, output, MULTI, subscriptions, watched keys. */
  CLIENT_MEMORY(Unit.BYTES, Reach.TOGETHER),
  /** Clients that wait for keys. */
  BLOCKED_CLIENTS(Unit.COUNT, Reach.TOGETHER),
  /** What becomes of requests beyond a rate: {@link #REFUSE} or {@link #SLOW}. */
  OVER_LIMIT(Unit.CHOICE, Reach.EACH);

  /** The amount of {@link #OVER_LIMIT} that answers with an error. */
  public static final long REFUSE = 1;

  /** The amount of {@link #OVER_LIMIT} that lets clients wait. */
  public static final long SLOW = 2;

  /** What the number of a limit counts. */
  public enum Unit {
    COUNT("a whole number from 1 on"),
    BYTES("bytes, such as 512mb"),
    TIME("a time, such as 500ms, 5s, 10m or 24h"),
    CHOICE("refuse or slow");

    private final String expects;

    Unit(String expects) {
      this.expects = expects;
    }

    /** What a value looks like, in words that fit behind "give". */
    public String expects() {
      return expects;
    }
  }

  /** What a tenant's limit is for, whose deployments may have limits of their own beside it. */
  public enum Reach {
    /** All deployments taken together. */
    TOGETHER,
    /** Each deployment for itself. */
    EACH
  }

  private final String limitName;
  private final Unit unit;
  private final Reach reach;

  Limit(Unit unit, Reach reach) {
    this.limitName = name().toLowerCase(Locale.ROOT).replace('_', '-');
    this.unit = unit;
    this.reach = reach;
  }

  /** The name in keyward.yaml. */
  public String limitName() {
    return limitName;
  }

  public Unit unit() {
    return unit;
  }

  public Reach reach() {
    return reach;
  }

  /** The limit of this name. */
  public static Optional<Limit> named(String name) {
    return Arrays.stream(values()).filter(limit -> limit.limitName.equals(name)).findFirst();
  }
}
