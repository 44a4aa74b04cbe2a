package io.keyward.config.tenant;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a tenant or a deployment may have or do at most, declared once. */
public enum Limit {
  /** Bytes of data, a number with a unit such as {@code 512mb}. */
  MEMORY(Unit.BYTES, true),
  /** Open connections. */
  CONNECTIONS(Unit.COUNT, true),
  /** Requests in each second. */
  COMMANDS_PER_SECOND(Unit.COUNT),
  /** Length of the longest argument. */
  MAX_VALUE(Unit.BYTES),
  /** How long one script may run, such as {@code 5s}. */
  SCRIPT_TIME(Unit.TIME);

  /** What the number of a limit counts. */
  public enum Unit {
    COUNT("a whole number from 1 on"),
    BYTES("bytes, such as 512mb"),
    TIME("a time, such as 500ms, 5s, 10m or 24h");

    private final String expects;

    Unit(String expects) {
      this.expects = expects;
    }

    /** What a value looks like, in words that fit behind "give". */
    public String expects() {
      return expects;
    }
  }

  private final String limitName;
  private final Unit unit;
  private final boolean kept;

  Limit(Unit unit) {
    this(unit, false);
  }

  Limit(Unit unit, boolean kept) {
    this.limitName = name().toLowerCase(Locale.ROOT).replace('_', '-');
    this.unit = unit;
    this.kept = kept;
  }

  /** The name in keyward.yaml. */
  public String limitName() {
    return limitName;
  }

  public Unit unit() {
    return unit;
  }

  /** Whether this version sees to it; a limit that would not be kept is refused. */
  public boolean kept() {
    return kept;
  }

  /** The limit of this name. */
  public static Optional<Limit> named(String name) {
    return Arrays.stream(values()).filter(limit -> limit.limitName.equals(name)).findFirst();
  }
}
