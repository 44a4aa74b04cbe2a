package io.keyward.engine.builtin.generic;

import io.keyward.engine.Client;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Home;
import io.keyward.engine.builtin.Overview;
import java.util.List;

/**
 * What the memory of a keyspace, or of all that there are, goes to, in bytes.
 *
 * @param data what keys and values take
 * @param unsent what waits to be read from clients or sent to them
 * @param slots what of the pages of the event loop holds something
 * @param pages the pages of the event loop
 */
record MemoryFigures(long data, long unsent, long clients, long keys, long slots, long pages) {
  static MemoryFigures of(BuiltinKeyspace keyspace) {
    return of(keyspace.home(), keyspace.usedBytes(), List.of(keyspace));
  }

  /** Of every keyspace of a home; what some of them have in common counts once. */
  static MemoryFigures of(Overview overview) {
    Home home = overview.view().home();
    return of(home, home.usedBytes(), overview.rooms());
  }

  private static MemoryFigures of(Home home, long data, List<BuiltinKeyspace> keyspaces) {
    long unsent = 0;
    long clients = 0;
    long keys = 0;
    for (BuiltinKeyspace keyspace : keyspaces) {
      for (Client client : keyspace.clients()) {
        unsent += client.connection().pendingInput() + client.connection().pendingOutput();
        clients++;
      }
      for (int i = 0; i < keyspace.databases().count(); i++) {
        Database database = keyspace.databases().ifUsed(i);
        keys += database == null ? 0 : database.size();
      }
    }
    return new MemoryFigures(
        data, unsent, clients, keys, home.pool().slotMemory(), home.pool().pageMemory());
  }

  MemoryFigures plus(MemoryFigures other) {
    return new MemoryFigures(
        data + other.data,
        unsent + other.unsent,
        clients + other.clients,
        keys + other.keys,
        slots + other.slots,
        pages + other.pages);
  }
}
