package io.keyward.engine.builtin.hash;

import io.keyward.engine.command.CommandTable;

/** Every command on hashes. */
public final class HashCommands {
  private HashCommands() {}

  public static void declare(CommandTable table) {
    FieldWrites.declare(table);
    FieldCounters.declare(table);
    FieldReads.declare(table);
    WholeHash.declare(table);
    RandomFields.declare(table);
    FieldExpiryCommands.declare(table);
    FieldExchange.declare(table);
  }
}
