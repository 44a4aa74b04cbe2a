package io.keyward.engine.builtin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys of one database that WATCH has named, and whose watchers are to learn of a change. */
public final class Watches {
  /** What a watched key takes beside its bytes. */
  private static final int WATCH = 240;

  /** One client's watched keys over all databases. */
  public static final class Watcher {
    private final Map<Database, Set<Key>> keys = new LinkedHashMap<>(0);
    private boolean changed;
    private long taken;
    private int size;

    /** Bytes of memory that the watched keys take. */
    long bytes() {
      return taken;
    }

    /** Whether one of the keys has been changed, or has expired, since it was watched. */
    public boolean changed(long now) {
      for (Map.Entry<Database, Set<Key>> watched : keys.entrySet()) {
        Database database = watched.getKey();
        for (Key key : watched.getValue()) {
          if (changed) {
            return true;
          }
          database.find(key.bytes(), 0, key.bytes().length, now, database.newView());
        }
      }
      return changed;
    }

    /** Whether a watched key is known to have been changed. */
    public boolean touched() {
      return changed;
    }

    /** How many keys are watched. */
    public int size() {
      return size;
    }

    /** Watches a key, unless it is watched already. */
    public void watch(Database asked, byte[] bytes, int offset, int length, long now) {
      GlobalName name = new GlobalName(asked).of(asked, bytes, offset, length);
      Database database = name.holder();
      Key key = name.key();
      Set<Key> watched = keys.computeIfAbsent(database, d -> new LinkedHashSet<>());
      if (watched.contains(key)) {
        return;
      }
      if (!asked.keyspace().slices().busy()) {
        // What is past its time goes now: its late removal would look like a change.
        database.find(key.bytes(), 0, key.bytes().length, now, database.newView());
      }
      watched.add(key);
      size++;
      taken += length + WATCH;
      database.watches().byKey.computeIfAbsent(key, k -> new ArrayList<>(1)).add(this);
    }

    /** Forgets every watched key. */
    public void clear() {
      keys.forEach((database, watched) -> database.watches().forget(watched, this));
      keys.clear();
      size = 0;
      taken = 0;
      changed = false;
    }
  }

  private final Map<Key, List<Watcher>> byKey = new HashMap<>();

  private void forget(Set<Key> keys, Watcher watcher) {
    for (Key key : keys) {
      List<Watcher> watching = byKey.get(key);
      if (watching != null) {
        watching.remove(watcher);
        if (watching.isEmpty()) {
          byKey.remove(key);
        }
      }
    }
  }

  boolean isEmpty() {
    return byKey.isEmpty();
  }

  void touched(byte[] bytes, int offset, int length) {
    List<Watcher> watching = byKey.get(Key.copyOf(bytes, offset, length));
    if (watching != null) {
      watching.forEach(watcher -> watcher.changed = true);
    }
  }

  /** Keys have come into an empty database: whoever watches one has seen a change. */
  void arrived(Database database, long now) {
    flushed(database, now);
  }

  /** Every key is about to go: whoever watches one that is there has seen a change. */
  void flushed(Database database, long now) {
    Entry view = database.newView();
    for (Map.Entry<Key, List<Watcher>> watched : byKey.entrySet()) {
      byte[] key = watched.getKey().bytes();
      if (database.find(key, 0, key.length, now, view) != null) {
        watched.getValue().forEach(watcher -> watcher.changed = true);
      }
    }
  }

  /** The keys of another database take the place of this one's. */
  void swapped(Database mine, Database other, long now) {
    Entry view = mine.newView();
    for (Map.Entry<Key, List<Watcher>> watched : byKey.entrySet()) {
      byte[] key = watched.getKey().bytes();
      boolean before = mine.find(key, 0, key.length, now, view) != null;
      boolean after = other.find(key, 0, key.length, now, view) != null;
      if (before || after) {
        watched.getValue().forEach(watcher -> watcher.changed = true);
      }
    }
  }
}
