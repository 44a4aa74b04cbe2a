package io.keyward.engine.builtin.bitmap;

import io.keyward.engine.command.CommandTable;

/** Every command on bitmaps. */
public final class BitmapCommands {
  private BitmapCommands() {}

  public static void declare(CommandTable table) {
    BitCommands.declare(table);
    BitRangeCommands.declare(table);
    BitOperations.declare(table);
    BitFieldCommands.declare(table);
  }
}
