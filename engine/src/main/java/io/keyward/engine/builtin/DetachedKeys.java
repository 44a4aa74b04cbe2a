package io.keyward.engine.builtin;

import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.memory.Dictionary;
import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;
import io.keyward.engine.builtin.memory.SteadyWalk;

/** The keys of a database that has been flushed, on their way to be freed. */
final class DetachedKeys implements Held {
  private final Dictionary keys;
  private final PagePool pool;
  private final MemoryAccount account;
  private final Home home;

  private DetachedKeys(Dictionary keys, PagePool pool, MemoryAccount account, Home home) {
    this.keys = keys;
    this.pool = pool;
    this.account = account;
    this.home = home;
  }

  /**
   * Frees keys that a database no longer has, in slices, after the walk over them if there is one,
   * and after what has been shown there has been written.
   */
  static void freeLater(Dictionary keys, Database former) {
    BuiltinKeyspace keyspace = former.keyspace();
    Held freed = new DetachedKeys(keys, former.pool(), former.account(), keyspace.home());
    SteadyWalk walk = keys.walk();
    if (walk == null) {
      freeUnused(freed, keyspace);
    } else {
      walk.afterwards(() -> freeUnused(freed, keyspace));
    }
  }

  private static void freeUnused(Held freed, BuiltinKeyspace former) {
    ChangeGuard guard = former.guard();
    if (guard == null) {
      former.home().freeLater(freed);
    } else {
      guard.whenUnused(() -> former.home().freeLater(freed));
    }
  }

  @Override
  public long memoryBytes() {
    return keys.memory();
  }

  @Override
  public Held copy(Database target) {
    throw new IllegalStateException("what has been flushed is no value any more");
  }

  @Override
  public long freeEffort() {
    return keys.size();
  }

  @Override
  public boolean free(int budget) {
    return keys.drain(Math.max(1, budget / 8), this::freeEntry);
  }

  @Override
  public void validate() {
    keys.validate();
  }

  private void freeEntry(int reference) {
    byte[] page = pool.page(reference);
    int at = PagePool.offset(reference);
    int code = page[EntryLayout.typeOffset(page, at)] >>> 4 & 0xF;
    if (Encoding.of(code).held()) {
      int handle = Bytes.getInt(page, EntryLayout.valueOffset(page, at));
      Held value = (Held) pool.held(handle);
      pool.drop(handle);
      home.freeLater(value);
    }
    pool.free(reference, account);
  }
}
