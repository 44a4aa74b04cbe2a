package io.keyward.engine.builtin.observation;

import io.keyward.engine.Client;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandFlag;
import java.util.function.Function;

/** What one keyspace notes about its commands; touched on its home loop alone. */
public final class Observation {
  /** The event of a command that took long. */
  public static final String COMMAND = "command";

  /** The event of a command that took long although it has little to do. */
  public static final String FAST_COMMAND = "fast-command";

  /** The event of keys being removed because their time is up. */
  public static final String EXPIRE_CYCLE = "expire-cycle";

  /** The event of a write that waits for keys to be evicted. */
  public static final String EVICTION_CYCLE = "eviction-cycle";

  private final ObservationSettings settings;
  private final SlowLog slowLog = new SlowLog();
  private final LatencyEvents latencyEvents = new LatencyEvents();
  private final CommandTimes times = new CommandTimes();
  private final Monitors monitors;

  /**
   * Nothing noted yet.
   *
   * @param outputs where to write what a client has not asked for
   */
  public Observation(ObservationSettings settings, Function<Client, Reply> outputs) {
    this.settings = settings;
    monitors = new Monitors(outputs);
  }

  /** The commands that took long. */
  public SlowLog slowLog() {
    return slowLog;
  }

  /** What held the keyspace up. */
  public LatencyEvents latencyEvents() {
    return latencyEvents;
  }

  /** How long the calls of each command took. */
  public CommandTimes times() {
    return times;
  }

  /** The clients that watch the commands. */
  public Monitors monitors() {
    return monitors;
  }

  /** Shows a command to the clients that watch, where its line precedes those of what it runs. */
  public void begins(Request request, Command command) {
    if (monitors.any() && command.has(CommandFlag.SKIP_MONITOR)) {
      monitors.show(request, command);
    }
  }

  /**
   * Shows a command to the clients that watch; EXEC comes after what it has executed, and what
   * administrators do is not shown.
   */
  public void ran(Request request, Command command) {
    if (monitors.any()
        && !command.has(CommandFlag.SKIP_MONITOR)
        && !command.has(CommandFlag.ADMIN)) {
      monitors.show(request, command);
    }
  }

  /** Notes that a command has ended; allocates only if it took long. */
  public void finished(Request request, Command command, long nanos) {
    if (settings.tracksTimes()) {
      times.record(command, nanos);
    }
    if (nanos >= settings.notableNanos()) {
      note(request, command, nanos);
    }
  }

  private void note(Request request, Command command, long nanos) {
    event(command.has(CommandFlag.FAST) ? FAST_COMMAND : COMMAND, nanos);
    if (nanos >= settings.slowNanos() && !command.has(CommandFlag.SKIP_SLOWLOG)) {
      slowLog.add(request, command, nanos, settings.slowLogLength());
    }
  }

  /** Whether it is worth measuring what is no command. */
  public boolean watchesLatency() {
    return settings.latencyNanos() != ObservationSettings.NEVER;
  }

  /** Notes that something has held the keyspace up, if it took long enough. */
  public void event(String name, long nanos) {
    if (nanos >= settings.latencyNanos()) {
      latencyEvents.add(name, System.currentTimeMillis() / 1000, nanos / 1_000_000);
    }
  }
}
