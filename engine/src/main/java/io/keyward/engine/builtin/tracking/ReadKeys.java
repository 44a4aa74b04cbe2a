package io.keyward.engine.builtin.tracking;

import io.keyward.engine.builtin.Key;
import io.keyward.engine.builtin.memory.MemoryAccount;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys that clients have read and may keep copies of, whatever their database, each with its
 * readers; the one read longest ago first.
 *
 * <p>A reader that tracks no more stays until the key changes or is given up. The estimated bytes
 * count as data of the keyspace.
 */
final class ReadKeys {
  /** Map entry, key and array headers, beside the bytes of the key. */
  private static final int BYTES_PER_KEY = 112;

  private static final int BYTES_PER_FURTHER_READER = 64;

  /** Mostly one client; the set is made for the second. */
  private static final class Readers {
    private final Tracked first;
    private @Nullable Set<Tracked> all;

    Readers(Tracked first) {
      this.first = first;
    }

    boolean add(Tracked reader) {
      Set<Tracked> several = all;
      if (several == null) {
        if (reader == first) {
          return false;
        }
        several = new LinkedHashSet<>();
        several.add(first);
        all = several;
      }
      return several.add(reader);
    }

    Collection<Tracked> all() {
      Set<Tracked> several = all;
      return several == null ? List.of(first) : several;
    }
  }

  private final Map<Key, Readers> readers = new LinkedHashMap<>();
  private final MemoryAccount account;
  private long items;
  private long bytes;

  ReadKeys(MemoryAccount account) {
    this.account = account;
  }

  int size() {
    return readers.size();
  }

  /** Pairs of a key and a reader. */
  long items() {
    return items;
  }

  void add(Key key, Tracked reader) {
    Readers present = readers.get(key);
    if (present == null) {
      readers.put(key, new Readers(reader));
      items++;
      charge(BYTES_PER_KEY + key.bytes().length);
    } else if (present.add(reader)) {
      items++;
      charge(BYTES_PER_FURTHER_READER);
    }
  }

  /** Forgets a key and returns those who have read it. */
  Collection<Tracked> take(Key key) {
    Readers present = readers.remove(key);
    if (present == null) {
      return List.of();
    }
    Collection<Tracked> all = present.all();
    items -= all.size();
    charge(-(BYTES_PER_KEY + key.bytes().length + (all.size() - 1L) * BYTES_PER_FURTHER_READER));
    return all;
  }

  /** The key that was read longest ago; there is one. */
  Key eldest() {
    return readers.keySet().iterator().next();
  }

  void clear() {
    readers.clear();
    items = 0;
    charge(-bytes);
  }

  private void charge(long change) {
    bytes += change;
    account.add(change);
  }
}
