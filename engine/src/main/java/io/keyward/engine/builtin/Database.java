package io.keyward.engine.builtin;

import io.keyward.engine.Errors;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.memory.Dictionary;
import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.KeyHash;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;
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
  private MemoryAccount account;
  private final Entry view;
  private final Entry scratchView;
  private final Watches watches = new Watches();
  private final BlockedClients blocked;
  private final ExpiringHashes expiringHashes = new ExpiringHashes(this);
  private final AccessFrequencies frequencies;
  private final KeyIndex index;
  private final CommonEntries common;
  private final Placement placement;
  private final Departures departures = new Departures(this);
  private final KeyWalks walks = new KeyWalks(this);
  private final ChangeNews news;
  private final @Nullable KeyRoutes routes;
  private Dictionary keys;
  private @Nullable PinnedKeys pinned;
  private int number;

  Database(BuiltinKeyspace keyspace, int number) {
    this.keyspace = keyspace;
    this.number = number;
    pool = keyspace.home().pool();
    account = new MemoryAccount(keyspace.account());
    keys = new Dictionary(pool, account);
    frequencies = new AccessFrequencies(keyspace.account());
    view = new Entry(this);
    scratchView = new Entry(this);
    blocked = new BlockedClients(this);
    index = new KeyIndex(this);
    common = new CommonEntries(this);
    placement = new Placement(this);
    news = new ChangeNews(this);
    routes = keyspace.routes();
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

  /** Counts the keys, their values and the table of the keys; the keyspace's counts it too. */
  public MemoryAccount account() {
    return account;
  }

  Dictionary keys() {
    return keys;
  }

  KeyIndex index() {
    return index;
  }

  CommonEntries common() {
    return common;
  }

  /** Holds other keys than before, some of which may be pinned; the account counts them. */
  void hold(Dictionary others, MemoryAccount counted, @Nullable PinnedKeys pins) {
    keys = others;
    account = counted;
    pinned = pins;
  }

  /** The keys that are pinned, or null if none has ever been. */
  @Nullable PinnedKeys pinnedIfAny() {
    return pinned;
  }

  /** The keys that are pinned. */
  PinnedKeys pinned() {
    PinnedKeys present = pinned;
    if (present == null) {
      present = new PinnedKeys(this);
      pinned = present;
    }
    return present;
  }

  public int number() {
    return number;
  }

  /** Where keys live that are seen here and are not this database's own; null if all are. */
  @Nullable KeyRoutes routes() {
    return routes;
  }

  /** The database that holds the key of an argument, or would: this one or another keyspace's. */
  public Database holderOf(Request request, int argument) {
    return holderOf(request.bytes(), request.offset(argument), request.length(argument));
  }

  /** The database that holds a key that is seen here, or would. */
  public Database holderOf(byte[] key, int offset, int length) {
    KeyRoutes leads = routes;
    return leads == null ? this : leads.lead(this, key, offset, length);
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

  /** Whether keys of others are seen here. */
  public boolean seesOthers() {
    return routes != null;
  }

  /** The number of buckets that the keys are spread over. */
  public int buckets() {
    return keys.buckets();
  }

  /** The number of keys that expire. */
  public int expiring() {
    return keys.marked();
  }

  /** Keys are there that were not: who waits for one or watches it is to know. */
  void arrived() {
    watches.arrived(this, System.currentTimeMillis());
    blocked.allReady();
  }

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
      if (keyspace.statistics().miss()) {
        news.missed(request, argument);
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
   * Says that an entry is about to be changed, so that who writes a snapshot may look at it before,
   * and makes it this database's alone if it is in common with another; {@link #write} and {@link
   * Placement} do it, and whoever changes the bytes of what it has found otherwise has to.
   */
  public void beforeChange(Entry entry) {
    Database holder = entry.database();
    holder.beforeRemoval(entry);
    if (!entry.isOwn()) {
      holder.common.own(entry);
    }
    if (holder.pinned != null && entry.pinned()) {
      holder.pinned.beforeChange(entry.hash(), entry.reference());
    }
  }

  /** Says that an entry of this database is about to be changed or removed. */
  void beforeRemoval(Entry entry) {
    ChangeGuard guard = keyspace.guard();
    if (guard != null) {
      guard.beforeChange(this, entry);
    }
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
    if (found != null && found.expired(request.now())) {
      // A pause keeps the data as it is; only a command that writes needs the place of the key.
      Database holder = found.database();
      if (holder.keyspace.pause().scope() == Pause.Scope.NOTHING || request.command().write()) {
        holder.departures.expire(found);
      }
      return null;
    }
    return found;
  }

  /** The key without a trace, or null. */
  public @Nullable Entry find(byte[] key, int offset, int length, long now, Entry into) {
    Entry found = locate(key, offset, length, into);
    if (found != null && found.expired(now)) {
      found.database().departures.expire(found);
      return null;
    }
    return found;
  }

  /** The key, even if its time is up, without a trace; or null. */
  public @Nullable Entry locate(byte[] key, int offset, int length, Entry into) {
    KeyRoutes leads = routes;
    if (leads != null) {
      Database holder = leads.lead(this, key, offset, length);
      if (holder != this) {
        int skipped = leads.skipped();
        return holder.locateOwn(key, offset + skipped, length - skipped, into);
      }
    }
    return locateOwn(key, offset, length, into);
  }

  private @Nullable Entry locateOwn(byte[] key, int offset, int length, Entry into) {
    long hash = KeyHash.hash(key, offset, length);
    int reference = keys.find(hash, key, offset, length);
    return reference == Dictionary.ABSENT ? null : into.at(this, hash, reference);
  }

  /**
   * Fetches from memory where a key of this hash is looked for; see {@link Dictionary#fetch}.
   *
   * @return what must not be thrown away; it means nothing
   */
  public int fetch(long hash) {
    return keys.fetch(hash);
  }

  /**
   * To be called before each key of a request with many of them: fetches from memory, now and then,
   * what this one and those behind it are about.
   *
   * @param first the argument that is the first key
   * @param step how far the next key stands behind one
   */
  public void fetchAhead(Request request, int key, int first, int step) {
    if ((key - first) % (step * FetchAhead.AT_ONCE) == 0 && request.count() > key + step) {
      keyspace.home().fetchAhead().fetch(this, request, key, step);
    }
  }

  /** The view of an entry that a walk has met. */
  public Entry at(int reference, Entry into) {
    long hash = EntryLayout.keyHash(pool.page(reference), PagePool.offset(reference));
    return into.at(this, hash, reference);
  }

  /** What meets keys that nobody has named. */
  public KeyWalks walks() {
    return walks;
  }

  ChangeNews news() {
    return news;
  }

  ExpiringHashes expiringHashes() {
    return expiringHashes;
  }

  private void touch(Entry entry) {
    int before = entry.clock();
    Home home = keyspace.home();
    Database holder = entry.database();
    PinnedKeys pins = holder.pinned;
    int clock;
    if (pins != null && entry.pinned()) {
      clock = pins.frequencies().used(before);
    } else if (home.clock().tinyLfu()) {
      clock = holder.frequencies.used(before);
    } else {
      clock = home.accessClock(before);
    }
    if (clock != before) {
      entry.clock(clock);
    }
  }

  /** How often the keys are asked for, under a TinyLFU policy. */
  AccessFrequencies frequencies() {
    return frequencies;
  }

  /** How often a key is asked for, if that is counted by {@link AccessFrequencies}. */
  public AccessFrequencies frequencies(Entry entry) {
    PinnedKeys pins = pinned;
    return pins != null && entry.pinned() ? pins.frequencies() : frequencies;
  }

  /**
   * Takes a big value that no key has yet: it is freed if the command breaks off before one has.
   */
  public <T extends Held> T begin(T value) {
    keyspace.unfinished().begin(value);
    return value;
  }

  /** Has a big value told if the command that is going to change it breaks off. */
  public void changes(Held value) {
    keyspace.unfinished().changes(value);
  }

  /** What adds keys and lays them anew. */
  public Placement placement() {
    return placement;
  }

  /** Takes a key out and frees what it holds, big values in slices later. */
  public void remove(Entry entry) {
    entry.database().placement.remove(entry);
  }

  /** What takes keys and fields out that nobody has asked to remove. */
  public Departures departures() {
    return departures;
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

  /** Tells of an effect of a change that has been counted. */
  void tell(byte[] key, int offset, int length, int eventClass, String event) {
    news.tell(key, offset, length, eventClass, event);
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
    news.changedQuietly(request, argument, eventClass, event);
  }

  /** Expects so many keys to come, if there are none yet. */
  public void expect(int number) {
    keys.reserve(number);
  }

  /** Gives back what keys that were expected and have not come would have taken. */
  public void expectNoMore() {
    keys.trim();
  }

  /** Checks every structure of the database; for tests. */
  public void validate() {
    DatabaseCheck.run(this);
  }
}
