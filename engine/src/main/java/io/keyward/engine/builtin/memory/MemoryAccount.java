package io.keyward.engine.builtin.memory;

/** Counts the bytes that one keyspace's data takes, at the moment they are taken or given back. */
public final class MemoryAccount {
  private long bytes;

  public long bytes() {
    return bytes;
  }

  /** Adds bytes, or takes them off if negative. */
  public void add(long change) {
    bytes += change;
  }
}
