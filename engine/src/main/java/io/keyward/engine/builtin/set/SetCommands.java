package io.keyward.engine.builtin.set;

import io.keyward.engine.command.CommandTable;

/** Every command on sets. */
public final class SetCommands {
  private SetCommands() {}

  public static void declare(CommandTable table) {
    MemberWrites.declare(table);
    MemberReads.declare(table);
    RandomMembers.declare(table);
    Intersections.declare(table);
    UnionsAndDifferences.declare(table);
  }
}
