package io.keyward.engine.builtin;

import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.memory.Dictionary;
import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;
import io.keyward.engine.builtin.memory.SteadyWalk;

/** The keys of a database that has been flushed, on their way to be freed. */
final class DetachedKeys implements Held {
  private final BuiltinKeyspace keyspace;
  private final PagePool pool;
  private final Dictionary keys;
  private final MemoryAccount account;

  /** Takes the keys that a database gives up with the account that counts them. */
  DetachedKeys(Database former, Dictionary keys, MemoryAccount account) {
    keyspace = former.keyspace();
    pool = former.pool();
    this.keys = keys;
    this.account = account;
  }

  /**
   * Frees the keys in slices, after the walk over them if there is one, and after what has been
   * shown there has been written.
   */
  void freeLater() {
    SteadyWalk walk = keys.walk();
    if (walk == null) {
      freeUnused();
    } else {
      walk.afterwards(this::freeUnused);
    }
  }

  private void freeUnused() {
    ChangeGuard guard = keyspace.guard();
    if (guard == null) {
      keyspace.home().freeing().later(this);
    } else {
      guard.whenUnused(() -> keyspace.home().freeing().later(this));
    }
  }

  @Override
  public long memoryBytes() {
    return account.bytes();
  }

  @Override
  public Held copy(Database target) {
    throw new IllegalStateException("what has been flushed is no value any more");
  }

  @Override
  public void adopt(MemoryAccount other, BuiltinKeyspace holder) {
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
    boolean common =
        !keys.isOwn(page, at) && keys.othersHold(EntryLayout.keyHash(page, at), reference);
    int code = page[EntryLayout.typeOffset(page, at)] >>> 4 & 0xF;
    if (Encoding.of(code).held()) {
      int handle = Bytes.getInt(page, EntryLayout.valueOffset(page, at));
      Held value = (Held) pool.held(handle);
      if (common) {
        account.addCommon(-value.memoryBytes());
        value.count(keyspace, -1);
      } else {
        pool.drop(handle);
        value.adopt(account, keyspace);
        keyspace.home().freeing().later(value);
      }
    }
    if (common) {
      account.addCommon(-pool.slotBytes(reference));
    } else {
      pool.free(reference, account);
    }
  }
}
