package io.keyward.engine.builtin;

import io.keyward.config.directive.Directive;

/** Keeps the data of a home within {@code maxmemory}. */
public final class MemoryLimit {
  private final Home home;

  MemoryLimit(Home home) {
    this.home = home;
  }

  /** Bytes of all data on this home. */
  public long usedBytes() {
    long used = 0;
    for (BuiltinKeyspace keyspace : home.keyspaces()) {
      used += keyspace.usedBytes();
    }
    return used;
  }

  /**
   * Sees to it that a write fits.
   *
   * @return false if the data is at its limit and nothing may go
   */
  boolean makeRoom(long now) {
    long most = home.settings().number(Directive.MAXMEMORY);
    return most == 0 || usedBytes() <= most;
  }
}
