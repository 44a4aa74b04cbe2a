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
      leave(created.hash(), created.reference());
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
      enter(hash, reference, expires);
      return;
    }
    database.beforeRemoval(former);
    prepareToLeave(hash, former.reference());
    enter(hash, reference, expires);
    if (!fieldsExpire) {
      database.expiringHashes().forget(former);
    }
    takeOut(former);
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

  /**
   * Lets a key no longer be found; its slot stays.
   *
   * @throws OutOfMemoryError if there is no memory for that; then all is as before
   */
  void leave(long hash, int reference) {
    prepareToLeave(hash, reference);
    if (isPinned(reference)) {
      database.pinned().removed(hash, reference);
    }
    database.keys().remove(hash, reference);
    countLent(reference, -1);
  }

  /** Finds the memory that {@link #leave} takes, before anything is changed. */
  void prepareToLeave(long hash, int reference) {
    database.keys().own(hash, reference);
    if (isPinned(reference)) {
      database.pinned().prepare(hash, reference);
    }
  }

  private void countLent(int reference, int difference) {
    LentKeys counted = lent;
    if (counted != null) {
      counted.count(pool.page(reference), PagePool.offset(reference), difference);
    }
  }

  /**
   * Lets a key be found at another place, where it expires or does not; the former slot stays.
   *
   * @throws OutOfMemoryError if there is no memory for that; then all is as before, and the new
   *     slot is given back
   */
  void exchange(long hash, int former, int reference, boolean expires) {
    try {
      prepareToLeave(hash, former);
    } catch (OutOfMemoryError full) {
      pool.free(reference, database.account());
      throw full;
    }
    if (EntryLayout.expires(pool.page(former), PagePool.offset(former)) != expires) {
      database.keys().mark(hash, former, expires);
    }
    replace(hash, former, reference);
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
    exchange(present.hash(), old, laid, expiry >= 0);
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
    exchange(entry.hash(), old, laid, expiry >= 0);
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
    prepareToLeave(entry.hash(), entry.reference());
    database.expiringHashes().forget(entry);
    takeOut(entry);
  }

  private void takeOut(Entry entry) {
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
    Held copy = entry.encoding().held() ? database.begin(entry.held().copy(database)) : null;
    int bytes = entry.slotBytes();
    int laid = pool.allocate(bytes, database.account());
    byte[] page = pool.page(laid);
    int at = PagePool.offset(laid);
    System.arraycopy(entry.bytes(), PagePool.offset(shared), page, at, bytes);
    EntryLayout.stamp(page, at, keys.stamp());
    try {
      prepareToLeave(entry.hash(), shared);
      if (copy != null) {
        Bytes.putInt(page, EntryLayout.valueOffset(page, at), pool.hold(copy));
        database.keyspace().unfinished().end(copy);
      }
    } catch (OutOfMemoryError full) {
      pool.free(laid, database.account());
      throw full;
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
