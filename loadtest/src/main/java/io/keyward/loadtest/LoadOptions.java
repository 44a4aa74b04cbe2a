package io.keyward.loadtest;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the comparisons that put load on pinned servers. */
final class LoadOptions {
  @Option(
      names = "--clients",
      description = "Connections to each server. Default: ${DEFAULT-VALUE}.",
      defaultValue = "50")
  private int clients;

  @Option(
      names = "--keyspace",
      description = "Number of keys, members and fields. Default: ${DEFAULT-VALUE}.",
      defaultValue = "100000")
  private int keyspace;

  @Option(
      names = "--rounds",
      description =
          "Turns each server gets per line; figures are medians of them. Default: 3, for half-load"
              + " 15.")
  private int rounds;

  @Option(names = "--seconds", description = "Length of a turn. Default: 2, for half-load 1.")
  private double seconds;

  @Option(
      names = "--warmup",
      description = "Seconds of load on each server before the first turn. Default: 20.")
  private double warmup;

  @Option(
      names = "--quick",
      description = "One round of one second after 6 s of warm-up, values of 64 bytes only.")
  private boolean quick;

  @Mixin private Processors processors = new Processors();

  private final int usualRounds;
  private final double usualSeconds;

  /** Options whose defaults are so many turns of so many seconds. */
  LoadOptions(int usualRounds, double usualSeconds) {
    this.usualRounds = usualRounds;
    this.usualSeconds = usualSeconds;
  }

  int clients() {
    return clients;
  }

  int keyspace() {
    return keyspace;
  }

  boolean quick() {
    return quick;
  }

  int rounds() {
    return rounds > 0 ? rounds : quick ? 1 : usualRounds;
  }

  Duration turn() {
    return nanos(seconds > 0 ? seconds : quick ? 1 : usualSeconds);
  }

  /** Unmeasured load right before each turn: new connections, other code, cold caches. */
  Duration runIn() {
    return turn().dividedBy(5);
  }

  Duration warmup() {
    return nanos(warmup > 0 ? warmup : quick ? 6 : 20);
  }

  Processors processors() {
    return processors;
  }

  /** The servers and the conditions of a comparison, for the log. */
  String describe(List<RunningServer> running) {
    StringBuilder text = new StringBuilder();
    for (RunningServer server : running) {
      text.append(server.name()).append(": ").append(server.version());
      text.append(", ").append(server.commandLine()).append('\n');
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%d connections, %d keys, %d rounds of %.1f s, each after %.1f s of run-in;"
                + " each server warms up for %d s%n",
            clients,
            keyspace,
            rounds(),
            turn().toNanos() / 1e9,
            runIn().toNanos() / 1e9,
            warmup().toSeconds()));
    return text.toString();
  }

  private static Duration nanos(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }
}
