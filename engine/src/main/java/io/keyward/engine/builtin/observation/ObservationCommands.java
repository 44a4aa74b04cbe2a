package io.keyward.engine.builtin.observation;

import io.keyward.engine.command.CommandTable;

/** SLOWLOG, LATENCY and MONITOR. */
public final class ObservationCommands {
  private ObservationCommands() {}

  public static void declare(CommandTable table) {
    SlowLogCommands.declare(table);
    LatencyCommands.declare(table);
    MonitorCommand.declare(table);
  }
}
