package io.keyward.engine.builtin;

import io.keyward.engine.Errors;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.memory.Dictionary;
import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.KeyHash;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;
import io.keyward.engine.builtin.memory.SteadyWalk;
import io.keyward.engine.builtin.structure.IntegerSet;
import io.keyward.engine.builtin.structure.Listpack;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One numbered database of a keyspace: its keys, and the only way to read and change them.
 *
 * <p>Look-ups give views ({@link Entry}) that are reused: {@link #read} and {@link #write} share
 * one, so a command that works on two keys at once brings a view of its own for the second.
 *
 * <p>Whoever changes a value says so by {@link #changed}, once for each key: it serves WATCH,
 * client-side caches, blocked clients, keyspace events and the count of changes. {@link #remove}
 * does not say it.
 */
public final class Database {
  private final BuiltinKeyspace keyspace;
  private final PagePool pool;
  private final MemoryAccount account;
  private final Entry view;
  private final Entry scratchView;
  private final Watches watches = new Watches();
  private final BlockedClients blocked;
  private final ExpiringHashes expiringHashes = new ExpiringHashes(this);
  private final AccessFrequencies frequencies;
  private Dictionary keys;
  private int number;

  Database(BuiltinKeyspace keyspace, int number) {
    this.keyspace = keyspace;
    this.number = number;
    pool = keyspace.home().pool();
    account = keyspace.account();
    keys = new Dictionary(pool, account);
    frequencies = new AccessFrequencies(account);
    view = new Entry(this);
    scratchView = new Entry(this);
    blocked = new BlockedClients(this);
  }

  /** The database that the request's client has selected. */
  public static Database of(Request request) {
    return (Database) request.store();
  }

  public BuiltinKeyspace keyspace() {
    return keyspace;
  }

  public PagePool pool() {
    return pool;
  }

  public MemoryAccount account() {
    return account;
  }

  Dictionary keys() {
    return keys;
  }

  public int number() {
    return number;
  }

  /** The clients that wait for keys of this database. */
  public BlockedClients blocked() {
    return blocked;
  }

  Watches watches() {
    return watches;
  }

  /** A further view, for commands that hold several keys at once. */
  public Entry newView() {
    return new Entry(this);
  }

  /** The reused view that {@link #read} and {@link #write} give when none is brought. */
  public Entry view() {
    return view;
  }

  /** A second reused view, for a look that ends before the next one begins. */
  public Entry scratchView() {
    return scratchView;
  }

  /** The number of keys, those included whose time is up but that nobody has met yet. */
  public int size() {
    return keys.size();
  }

  /** The number of buckets that the keys are spread over. */
  public int buckets() {
    return keys.buckets();
  }

  /** The number of keys that expire. */
  public int expiring() {
    return keys.marked();
  }

  /* Look-ups. */

  /** The key for reading, or null; counts a hit or a miss and renews the key's access clock. */
  public @Nullable Entry read(Request request, int argument) {
    return read(request, argument, view);
  }

  /** The key for reading through the given view, or null. */
  public @Nullable Entry read(Request request, int argument, Entry into) {
    Entry found = glance(request, argument, into);
    if (found != null && !request.client().noTouch()) {
      touch(found);
    }
    return found;
  }

  /** The key, or null, for a command that asks about it: counted, but its access clock stays. */
  public @Nullable Entry glance(Request request, int argument, Entry into) {
    Entry found = peek(request, argument, into);
    if (found == null) {
      keyspace.statistics().miss();
      if (keyspace.notifications().wants(KeyspaceNotifications.MISS)) {
        keyspace
            .notifications()
            .publish(
                number,
                KeyspaceNotifications.MISS,
                "keymiss",
                request.bytes(),
                request.offset(argument),
                request.length(argument));
      }
      return null;
    }
    keyspace.statistics().hit();
    return found;
  }

  /**
   * The key for reading, or null if it is not there.
   *
   * @throws io.keyward.engine.CommandException WRONGTYPE if it is of another type
   */
  public @Nullable Entry read(Request request, int argument, Type type) {
    return check(read(request, argument, view), type);
  }

  /** The key for reading through the given view; WRONGTYPE if it is of another type. */
  public @Nullable Entry read(Request request, int argument, Type type, Entry into) {
    return check(read(request, argument, into), type);
  }

  /** The key for changing it, or null; counts neither hit nor miss. */
  public @Nullable Entry write(Request request, int argument) {
    return write(request, argument, view);
  }

  /** The key for changing it through the given view, or null. */
  public @Nullable Entry write(Request request, int argument, Entry into) {
    Entry found = peek(request, argument, into);
    if (found != null) {
      touch(found);
      beforeChange(found);
    }
    return found;
  }

  /**
   * Says that an entry is about to be changed or removed, so that who writes a snapshot may look at
   * it before; {@link #write} says it, and whoever changes what it has found otherwise has to.
   */
  public void beforeChange(Entry entry) {
    ChangeGuard guard = keyspace.guard();
    if (guard != null) {
      guard.beforeChange(this, entry);
    }
  }

  /** Begins a walk that shows every key as it is now, whatever becomes of it meanwhile. */
  public SteadyWalk beginWalk(IntConsumer visitor) {
    return keys.beginWalk(visitor);
  }

  /** The walk over the present keys that is not over yet, or null. */
  public @Nullable SteadyWalk walk() {
    return keys.walk();
  }

  /** The key for changing it, or null; WRONGTYPE if it is of another type. */
  public @Nullable Entry write(Request request, int argument, Type type) {
    return check(write(request, argument, view), type);
  }

  /** The key for changing it through the given view; WRONGTYPE if it is of another type. */
  public @Nullable Entry write(Request request, int argument, Type type, Entry into) {
    return check(write(request, argument, into), type);
  }

  private static @Nullable Entry check(@Nullable Entry found, Type type) {
    if (found != null && found.type() != type) {
      throw Errors.WRONG_TYPE;
    }
    return found;
  }

  /** The key without a trace: no statistics, no access clock. What has expired is not there. */
  public @Nullable Entry peek(Request request, int argument, Entry into) {
    byte[] key = request.bytes();
    Entry found = locate(key, request.offset(argument), request.length(argument), into);
    if (found != null && expired(found, request.now())) {
      // A pause keeps the data as it is; only a command that writes needs the place of the key.
      if (keyspace.pause().scope() == Pause.Scope.NOTHING || request.command().write()) {
        expire(found);
      }
      return null;
    }
    return found;
  }

  /** The key without a trace, or null. */
  public @Nullable Entry find(byte[] key, int offset, int length, long now, Entry into) {
    Entry found = locate(key, offset, length, into);
    if (found != null && expired(found, now)) {
      expire(found);
      return null;
    }
    return found;
  }

  /** The key, even if its time is up, without a trace; or null. */
  public @Nullable Entry locate(byte[] key, int offset, int length, Entry into) {
    long hash = KeyHash.hash(key, offset, length);
    int reference = keys.find(hash, key, offset, length);
    return reference == Dictionary.ABSENT ? null : into.at(this, hash, reference);
  }

  /** The view of an entry that a walk has met. */
  public Entry at(int reference, Entry into) {
    long hash = EntryLayout.keyHash(pool.page(reference), PagePool.offset(reference));
    return into.at(this, hash, reference);
  }

  static boolean expired(Entry entry, long now) {
    long expiry = entry.expiry();
    return expiry >= 0 && expiry <= now;
  }

  /** Removes a key whose time is up, and tells those who want to know. */
  public void expire(Entry entry) {
    keyspace.statistics().expired();
    byte[] page = entry.bytes();
    int offset = entry.keyOffset();
    int length = entry.keyLength();
    changed(page, offset, length, KeyspaceNotifications.EXPIRED, "expired");
    keyspace.countDeparture();
    keyspace.effects().gone(number, page, offset, length);
    remove(entry);
  }

  /** The hashes with fields that expire. */
  ExpiringHashes expiringHashes() {
    return expiringHashes;
  }

  /**
   * Says that fields of a hash have expired and are gone, and removes a hash that is empty now.
   *
   * @return whether the hash is still there
   */
  public boolean fieldsExpired(Entry hash, int fields, boolean emptied) {
    keyspace.statistics().fieldsExpired(fields);
    byte[] page = hash.bytes();
    int offset = hash.keyOffset();
    int length = hash.keyLength();
    changed(page, offset, length, KeyspaceNotifications.HASH, "hexpired");
    keyspace.countDeparture();
    if (emptied) {
      tell(page, offset, length, KeyspaceNotifications.GENERIC, "del");
      remove(hash);
    }
    return !emptied;
  }

  /** Says that a field of a hash is going to be removed because its time is up. */
  public void fieldGone(Entry hash, byte[] name, int offset, int length) {
    keyspace.effects().fieldGone(number, hash, name, offset, length);
  }

  /** Notes that a field of a hash expires at a time, in milliseconds since 1970. */
  public void fieldExpires(Entry hash, long time) {
    expiringHashes.note(hash.bytes(), hash.keyOffset(), hash.keyLength(), time);
  }

  /** Removes a key to make room for others. */
  void evict(Entry entry) {
    keyspace.statistics().evicted();
    if (keyspace.home().clock().tinyLfu()) {
      frequencies.leaves(entry.hash(), entry.clock());
    }
    changed(
        entry.bytes(),
        entry.keyOffset(),
        entry.keyLength(),
        KeyspaceNotifications.EVICTED,
        "evicted");
    keyspace.countDeparture();
    keyspace.effects().gone(number, entry.bytes(), entry.keyOffset(), entry.keyLength());
    remove(entry);
  }

  /**
   * Sets how a key has been used, as far as the policy keeps that.
   *
   * @param idleSeconds since the last use, or -1
   * @param frequency the LFU counter, or -1
   */
  public void used(Entry entry, long idleSeconds, int frequency) {
    AccessClock clock = keyspace.home().clock();
    if (clock.frequency() && frequency >= 0) {
      entry.clock(clock.counted(frequency));
    } else if (!clock.frequency() && idleSeconds >= 0) {
      entry.clock(clock.idleFor(idleSeconds));
    }
  }

  private void touch(Entry entry) {
    int before = entry.clock();
    Home home = keyspace.home();
    int clock = home.clock().tinyLfu() ? frequencies.used(before) : home.accessClock(before);
    if (clock != before) {
      entry.clock(clock);
    }
  }

  /** How often the keys are asked for, under a TinyLFU policy. */
  AccessFrequencies frequencies() {
    return frequencies;
  }

  /** How often a key was asked for of late, 0 to 63, under a TinyLFU policy. */
  public int frequency(Entry entry) {
    return frequencies.count(entry.clock());
  }

  /** Fits what is kept of frequencies to the keys, or gives it up when nobody asks for it. */
  void tendFrequencies() {
    if (keyspace.home().clock().tinyLfu()) {
      frequencies.fit(keys.size());
    } else {
      frequencies.forget();
    }
  }

  /* Changes. */

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
        view);
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
    long hash = KeyHash.hash(key, offset, length);
    int reference = lay(key, offset, length, type, encoding, room, expiry);
    keys.insert(hash, reference, expiry >= 0);
    Entry created = into.at(this, hash, reference);
    if (keyspace.home().clock().tinyLfu()) {
      created.clock(frequencies.fresh(hash));
    }
    if (keyspace.notifications().wants(KeyspaceNotifications.NEW)) {
      keyspace
          .notifications()
          .publish(number, KeyspaceNotifications.NEW, "new", key, offset, length);
    }
    return created;
  }

  /** Takes a slot and writes flags, key, type, clock and expiry (-1: none). */
  private int lay(
      byte[] key, int offset, int length, Type type, Encoding encoding, int room, long expiry) {
    int flags = EntryLayout.flagsFor(EntryLayout.TYPED | keys.generation(), length);
    if (expiry >= 0) {
      flags |= EntryLayout.EXPIRES;
    }
    int head = EntryLayout.headerSize(flags) + length;
    int reference = pool.allocate(Math.addExact(head, room), account);
    byte[] page = pool.page(reference);
    int at = PagePool.offset(reference);
    EntryLayout.writeKey(page, at, flags, key, offset, length);
    Bytes.putInt(
        page,
        EntryLayout.typeOffset(page, at),
        type.ordinal() | (encoding.ordinal() << 4) | (keyspace.home().newClock() << 8));
    if (expiry >= 0) {
      Bytes.putLong(page, EntryLayout.expiryOffset(page, at), expiry);
    }
    return reference;
  }

  /**
   * Gives a key a value of another kind, whether it is there or not, with room for so many bytes,
   * which the caller writes.
   *
   * @param present the key as {@link #write} has found it, or null
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
    byte[] key = request.bytes();
    int offset = request.offset(argument);
    int length = request.length(argument);
    if (present == null) {
      return create(key, offset, length, type, encoding, room, expiry, view);
    }
    expiringHashes.forget(present);
    if (present.encoding().held()) {
      keyspace.home().freeLater(present.release());
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
    int laid = lay(key, offset, length, type, encoding, room, expiry);
    if (!sameHead) {
      keys.mark(present.hash(), old, expiry >= 0);
    }
    keys.replace(present.hash(), old, laid);
    pool.free(old, account);
    return present.at(this, present.hash(), laid);
  }

  /** Sets the time at which a key expires, in milliseconds since 1970; -1 for never. */
  public void expireAt(Entry entry, long milliseconds) {
    boolean had = entry.expiry() >= 0;
    if (had && milliseconds >= 0) {
      Bytes.putLong(
          entry.bytes(),
          EntryLayout.expiryOffset(entry.bytes(), PagePool.offset(entry.reference())),
          milliseconds);
    } else if (had != milliseconds >= 0) {
      relay(entry, milliseconds);
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
    keys.mark(entry.hash(), old, expiry >= 0);
    keys.replace(entry.hash(), old, laid);
    pool.free(old, account);
    entry.at(this, entry.hash(), laid).clock(clock);
  }

  private static int usedByString(Entry entry) {
    if (entry.encoding() == Encoding.INT) {
      return Long.BYTES;
    }
    int length = entry.stringLength();
    return Entry.lengthBytes(length) + length;
  }

  /** Takes a key out and frees what it holds, big values in slices later. */
  public void remove(Entry entry) {
    beforeChange(entry);
    expiringHashes.forget(entry);
    if (entry.encoding().held()) {
      keyspace.home().freeLater(entry.release());
    }
    int reference = entry.reference();
    keys.remove(entry.hash(), reference);
    pool.free(reference, account);
  }

  /**
   * Moves the value of a key to another name, here or in another database of the keyspace; the
   * target is not there. Type, expiry and clock go along.
   */
  public void rename(Entry entry, Database target, byte[] key, int offset, int length) {
    byte[] page = entry.bytes();
    int room = entry.capacity();
    long hash = KeyHash.hash(key, offset, length);
    long expiry = entry.expiry();
    int laid = target.lay(key, offset, length, entry.type(), entry.encoding(), room, expiry);
    byte[] newPage = pool.page(laid);
    int to = EntryLayout.valueOffset(newPage, PagePool.offset(laid));
    System.arraycopy(page, entry.start(), newPage, to, room);
    if (FieldExpiry.any(entry)) {
      expiringHashes.forget(entry);
      target.expiringHashes.note(key, offset, length, 0);
    }
    int old = entry.reference();
    keys.remove(entry.hash(), old);
    pool.free(old, account);
    target.keys.insert(hash, laid, expiry >= 0);
  }

  /** Copies a key with type, expiry and clock to a name that is not there, here or elsewhere. */
  public void copy(Entry entry, Database target, byte[] key, int offset, int length) {
    int room = entry.capacity();
    long expiry = entry.expiry();
    Encoding encoding = entry.encoding();
    int clock = entry.clock();
    Entry made =
        target.create(key, offset, length, entry.type(), encoding, room, expiry, target.newView());
    if (encoding.held()) {
      Bytes.putInt(made.bytes(), made.start(), pool.hold(entry.held().copy()));
    } else {
      System.arraycopy(entry.bytes(), entry.start(), made.bytes(), made.start(), room);
    }
    made.clock(clock);
    if (FieldExpiry.any(made)) {
      target.expiringHashes.note(key, offset, length, 0);
    }
  }

  /** Says that an argument's key has been changed, by an event of this class and name. */
  public void changed(Request request, int argument, int eventClass, String event) {
    changed(request.bytes(), request.offset(argument), request.length(argument), eventClass, event);
  }

  /** Says that a key has been changed, by an event of this class and name. */
  public void changed(byte[] key, int offset, int length, int eventClass, String event) {
    keyspace.countChange();
    tell(key, offset, length, eventClass, event);
  }

  /** Says that a change already counted has had a further effect: another key, another event. */
  public void alsoChanged(Request request, int argument, int eventClass, String event) {
    tell(request.bytes(), request.offset(argument), request.length(argument), eventClass, event);
  }

  private void tell(byte[] key, int offset, int length, int eventClass, String event) {
    if (!watches.isEmpty()) {
      watches.touched(key, offset, length);
    }
    KeyTracker tracker = keyspace.tracker();
    if (tracker != null) {
      boolean ofItself =
          eventClass == KeyspaceNotifications.EXPIRED
              || eventClass == KeyspaceNotifications.EVICTED;
      tracker.changed(key, offset, length, ofItself);
    }
    if (!blocked.isEmpty()) {
      blocked.ready(key, offset, length);
    }
    if (keyspace.notifications().wants(eventClass)) {
      keyspace.notifications().publish(number, eventClass, event, key, offset, length);
    }
  }

  /**
   * Counts a change that neither WATCH nor blocked clients are told of, as Redis does not: what the
   * consumers of a stream have read.
   */
  public void changedQuietly() {
    keyspace.countChange();
  }

  /** As {@link #changedQuietly()}, with an event. */
  public void changedQuietly(Request request, int argument, int eventClass, String event) {
    keyspace.countChange();
    if (keyspace.notifications().wants(eventClass)) {
      keyspace
          .notifications()
          .publish(
              number,
              eventClass,
              event,
              request.bytes(),
              request.offset(argument),
              request.length(argument));
    }
  }

  /* Walks. */

  /** Visits the entries of the next few buckets; see {@link Dictionary#scan}. */
  public long scan(long cursor, IntConsumer visitor) {
    return keys.scan(cursor, visitor);
  }

  /** Visits every entry; the visitor may remove the one it is given, and nothing else. */
  public void forEach(IntConsumer visitor) {
    keys.forEach(visitor);
  }

  /** A key, each with the same chance, or null if there is none. */
  public @Nullable Entry random(long now, Entry into) {
    for (int attempt = 0; ; attempt++) {
      int reference = keys.random(keyspace.home().random());
      if (reference == Dictionary.ABSENT) {
        return null;
      }
      at(reference, into);
      if (!expired(into, now)) {
        return into;
      }
      if (attempt < 100) {
        expire(into);
      } else {
        return into;
      }
    }
  }

  /** Whether the entry that a walk has met is past its time. */
  public boolean expired(int reference, long now) {
    byte[] page = pool.page(reference);
    long expiry = EntryLayout.expiry(page, PagePool.offset(reference));
    return expiry >= 0 && expiry <= now;
  }

  /** Empties the database; the memory is given back in slices afterwards. */
  public void flush() {
    keyspace.emptied();
    empty();
  }

  void empty() {
    if (keys.size() == 0) {
      return;
    }
    keyspace.countChange();
    long now = System.currentTimeMillis();
    watches.flushed(this, now);
    Dictionary detached = keys;
    keys = new Dictionary(pool, account);
    expiringHashes.clear();
    blocked.allReady();
    Held freed = new DetachedKeys(detached, pool, account, keyspace.home());
    SteadyWalk walk = detached.walk();
    if (walk == null) {
      keyspace.home().freeLater(freed);
    } else {
      walk.afterwards(() -> keyspace.home().freeLater(freed));
    }
  }

  /** Gives back the memory of an empty database that nobody refers to any more. */
  void discard() {
    frequencies.forget();
    account.add(-keys.memory());
  }

  /** Exchanges the keys of two databases; the clients stay where they are. */
  void swap(Database other) {
    long now = System.currentTimeMillis();
    Dictionary mine = keys;
    watches.swapped(this, other, now);
    other.watches.swapped(other, this, now);
    keys = other.keys;
    other.keys = mine;
    expiringHashes.swap(other.expiringHashes);
    blocked.allReady();
    other.blocked.allReady();
  }

  /** Checks every structure of the database; for tests. */
  public void validate() {
    keys.validate();
    Entry walked = newView();
    keys.forEach(reference -> validate(at(reference, walked)));
  }

  private static void validate(Entry entry) {
    byte[] bytes = entry.bytes();
    int start = entry.start();
    boolean sound =
        switch (entry.encoding()) {
          case LISTPACK, LISTPACK_EX -> {
            int total = Listpack.totalBytes(bytes, start);
            yield total <= entry.capacity() && Listpack.validate(bytes, start, total);
          }
          case INTSET -> {
            int total = IntegerSet.totalBytes(bytes, start);
            yield total <= entry.capacity() && IntegerSet.validate(bytes, start, total);
          }
          default -> true;
        };
    if (!sound) {
      throw new IllegalStateException("damaged " + entry.encoding().wireName());
    }
    if (entry.encoding().held()) {
      entry.held().validate();
    }
  }
}
