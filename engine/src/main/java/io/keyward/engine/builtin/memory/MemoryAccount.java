package io.keyward.engine.builtin.memory;

import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes that data takes, at the moment they are taken or given back.
 *
 * <p>The account of a database passes every change on to that of its keyspace, and this one to that
 * of its home. What several databases have in common counts in the accounts of each, as if it were
 * its alone, and once in the home's, which tells what there is in memory.
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
    MemoryAccount at = this;
    do {
      at.bytes += change;
      at = at.whole;
    } while (at != null);
  }

  /** Adds bytes that others have too, and that count already where each byte counts once. */
  public void addCommon(long change) {
    MemoryAccount at = this;
    for (MemoryAccount next = whole; next != null; next = next.whole) {
      at.bytes += change;
      at = next;
    }
  }

  /** Adds bytes where each counts once: a copy has taken the place of what was in common. */
  public void addToWhole(long change) {
    outermost().bytes += change;
  }

  /** The account in which each byte counts once. */
  MemoryAccount outermost() {
    MemoryAccount at = this;
    for (MemoryAccount next = whole; next != null; next = next.whole) {
      at = next;
    }
    return at;
  }
}
