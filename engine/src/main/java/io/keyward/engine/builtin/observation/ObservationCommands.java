package io.keyward.engine.builtin.observation;

import io.keyward.engine.command.CommandTable;

/** SLOWLOG. */
public final class ObservationCommands {
  private ObservationCommands() {}

  public static void declare(CommandTable table) {
    SlowLogCommands.declare(table);
  }
}
