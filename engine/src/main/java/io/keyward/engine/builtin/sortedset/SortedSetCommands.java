package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.command.CommandTable;

/** The commands of sorted sets. */
public final class SortedSetCommands {
  private SortedSetCommands() {}

  public static void declare(CommandTable table) {
    AddCommands.declare(table);
    RemoveCommands.declare(table);
    ScoreCommands.declare(table);
    CountCommands.declare(table);
    RangeCommands.declare(table);
    PopCommands.declare(table);
    BlockingPopCommands.declare(table);
    CombineCommands.declare(table);
    SampleCommands.declare(table);
  }

  /** Does what ZADD does, for a command that has made scores of its own arguments. */
  public static void add(Request request, Reply reply) {
    AddCommands.add(request, reply, 0);
  }
}
