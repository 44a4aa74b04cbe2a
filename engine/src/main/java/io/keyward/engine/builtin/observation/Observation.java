package io.keyward.engine.builtin.observation;

import io.keyward.engine.Request;
import io.keyward.engine.command.Command;
import io.keyward.engine.command.CommandFlag;

/** What one keyspace notes about its commands; touched on its home loop alone. */
public final class Observation {
  private final ObservationSettings settings;
  private final SlowLog slowLog = new SlowLog();

  public Observation(ObservationSettings settings) {
    this.settings = settings;
  }

  SlowLog slowLog() {
    return slowLog;
  }

  /** Notes that a command has ended; costs one comparison unless it took long. */
  public void finished(Request request, Command command, long nanos) {
    if (nanos >= settings.notableNanos()) {
      note(request, command, nanos);
    }
  }

  private void note(Request request, Command command, long nanos) {
    if (nanos >= settings.slowNanos() && !command.has(CommandFlag.SKIP_SLOWLOG)) {
      slowLog.add(request, command, nanos, settings.slowLogLength());
    }
  }
}
