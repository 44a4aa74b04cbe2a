package io.keyward.engine.builtin;

import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.KeyHash;
import io.keyward.engine.builtin.memory.PagePool;

/**
 * Gives what a key holds another name, here or in another database, where no key is yet; type,
 * expiry and clock go along.
 *
 * <p>As {@link Placement}, it says nothing of changes to anybody.
 */
public final class Relocation {
  private Relocation() {}

  /** Moves a key to another name. */
  public static void rename(Entry entry, Database target, byte[] key, int offset, int length) {
    if (target.routes() == null) {
      renameOwn(entry, target, key, offset, length);
      return;
    }
    GlobalName name = new GlobalName(target).of(target, key, offset, length);
    renameOwn(entry, name.holder(), name.bytes(), name.offset(), name.length());
  }

  private static void renameOwn(Entry entry, Database target, byte[] key, int offset, int length) {
    Database source = entry.database();
    PagePool pool = source.pool();
    byte[] page = entry.bytes();
    int room = entry.capacity();
    long hash = KeyHash.hash(key, offset, length);
    long expiry = entry.expiry();
    int laid =
        target.placement().lay(key, offset, length, entry.type(), entry.encoding(), room, expiry);
    byte[] newPage = pool.page(laid);
    int to = EntryLayout.valueOffset(newPage, PagePool.offset(laid));
    System.arraycopy(page, entry.start(), newPage, to, room);
    if (FieldExpiry.any(entry)) {
      source.expiringHashes().forget(entry);
      target.expiringHashes().note(key, offset, length, 0);
    }
    if (entry.encoding().held() && target != source) {
      move(entry.held(), source, target);
    }
    int old = entry.reference();
    source.placement().leave(entry.hash(), old);
    pool.free(old, source.account());
    target.placement().enter(hash, laid, expiry >= 0);
  }

  private static void move(Held value, Database source, Database target) {
    long bytes = value.memoryBytes();
    source.account().addCommon(-bytes);
    value.count(source.keyspace(), -1);
    target.account().addCommon(bytes);
    value.count(target.keyspace(), 1);
    value.adopt(target.account(), target.keyspace());
  }

  /** Copies a key to another name. */
  public static void copy(Entry entry, Database target, byte[] key, int offset, int length) {
    if (target.routes() == null) {
      copyOwn(entry, target, key, offset, length);
      return;
    }
    GlobalName name = new GlobalName(target).of(target, key, offset, length);
    copyOwn(entry, name.holder(), name.bytes(), name.offset(), name.length());
  }

  private static void copyOwn(Entry entry, Database target, byte[] key, int offset, int length) {
    int room = entry.capacity();
    Encoding encoding = entry.encoding();
    // Before the key is there, which must not name what there was no memory for.
    int handle = encoding.held() ? target.pool().hold(entry.held().copy(target)) : 0;
    Entry made = create(entry, target, key, offset, length, handle);
    if (encoding.held()) {
      Bytes.putInt(made.bytes(), made.start(), handle);
    } else {
      System.arraycopy(entry.bytes(), entry.start(), made.bytes(), made.start(), room);
    }
    if (FieldExpiry.any(made)) {
      target.expiringHashes().note(key, offset, length, 0);
    }
  }

  /** Adds the key of a copy; what the handle names is freed if there is no memory for it. */
  private static Entry create(
      Entry original, Database target, byte[] key, int offset, int length, int handle) {
    try {
      return target
          .placement()
          .createOwn(
              key,
              offset,
              length,
              original.type(),
              original.encoding(),
              original.capacity(),
              original.expiry(),
              target.newView());
    } catch (OutOfMemoryError full) {
      if (handle != 0) {
        Held copy = (Held) target.pool().held(handle);
        target.pool().drop(handle);
        target.placement().freeLater(copy);
      }
      throw full;
    }
  }
}
