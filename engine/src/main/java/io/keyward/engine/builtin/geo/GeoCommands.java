package io.keyward.engine.builtin.geo;

import io.keyward.engine.command.CommandTable;

/** Every command on places. */
public final class GeoCommands {
  private GeoCommands() {}

  public static void declare(CommandTable table) {
    PlaceCommands.declare(table);
    SearchCommands.declare(table);
  }
}
