package io.keyward.engine.builtin;

import io.keyward.engine.builtin.bitmap.BitmapCommands;
import io.keyward.engine.builtin.connection.ConnectionCommands;
import io.keyward.engine.builtin.debug.DebugCommand;
import io.keyward.engine.builtin.dump.DumpCommands;
import io.keyward.engine.builtin.generic.KeyCommands;
import io.keyward.engine.builtin.geo.GeoCommands;
import io.keyward.engine.builtin.hash.HashCommands;
import io.keyward.engine.builtin.hyperloglog.HyperLogLogCommands;
import io.keyward.engine.builtin.list.ListCommands;
import io.keyward.engine.builtin.pubsub.PubSubCommands;
import io.keyward.engine.builtin.script.ScriptCommands;
import io.keyward.engine.builtin.server.ServerCommands;
import io.keyward.engine.builtin.set.SetCommands;
import io.keyward.engine.builtin.sortedset.SortedSetCommands;
import io.keyward.engine.builtin.stream.StreamCommands;
import io.keyward.engine.builtin.string.StringCommands;
import io.keyward.engine.builtin.transaction.TransactionCommands;
import io.keyward.engine.command.CommandTable;

/** Every family of commands that the built-in engine executes. */
public final class BuiltinCommands {
  private BuiltinCommands() {}

  /** Declares them all. */
  public static void declare(CommandTable table) {
    KeyCommands.declare(table);
    DumpCommands.declare(table);
    ListCommands.declare(table);
    SortedSetCommands.declare(table);
    StringCommands.declare(table);
    BitmapCommands.declare(table);
    HyperLogLogCommands.declare(table);
    GeoCommands.declare(table);
    HashCommands.declare(table);
    SetCommands.declare(table);
    StreamCommands.declare(table);
    TransactionCommands.declare(table);
    PubSubCommands.declare(table);
    ConnectionCommands.declare(table);
    ScriptCommands.declare(table);
    ServerCommands.declare(table);
    DebugCommand.declare(table);
  }
}
