package io.keyward.engine.builtin;

import io.keyward.config.Namespaces;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.memory.Dictionary;
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
  private final @Nullable LentKeys lent;

  Placement(Database database) {
    this.database = database;
    home = database.keyspace().home();
    pool = database.pool();
    pins = database.keyspace().pins();
    Namespaces lends = database.keyspace().lends();
    lent = lends == null ? null : new LentKeys(lends);
  }

  /** How many keys are in the namespaces that others see as their own; null if these see none. */
  @Nullable LentKeys lent() {
    return lent;
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

  /** As {@link #create}, among the keys of this database alone. */
  Entry createOwn(
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
    try {
      enter(hash, reference, expiry >= 0);
    } catch (OutOfMemoryError full) {
      pool.free(reference, database.account());
      throw full;
    }
    database.news().announce(key, offset, length, KeyspaceNotifications.NEW, "new");
    return created;
  }

  /** Lets a key that has been laid be found. */
  void enter(long hash, int reference, boolean expires) {
    if (home.clock().tinyLfu()) {
      clock(reference, database.frequencies().fresh(hash));
    }
    database.keys().insert(hash, reference, expires);
    if (isPinned(reference)) {
      enterAmongPinned(hash, reference);
    }
    countLent(reference, 1);
  }

  private void enterAmongPinned(long hash, int reference) {
    try {
      database.pinned().added(hash, reference);
    } catch (OutOfMemoryError full) {
      database.keys().remove(hash, reference);
      throw full;
    }
  }

  /** Lets a key no longer be found; its slot stays. */
  void leave(long hash, int reference) {
    if (isPinned(reference)) {
      database.pinned().removed(hash, reference);
    }
    database.keys().remove(hash, reference);
    countLent(reference, -1);
  }

  private void countLent(int reference, int difference) {
    LentKeys counted = lent;
    if (counted != null) {
      counted.count(pool.page(reference), PagePool.offset(reference), difference);
    }
  }

  private void replace(long hash, int former, int reference) {
    database.keys().replace(hash, former, reference);
    countLent(former, -1);
    countLent(reference, 1);
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

  private void clock(int reference, int bits) {
    EntryLayout.clock(pool.page(reference), PagePool.offset(reference), bits);
  }

  private boolean isPinned(int reference) {
    return EntryLayout.pinned(pool.page(reference), PagePool.offset(reference));
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
    giveUpValue(present);
    if (!sameHead) {
      database.keys().mark(present.hash(), old, expiry >= 0);
    }
    replace(present.hash(), old, laid);
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
    database.keys().mark(entry.hash(), old, expiry >= 0);
    entry.at(database, entry.hash(), laid).clock(clock);
    replace(entry.hash(), old, laid);
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
    database.expiringHashes().forget(entry);
    Dictionary keys = database.keys();
    int reference = entry.reference();
    leave(entry.hash(), reference);
    if (!entry.isOwn() && keys.othersHold(entry.hash(), reference)) {
      noLongerCommon(entry);
    } else {
      if (entry.encoding().held()) {
        freeLater(entry.release());
      }
      pool.free(reference, database.account());
    }
  }

  /** No longer counts what the database has had in common with others, who keep it. */
  private void noLongerCommon(Entry entry) {
    database.account().addCommon(-entry.bytesTaken());
    if (entry.encoding().held()) {
      entry.held().count(database.keyspace(), -1);
    }
  }

  /** Frees a value of this database; if that takes long, it no longer counts in the database. */
  public void freeLater(Held value) {
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

  /**
   * Makes an entry this database's alone: by a copy, if others hold it, to be changed in its place.
   */
  void own(Entry entry) {
    Dictionary keys = database.keys();
    int shared = entry.reference();
    if (!keys.othersHold(entry.hash(), shared)) {
      keys.claim(shared);
      if (entry.encoding().held()) {
        entry.held().adopt(database.account(), database.keyspace());
      }
      return;
    }
    Held copy = entry.encoding().held() ? entry.held().copy(database) : null;
    int bytes = entry.slotBytes();
    int laid = pool.allocate(bytes, database.account());
    byte[] page = pool.page(laid);
    int at = PagePool.offset(laid);
    System.arraycopy(entry.bytes(), PagePool.offset(shared), page, at, bytes);
    EntryLayout.stamp(page, at, keys.stamp());
    if (copy != null) {
      Bytes.putInt(page, EntryLayout.valueOffset(page, at), pool.hold(copy));
    }
    noLongerCommon(entry);
    keys.replace(entry.hash(), shared, laid);
    if (entry.pinned()) {
      database.pinned().copied(entry.hash(), shared, laid);
    }
    entry.at(database, entry.hash(), laid);
  }

  /** Frees what a walk over the keys has held longest: it is in nobody's account but the home's. */
  void free(int reference) {
    Entry entry = database.at(reference, database.newView());
    database.account().addCommon(entry.bytesTaken());
    if (entry.encoding().held()) {
      entry.held().count(database.keyspace(), 1);
      freeLater(entry.release());
    }
    pool.free(reference, database.account());
  }
}
