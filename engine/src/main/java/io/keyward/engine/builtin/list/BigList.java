package io.keyward.engine.builtin.list;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Held;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.structure.Quicklist;
import io.keyward.engine.builtin.structure.QuicklistCursor;

/** A list that has outgrown its entry: a quicklist in the pages. */
final class BigList implements Held {
  private final Quicklist elements;
  private final QuicklistCursor cursor = new QuicklistCursor();

  BigList(Quicklist elements) {
    this.elements = elements;
  }

  Quicklist elements() {
    return elements;
  }

  /** A cursor for the command that is being executed. */
  QuicklistCursor cursor() {
    return cursor;
  }

  @Override
  public long memoryBytes() {
    return elements.memoryBytes();
  }

  @Override
  public Held copy(Database target) {
    return new BigList(elements.copy(target.account()));
  }

  @Override
  public void adopt(MemoryAccount account, BuiltinKeyspace keyspace) {
    elements.account(account);
  }

  @Override
  public long freeEffort() {
    return elements.nodeCount();
  }

  @Override
  public boolean free(int budget) {
    return elements.free(budget);
  }

  @Override
  public void validate() {
    elements.validate();
  }
}
