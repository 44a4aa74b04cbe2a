package io.keyward.engine.builtin.list;

import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Held;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.structure.Quicklist;
import io.keyward.engine.builtin.structure.QuicklistCursor;

/** A list that has outgrown its entry: a quicklist in the pages. */
final class BigList implements Held {
  private final QuicklistCursor cursor = new QuicklistCursor();
  private final Quicklist elements;

  /** Nothing takes memory behind the elements, which are accounted for from then on. */
  private BigList(Database database) {
    elements = new Quicklist(ListValue.limits(database), database.pool(), database.account());
  }

  private BigList(Quicklist copied, MemoryAccount account) {
    elements = copied.copy(account);
  }

  /** An empty list that no key has yet, to be freed if the command breaks off. */
  static BigList begin(Database database) {
    return database.begin(new BigList(database));
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
    return new BigList(elements, target.account());
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
