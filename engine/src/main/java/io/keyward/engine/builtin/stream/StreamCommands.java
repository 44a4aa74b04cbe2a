package io.keyward.engine.builtin.stream;

import io.keyward.engine.command.CommandTable;

/** Every command on streams. */
public final class StreamCommands {
  private StreamCommands() {}

  /** Declares them all. */
  public static void declare(CommandTable table) {
    AddCommand.declare(table);
    RangeCommands.declare(table);
    RemoveCommands.declare(table);
    ReadCommands.declare(table);
    GroupCommands.declare(table);
    GroupReadCommand.declare(table);
    PendingCommands.declare(table);
    ClaimCommands.declare(table);
    ReferenceCommands.declare(table);
    InfoCommands.declare(table);
  }
}
