package io.keyward.engine.builtin.list;

import io.keyward.engine.builtin.Held;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.structure.Quicklist;
import io.keyward.engine.builtin.structure.QuicklistCursor;

/** A list that has outgrown its entry: a quicklist whose bytes are accounted to the keyspace. */
final class BigList implements Held {
  private final Quicklist elements;
  private final QuicklistCursor cursor = new QuicklistCursor();
  private final MemoryAccount account;
  private long accounted;

  BigList(Quicklist elements, MemoryAccount account) {
    this.elements = elements;
    this.account = account;
    settle();
  }

  Quicklist elements() {
    return elements;
  }

  /** A cursor for the command that is being executed. */
  QuicklistCursor cursor() {
    return cursor;
  }

  /** Accounts for what a change has added or taken away. */
  void settle() {
    long present = elements.memoryBytes();
    account.add(present - accounted);
    accounted = present;
  }

  @Override
  public long memoryBytes() {
    return accounted;
  }

  @Override
  public Held copy() {
    return new BigList(elements.copy(), account);
  }

  @Override
  public long freeEffort() {
    return 1;
  }

  @Override
  public boolean free(int budget) {
    account.add(-accounted);
    accounted = 0;
    return true;
  }
}
