package io.keyward.engine.builtin;

import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.KeyHash;
import io.keyward.engine.builtin.memory.PagePool;
import org.jspecify.annotations.Nullable;

/**
 * Gives what a key holds another name, here or in another database; type, expiry and clock go
 * along.
 *
 * <p>As {@link Placement}, it says nothing of changes to anybody.
 */
public final class Relocation {
  private Relocation() {}

  /**
   * Moves a key to another name.
   *
   * @param former what has that name and is to go, or null
   * @throws OutOfMemoryError if there is no memory for that; then all is as before
   */
  public static void rename(
      Entry entry, Database target, byte[] key, int offset, int length, @Nullable Entry former) {
    if (target.routes() == null) {
      renameOwn(entry, target, key, offset, length, former);
      return;
    }
    GlobalName name = new GlobalName(target).of(target, key, offset, length);
    renameOwn(entry, name.holder(), name.bytes(), name.offset(), name.length(), former);
  }

  private static void renameOwn(
      Entry entry, Database target, byte[] key, int offset, int length, @Nullable Entry former) {
    Database source = entry.database();
    PagePool pool = source.pool();
    Placement placement = target.placement();
    byte[] page = entry.bytes();
    int room = entry.capacity();
    long hash = KeyHash.hash(key, offset, length);
    long expiry = entry.expiry();
    // First what may find no memory: then the key keeps its name.
    source.index().prepareToLeave(entry.hash(), entry.reference());
    boolean fieldsExpire = FieldExpiry.any(entry);
    if (fieldsExpire) {
      target.expiringHashes().note(key, offset, length, 0);
    }
    int laid = placement.lay(key, offset, length, entry.type(), entry.encoding(), room, expiry);
    byte[] newPage = pool.page(laid);
    int to = EntryLayout.valueOffset(newPage, PagePool.offset(laid));
    System.arraycopy(page, entry.start(), newPage, to, room);
    try {
      placement.enter(hash, laid, expiry >= 0, former, fieldsExpire);
    } catch (OutOfMemoryError full) {
      pool.free(laid, target.account());
      throw full;
    }
    if (fieldsExpire) {
      source.expiringHashes().forget(entry);
    }
    if (entry.encoding().held() && target != source) {
      move(entry.held(), source, target);
    }
    int old = entry.reference();
    source.index().leave(entry.hash(), old);
    pool.free(old, source.account());
  }

  private static void move(Held value, Database source, Database target) {
    long bytes = value.memoryBytes();
    source.account().addCommon(-bytes);
    value.count(source.keyspace(), -1);
    target.account().addCommon(bytes);
    value.count(target.keyspace(), 1);
    value.adopt(target.account(), target.keyspace());
  }

  /**
   * Copies a key to another name.
   *
   * @param former what has that name and is to go, or null
   * @throws OutOfMemoryError if there is no memory for that; then all is as before
   */
  public static void copy(
      Entry entry, Database target, byte[] key, int offset, int length, @Nullable Entry former) {
    if (target.routes() == null) {
      copyOwn(entry, target, key, offset, length, former);
      return;
    }
    GlobalName name = new GlobalName(target).of(target, key, offset, length);
    copyOwn(entry, name.holder(), name.bytes(), name.offset(), name.length(), former);
  }

  private static void copyOwn(
      Entry entry, Database target, byte[] key, int offset, int length, @Nullable Entry former) {
    Encoding encoding = entry.encoding();
    Held value = encoding.held() ? target.begin(entry.held().copy(target)) : null;
    boolean fieldsExpire = FieldExpiry.any(entry);
    if (fieldsExpire) {
      target.expiringHashes().note(key, offset, length, 0);
    }
    Placement placement = target.placement();
    PagePool pool = target.pool();
    int room = entry.capacity();
    long expiry = entry.expiry();
    int laid = placement.lay(key, offset, length, entry.type(), encoding, room, expiry);
    byte[] page = pool.page(laid);
    int to = EntryLayout.valueOffset(page, PagePool.offset(laid));
    int handle = 0;
    try {
      handle = value == null ? 0 : pool.hold(value);
      placement.enter(KeyHash.hash(key, offset, length), laid, expiry >= 0, former, fieldsExpire);
    } catch (OutOfMemoryError full) {
      if (handle != 0) {
        pool.drop(handle);
      }
      pool.free(laid, target.account());
      throw full;
    }
    if (value == null) {
      System.arraycopy(entry.bytes(), entry.start(), page, to, room);
    } else {
      Bytes.putInt(page, to, handle);
      target.keyspace().unfinished().end(value);
    }
    target.news().announce(key, offset, length, KeyspaceNotifications.NEW, "new");
  }
}
