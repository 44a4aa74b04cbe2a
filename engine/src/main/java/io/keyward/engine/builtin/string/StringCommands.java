package io.keyward.engine.builtin.string;

import io.keyward.engine.command.CommandTable;

/** Every command on strings. */
public final class StringCommands {
  private StringCommands() {}

  public static void declare(CommandTable table) {
    StringReads.declare(table);
    StringWrites.declare(table);
    CounterCommands.declare(table);
    RangeCommands.declare(table);
    SubsequenceCommand.declare(table);
    ConditionalCommands.declare(table);
  }
}
