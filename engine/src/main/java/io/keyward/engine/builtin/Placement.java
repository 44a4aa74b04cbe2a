package io.keyward.engine.builtin;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.KeyHash;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;
import org.jspecify.annotations.Nullable;

/**
 * Lays the keys of a database into pages, new ones and those whose value or expiry needs another
 * slot, and takes them out again.
 *
 * <p>It says nothing of changes to anybody: that is the caller's to do ({@link Database#changed}).
 */
public final class Placement {
  private final Database database;
  private final Home home;
  private final PagePool pool;
  private final Pins pins;
  private final KeyIndex index;
  private final CommonEntries common;

  Placement(Database database) {
    this.database = database;
    home = database.keyspace().home();
    pool = database.pool();
    pins = database.keyspace().pins();
    index = database.index();
    common = database.common();
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
    return create(key, offset, length, type, encoding, room, expiry, into, null);
  }

  /**
   * As the other, of a key that another one of this name gives way to.
   *
   * @throws OutOfMemoryError if there is no memory for that; then all is as before
   */
  Entry create(
      byte[] key,
      int offset,
      int length,
      Type type,
      Encoding encoding,
      int room,
      long expiry,
      Entry into,
      @Nullable Entry former) {
    KeyRoutes routes = database.routes();
    if (routes != null) {
      Database holder = routes.lead(database, key, offset, length);
      if (holder != database) {
        int skipped = routes.skipped();
        return holder
            .placement()
            .createOwn(
                key,
                offset + skipped,
                length - skipped,
                type,
                encoding,
                room,
                expiry,
                into,
                former);
      }
    }
    return createOwn(key, offset, length, type, encoding, room, expiry, into, former);
  }

  /**
   * As the other, with an object beside the pages, which is the key's from then on.
   *
   * @throws OutOfMemoryError if there is no memory for that; then all is as before
   */
  Entry create(
      byte[] key,
      int offset,
      int length,
      Type type,
      Encoding encoding,
      Held value,
      long expiry,
      Entry into,
      @Nullable Entry former) {
    int handle = pool.hold(value);
    try {
      Entry entry =
          create(key, offset, length, type, encoding, Integer.BYTES, expiry, into, former);
      return named(entry, value, handle);
    } catch (OutOfMemoryError full) {
      pool.drop(handle);
      throw full;
    }
  }

  private static Entry named(Entry entry, Held value, int handle) {
    Bytes.putInt(entry.bytes(), entry.start(), handle);
    entry.database().keyspace().unfinished().end(value);
    return entry;
  }

  /** As {@link #create}, among the keys of this database alone. */
  private Entry createOwn(
      byte[] key,
      int offset,
      int length,
      Type type,
      Encoding encoding,
      int room,
      long expiry,
      Entry into,
      @Nullable Entry former) {
    long hash = KeyHash.hash(key, offset, length);
    int reference = lay(key, offset, length, type, encoding, room, expiry);
    try {
      enter(hash, reference, expiry >= 0, former, false);
    } catch (OutOfMemoryError full) {
      pool.free(reference, database.account());
      throw full;
    }
    Entry created = into.at(database, hash, reference);
    announce(created);
    return created;
  }

  /** Tells of a new key, which is not there if it cannot be told. */
  private void announce(Entry created) {
    try {
      database
          .news()
          .announce(
              created.bytes(),
              created.keyOffset(),
              created.keyLength(),
              KeyspaceNotifications.NEW,
              "new");
    } catch (OutOfMemoryError full) {
      index.leave(created.hash(), created.reference());
      pool.free(created.reference(), database.account());
      throw full;
    }
  }

  /**
   * Lets a key that has been laid be found, to which another one of this name gives way.
   *
   * @param fieldsExpire whether it is a hash with fields that expire, which has been noted
   * @throws OutOfMemoryError if there is no memory for that; then all is as before
   */
  void enter(
      long hash, int reference, boolean expires, @Nullable Entry former, boolean fieldsExpire) {
    if (former == null) {
      index.enter(hash, reference, expires);
      return;
    }
    database.beforeRemoval(former);
    index.prepareToLeave(hash, former.reference());
    index.enter(hash, reference, expires);
    if (!fieldsExpire) {
      database.expiringHashes().forget(former);
    }
    takeOut(former);
  }

  private void clock(int reference, int bits) {
    EntryLayout.clock(pool.page(reference), PagePool.offset(reference), bits);
  }

  /** Takes a slot and writes flags, key, type, clock and expiry (-1: none). */
  int lay(byte[] key, int offset, int length, Type type, Encoding encoding, int room, long expiry) {
    int flags = EntryLayout.flagsFor(EntryLayout.TYPED | database.keys().stamp(), length);
    if (expiry >= 0) {
      flags |= EntryLayout.EXPIRES;
    }
    if (pins.hold(key, offset, length)) {
      flags |= EntryLayout.PINNED | EntryLayout.UNSETTLED;
    }
    int head = EntryLayout.headerSize(flags) + length;
    int reference = pool.allocate(Math.addExact(head, room), database.account());
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

  /**
   * As {@link #overwrite}, with an object beside the pages, which is the key's from then on.
   *
   * @throws OutOfMemoryError if there is no memory for that; then the key is as before
   */
  public Entry overwrite(
      @Nullable Entry present,
      Request request,
      int argument,
      Type type,
      Encoding encoding,
      Held value,
      long expiry) {
    int handle = pool.hold(value);
    try {
      Entry entry = overwrite(present, request, argument, type, encoding, Integer.BYTES, expiry);
      return named(entry, value, handle);
    } catch (OutOfMemoryError full) {
      pool.drop(handle);
      throw full;
    }
  }

  private Entry overwriteOwn(Entry present, Type type, Encoding encoding, int room, long expiry) {
    database.beforeChange(present);
    boolean sameHead = (present.expiry() >= 0) == (expiry >= 0);
    int head = present.start() - PagePool.offset(present.reference());
    if (sameHead && PagePool.roundedSize(head + room) == present.slotBytes()) {
      giveUpValue(present);
      present.retype(type, encoding);
      if (expiry >= 0) {
        expireAt(present, expiry);
      }
      return present;
    }
    int old = present.reference();
    // Before the value is given up, which is still the key's if there is no memory for another.
    int laid =
        lay(
            present.bytes(),
            present.keyOffset(),
            present.keyLength(),
            type,
            encoding,
            room,
            expiry);
    clock(laid, present.clock());
    index.exchange(present.hash(), old, laid, expiry >= 0);
    giveUpValue(present);
    pool.free(old, database.account());
    return present.at(database, present.hash(), laid);
  }

  /** Frees what a key holds that is to have another value. */
  private void giveUpValue(Entry entry) {
    database.expiringHashes().forget(entry);
    if (entry.encoding().held()) {
      freeLater(entry.release());
    }
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
    boolean text = entry.type() == Type.STRING && !entry.encoding().held();
    int slack = text ? room - usedByString(entry) : 0;
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
    clock(laid, clock);
    index.exchange(entry.hash(), old, laid, expiry >= 0);
    entry.at(database, entry.hash(), laid);
    pool.free(old, database.account());
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
    database.beforeRemoval(entry);
    index.prepareToLeave(entry.hash(), entry.reference());
    database.expiringHashes().forget(entry);
    takeOut(entry);
  }

  private void takeOut(Entry entry) {
    int reference = entry.reference();
    index.leave(entry.hash(), reference);
    if (common.othersHold(entry)) {
      common.letGo(entry);
    } else {
      if (entry.encoding().held()) {
        freeLater(entry.release());
      }
      pool.free(reference, database.account());
    }
  }

  /** Frees a value of this database; if that takes long, it no longer counts in the database. */
  public void freeLater(Held value) {
    database.keyspace().unfinished().end(value);
    MemoryAccount account = database.account();
    value.adopt(account, database.keyspace());
    if (!Freeing.atOnce(value)) {
      long bytes = value.memoryBytes();
      MemoryAccount ofKeyspace = database.keyspace().account();
      account.addCommon(-bytes);
      ofKeyspace.addCommon(bytes);
      value.adopt(ofKeyspace, database.keyspace());
    }
    home.freeing().later(value);
  }
}
