package io.keyward.engine.builtin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The keys of one database that WATCH has named, and whose watchers are to learn of a change. */
public final class Watches {
  /** What a watched key takes beside its bytes. */
  private static final int WATCH = 200;

  /** One client's watched keys over all databases. */
  public static final class Watcher {
    private final List<Watch> watches = new ArrayList<>();
    private boolean changed;
    private long taken;

    /** Bytes of memory that the watched keys take. */
    long bytes() {
      return taken;
    }

    /** Whether one of the keys has been changed, or has expired, since it was watched. */
    public boolean changed(long now) {
      for (int i = 0; i < watches.size() && !changed; i++) {
        Watch watch = watches.get(i);
        byte[] key = watch.key.bytes();
        watch.database.find(key, 0, key.length, now, watch.database.newView());
      }
      return changed;
    }

    /** Whether a watched key is known to have been changed. */
    public boolean touched() {
      return changed;
    }

    /** How many keys are watched. */
    public int size() {
      return watches.size();
    }

    /** Watches a key, unless it is watched already. */
    public void watch(Database asked, byte[] bytes, int offset, int length, long now) {
      GlobalName name = new GlobalName(asked).of(asked, bytes, offset, length);
      Database database = name.holder();
      Key key = name.key();
      for (Watch present : watches) {
        if (present.database == database && present.key.equals(key)) {
          return;
        }
      }
      if (!asked.keyspace().slices().busy()) {
        // What is past its time goes now: its late removal would look like a change.
        database.find(key.bytes(), 0, key.bytes().length, now, database.newView());
      }
      Watch watch = new Watch(this, database, key);
      watches.add(watch);
      taken += length + WATCH;
      database.watches().byKey.computeIfAbsent(key, k -> new ArrayList<>(1)).add(watch);
    }

    /** Forgets every watched key. */
    public void clear() {
      for (Watch watch : watches) {
        Map<Key, List<Watch>> byKey = watch.database.watches().byKey;
        List<Watch> others = byKey.get(watch.key);
        if (others != null) {
          others.remove(watch);
          if (others.isEmpty()) {
            byKey.remove(watch.key);
          }
        }
      }
      watches.clear();
      taken = 0;
      changed = false;
    }
  }

  private record Watch(Watcher watcher, Database database, Key key) {}

  private final Map<Key, List<Watch>> byKey = new HashMap<>();

  boolean isEmpty() {
    return byKey.isEmpty();
  }

  void touched(byte[] bytes, int offset, int length) {
    List<Watch> watching = byKey.get(Key.copyOf(bytes, offset, length));
    if (watching != null) {
      for (Watch watch : watching) {
        watch.watcher.changed = true;
      }
    }
  }

  /** Keys have come into an empty database: whoever watches one has seen a change. */
  void arrived(Database database, long now) {
    flushed(database, now);
  }

  /** Every key is about to go: whoever watches one that is there has seen a change. */
  void flushed(Database database, long now) {
    Entry view = database.newView();
    for (Map.Entry<Key, List<Watch>> watched : byKey.entrySet()) {
      byte[] key = watched.getKey().bytes();
      if (database.find(key, 0, key.length, now, view) != null) {
        watched.getValue().forEach(watch -> watch.watcher.changed = true);
      }
    }
  }

  /** The keys of another database take the place of this one's. */
  void swapped(Database mine, Database other, long now) {
    Entry view = mine.newView();
    for (Map.Entry<Key, List<Watch>> watched : byKey.entrySet()) {
      byte[] key = watched.getKey().bytes();
      boolean before = mine.find(key, 0, key.length, now, view) != null;
      boolean after = other.find(key, 0, key.length, now, view) != null;
      if (before || after) {
        watched.getValue().forEach(watch -> watch.watcher.changed = true);
      }
    }
  }
}
