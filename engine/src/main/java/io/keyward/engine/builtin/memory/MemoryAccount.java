package io.keyward.engine.builtin.memory;

import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes that data takes, at the moment they are taken or given back.
 *
 * <p>The account of a keyspace passes every change on to that of its home loop.
 */
public final class MemoryAccount {
  private final @Nullable MemoryAccount whole;
  private long bytes;

  /** An account that is part of no other. */
  public MemoryAccount() {
    this(null);
  }

  /** An account whose bytes count in another one as well. */
  public MemoryAccount(@Nullable MemoryAccount whole) {
    this.whole = whole;
  }

  public long bytes() {
    return bytes;
  }

  /** Adds bytes, or takes them off if negative. */
  public void add(long change) {
    bytes += change;
    if (whole != null) {
      whole.bytes += change;
    }
  }
}
