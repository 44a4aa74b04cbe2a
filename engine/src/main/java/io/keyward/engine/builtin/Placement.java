package io.keyward.engine.builtin;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.KeyHash;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;
import org.jspecify.annotations.Nullable;

/**
 * Lays the keys of a database into pages: new ones, those whose value or expiry needs another slot,
 * those that get another name, and takes them out again.
 *
 * <p>It says nothing of changes to anybody: that is the caller's to do ({@link Database#changed}).
 */
public final class Placement {
  private final Database database;
  private final Home home;
  private final PagePool pool;
  private final MemoryAccount account;
  private final Pins pins;

  Placement(Database database) {
    this.database = database;
    home = database.keyspace().home();
    pool = database.pool();
    account = database.account();
    pins = database.keyspace().pins();
  }

  /**
   * Adds a key that is not there, with room for so many bytes of value, which the caller writes.
   */
  public Entry create(Request request, int argument, Type type, Encoding encoding, int room) {
    return create(
        request.bytes(),
        request.offset(argument),
        request.length(argument),
        type,
        encoding,
        room,
        -1,
        database.view());
  }

  /**
   * Adds a key that is not there; the view is the new entry's.
   *
   * @param expiry milliseconds since 1970, or -1 for a key that does not expire
   */
  public Entry create(
      byte[] key,
      int offset,
      int length,
      Type type,
      Encoding encoding,
      int room,
      long expiry,
      Entry into) {
    KeyRoutes routes = database.routes();
    if (routes != null) {
      Database holder = routes.lead(database, key, offset, length);
      if (holder != database) {
        int skipped = routes.skipped();
        return holder
            .placement()
            .createOwn(key, offset + skipped, length - skipped, type, encoding, room, expiry, into);
      }
    }
    return createOwn(key, offset, length, type, encoding, room, expiry, into);
  }

  private Entry createOwn(
      byte[] key,
      int offset,
      int length,
      Type type,
      Encoding encoding,
      int room,
      long expiry,
      Entry into) {
    long hash = KeyHash.hash(key, offset, length);
    int reference = lay(key, offset, length, type, encoding, room, expiry);
    Entry created = into.at(database, hash, reference);
    if (home.clock().tinyLfu()) {
      created.clock(database.frequencies().fresh(hash));
    }
    enter(hash, reference, expiry >= 0);
    database.news().announce(key, offset, length, KeyspaceNotifications.NEW, "new");
    return created;
  }

  private void enter(long hash, int reference, boolean expires) {
    database.keys().insert(hash, reference, expires);
    if (isPinned(reference)) {
      database.pinned().added(hash, reference);
    }
  }

  private void leave(long hash, int reference) {
    if (isPinned(reference)) {
      database.pinned().removed(hash, reference);
    }
    database.keys().remove(hash, reference);
  }

  private void replace(long hash, int former, int reference) {
    database.keys().replace(hash, former, reference);
    boolean was = isPinned(former);
    boolean is = isPinned(reference);
    if (was && is) {
      database.pinned().moved(hash, former, reference);
    } else if (was) {
      database.pinned().removed(hash, former);
    } else if (is) {
      database.pinned().added(hash, reference);
    }
  }

  private boolean isPinned(int reference) {
    return EntryLayout.pinned(pool.page(reference), PagePool.offset(reference));
  }

  /** Takes a slot and writes flags, key, type, clock and expiry (-1: none). */
  private int lay(
      byte[] key, int offset, int length, Type type, Encoding encoding, int room, long expiry) {
    int flags = EntryLayout.flagsFor(EntryLayout.TYPED | database.keys().generation(), length);
    if (expiry >= 0) {
      flags |= EntryLayout.EXPIRES;
    }
    if (pins.hold(key, offset, length)) {
      flags |= EntryLayout.PINNED | EntryLayout.UNSETTLED;
    }
    int head = EntryLayout.headerSize(flags) + length;
    int reference = pool.allocate(Math.addExact(head, room), account);
    byte[] page = pool.page(reference);
    int at = PagePool.offset(reference);
    EntryLayout.writeKey(page, at, flags, key, offset, length);
    Bytes.putInt(
        page,
        EntryLayout.typeOffset(page, at),
        type.ordinal() | (encoding.ordinal() << 4) | (home.newClock() << 8));
    if (expiry >= 0) {
      Bytes.putLong(page, EntryLayout.expiryOffset(page, at), expiry);
    }
    return reference;
  }

  /**
   * Gives a key a value of another kind, whether it is there or not, with room for so many bytes,
   * which the caller writes.
   *
   * @param present the key as {@link Database#write} has found it, or null
   * @param expiry milliseconds since 1970, or -1 for a key that does not expire
   */
  public Entry overwrite(
      @Nullable Entry present,
      Request request,
      int argument,
      Type type,
      Encoding encoding,
      int room,
      long expiry) {
    if (present == null) {
      return create(
          request.bytes(),
          request.offset(argument),
          request.length(argument),
          type,
          encoding,
          room,
          expiry,
          database.view());
    }
    return present.database().placement().overwriteOwn(present, type, encoding, room, expiry);
  }

  private Entry overwriteOwn(Entry present, Type type, Encoding encoding, int room, long expiry) {
    database.beforeChange(present);
    database.expiringHashes().forget(present);
    if (present.encoding().held()) {
      home.freeLater(present.release());
    }
    boolean sameHead = (present.expiry() >= 0) == (expiry >= 0);
    int head = present.start() - PagePool.offset(present.reference());
    if (sameHead && PagePool.roundedSize(head + room) == present.slotBytes()) {
      present.retype(type, encoding);
      if (expiry >= 0) {
        expireAt(present, expiry);
      }
      return present;
    }
    int old = present.reference();
    int laid =
        lay(
            present.bytes(),
            present.keyOffset(),
            present.keyLength(),
            type,
            encoding,
            room,
            expiry);
    if (!sameHead) {
      database.keys().mark(present.hash(), old, expiry >= 0);
    }
    replace(present.hash(), old, laid);
    pool.free(old, account);
    return present.at(database, present.hash(), laid);
  }

  /** Sets the time at which a key expires, in milliseconds since 1970; -1 for never. */
  public void expireAt(Entry entry, long milliseconds) {
    database.beforeChange(entry);
    boolean had = entry.expiry() >= 0;
    if (had && milliseconds >= 0) {
      Bytes.putLong(
          entry.bytes(),
          EntryLayout.expiryOffset(entry.bytes(), PagePool.offset(entry.reference())),
          milliseconds);
    } else if (had != milliseconds >= 0) {
      entry.database().placement().relay(entry, milliseconds);
    }
  }

  /** Lays an entry anew with or without the expiry part. */
  private void relay(Entry entry, long expiry) {
    int old = entry.reference();
    byte[] page = entry.bytes();
    int value = entry.start();
    int room = entry.capacity();
    int slack = entry.type() == Type.STRING ? room - usedByString(entry) : 0;
    int laid =
        lay(
            page,
            entry.keyOffset(),
            entry.keyLength(),
            entry.type(),
            entry.encoding(),
            room - slack,
            expiry);
    int clock = entry.clock();
    byte[] newPage = pool.page(laid);
    int to = EntryLayout.valueOffset(newPage, PagePool.offset(laid));
    System.arraycopy(page, value, newPage, to, room - slack);
    database.keys().mark(entry.hash(), old, expiry >= 0);
    entry.at(database, entry.hash(), laid).clock(clock);
    replace(entry.hash(), old, laid);
    pool.free(old, account);
  }

  private static int usedByString(Entry entry) {
    if (entry.encoding() == Encoding.INT) {
      return Long.BYTES;
    }
    int length = entry.stringLength();
    return Entry.lengthBytes(length) + length;
  }

  /** Takes a key out and frees what it holds, big values in slices later. */
  void remove(Entry entry) {
    database.beforeChange(entry);
    database.expiringHashes().forget(entry);
    if (entry.encoding().held()) {
      home.freeLater(entry.release());
    }
    int reference = entry.reference();
    leave(entry.hash(), reference);
    pool.free(reference, account);
  }

  /**
   * Moves the value of a key to another name, here or in another database; the target is not there.
   * Type, expiry and clock go along.
   */
  public void rename(Entry entry, Database target, byte[] key, int offset, int length) {
    if (target.routes() == null) {
      entry.database().placement().renameOwn(entry, target, key, offset, length);
      return;
    }
    GlobalName name = new GlobalName(target).of(target, key, offset, length);
    Database holder = name.holder();
    if (entry.encoding().held() && entry.database().account() != holder.account()) {
      // A big value counts in the account that it has been made for.
      rebuild(entry, name);
      entry.database().remove(entry);
    } else {
      Placement source = entry.database().placement();
      source.renameOwn(entry, holder, name.bytes(), name.offset(), name.length());
    }
  }

  private void renameOwn(Entry entry, Database target, byte[] key, int offset, int length) {
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
      database.expiringHashes().forget(entry);
      target.expiringHashes().note(key, offset, length, 0);
    }
    int old = entry.reference();
    leave(entry.hash(), old);
    pool.free(old, account);
    target.placement().enter(hash, laid, expiry >= 0);
  }

  private void rebuild(Entry entry, GlobalName name) {
    int clock = entry.clock();
    Database holder = name.holder();
    NewValue value = home.serializer().copy(entry, holder);
    boolean pinned = entry.pinned();
    Entry made =
        value.install(
            holder, name.bytes(), name.offset(), name.length(), entry.expiry(), holder.newView());
    if (!pinned && !made.pinned()) {
      made.clock(clock);
    }
  }

  /**
   * Takes over a key of another keyspace of the home as it is, without telling anybody; it is not
   * there yet.
   */
  void inherit(Entry entry, Entry into) {
    byte[] page = entry.bytes();
    int offset = entry.keyOffset();
    int length = entry.keyLength();
    int room = entry.capacity();
    Encoding encoding = entry.encoding();
    long expiry = entry.expiry();
    int reference = lay(page, offset, length, entry.type(), encoding, room, expiry);
    Entry made = into.at(database, entry.hash(), reference);
    if (encoding.held()) {
      Bytes.putInt(made.bytes(), made.start(), pool.hold(entry.held().copy(database)));
    } else {
      System.arraycopy(page, entry.start(), made.bytes(), made.start(), room);
    }
    if (home.clock().tinyLfu()) {
      made.clock(database.frequencies().fresh(entry.hash()));
    } else {
      made.clock(entry.clock());
    }
    enter(entry.hash(), reference, expiry >= 0);
    if (FieldExpiry.any(made)) {
      database.expiringHashes().note(made.bytes(), made.keyOffset(), length, 0);
    }
  }

  /** Copies a key with type, expiry and clock to a name that is not there, here or elsewhere. */
  public void copy(Entry entry, Database target, byte[] key, int offset, int length) {
    if (target.routes() == null) {
      entry.database().placement().copyOwn(entry, target, key, offset, length);
      return;
    }
    GlobalName name = new GlobalName(target).of(target, key, offset, length);
    Database holder = name.holder();
    if (entry.encoding().held() && entry.database().account() != holder.account()) {
      rebuild(entry, name);
    } else {
      Placement source = entry.database().placement();
      source.copyOwn(entry, holder, name.bytes(), name.offset(), name.length());
    }
  }

  private void copyOwn(Entry entry, Database target, byte[] key, int offset, int length) {
    int room = entry.capacity();
    long expiry = entry.expiry();
    Encoding encoding = entry.encoding();
    int clock = entry.clock();
    Entry made =
        target
            .placement()
            .createOwn(key, offset, length, entry.type(), encoding, room, expiry, target.newView());
    if (encoding.held()) {
      Bytes.putInt(made.bytes(), made.start(), pool.hold(entry.held().copy(target)));
    } else {
      System.arraycopy(entry.bytes(), entry.start(), made.bytes(), made.start(), room);
    }
    if (!entry.pinned() && !made.pinned()) {
      made.clock(clock);
    }
    if (FieldExpiry.any(made)) {
      target.expiringHashes().note(key, offset, length, 0);
    }
  }
}
