package io.keyward.engine.builtin.tracking;

import io.keyward.engine.Client;
import io.keyward.engine.Reply;
import io.keyward.engine.builtin.Key;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The prefixes that clients have asked to be told of, and the keys with these prefixes that have
 * changed since the last telling.
 */
final class Broadcasts {
  /** Where a message for a client goes. */
  interface Sender {
    /** Sends the given array of keys, RESP already. */
    void send(Tracked to, Reply keys);
  }

  /** What a prefix takes beside its bytes. */
  private static final int PREFIX = 250;

  private static final class Prefix {
    private final Set<Tracked> listeners = new LinkedHashSet<>();

    /** The changed keys with the client that has changed each last, if one has. */
    private final Map<Key, Changer> changed = new LinkedHashMap<>();
  }

  private record Changer(@Nullable Client client) {}

  private final TreeMap<Key, Prefix> prefixes = new TreeMap<>(Key.ORDER);
  private final Set<Prefix> pending = new LinkedHashSet<>();

  int size() {
    return prefixes.size();
  }

  void add(Key prefix, Tracked listener) {
    prefixes.computeIfAbsent(prefix, k -> new Prefix()).listeners.add(listener);
    if (listener.prefixes().add(prefix)) {
      listener.countPrefix(prefix.bytes().length + PREFIX);
    }
  }

  /** Ends all listening of a client; what has not been told it is not. */
  void remove(Tracked listener) {
    for (Key name : listener.prefixes()) {
      Prefix prefix = prefixes.get(name);
      if (prefix != null && prefix.listeners.remove(listener) && prefix.listeners.isEmpty()) {
        prefixes.remove(name);
        pending.remove(prefix);
      }
    }
  }

  /**
   * Notes a change.
   *
   * <p>Of the prefixes in order, those of a key are found from the longest to the shortest: the
   * greatest one that is not after the key is either a prefix of it or shares so many bytes with it
   * that no longer prefix can exist. Cost: at most one look-up for each byte of the key.
   */
  void changed(Key key, @Nullable Client by) {
    Key from = key;
    while (true) {
      Map.Entry<Key, Prefix> found = prefixes.floorEntry(from);
      if (found == null) {
        return;
      }
      byte[] text = found.getKey().bytes();
      int shared = shared(text, key.bytes());
      if (shared == text.length) {
        found.getValue().changed.put(key, new Changer(by));
        pending.add(found.getValue());
        shared--;
      }
      if (shared < 0) {
        return;
      }
      from = Key.copyOf(key.bytes(), 0, shared);
    }
  }

  private static int shared(byte[] one, byte[] other) {
    int mismatch = Arrays.mismatch(one, other);
    return mismatch < 0 ? one.length : mismatch;
  }

  /** Tells every listener, one message for each of its prefixes, and forgets the changes. */
  void tell(Sender sender) {
    if (pending.isEmpty()) {
      return;
    }
    for (Prefix prefix : pending) {
      Reply all = keys(prefix.changed, null);
      for (Tracked listener : prefix.listeners) {
        Reply own = listener.notOwnChanges() ? keys(prefix.changed, listener.client()) : all;
        if (own.length() > 0) {
          sender.send(listener, own);
        }
      }
      prefix.changed.clear();
    }
    pending.clear();
  }

  /**
   * The keys as an array, without those that {@code except} has changed; nothing if none is left.
   */
  private static Reply keys(Map<Key, Changer> changed, @Nullable Client except) {
    Reply keys = new Reply();
    int position = keys.beginArray();
    int count = 0;
    for (Map.Entry<Key, Changer> change : changed.entrySet()) {
      if (except == null || change.getValue().client() != except) {
        keys.bulk(change.getKey().bytes());
        count++;
      }
    }
    if (count > 0) {
      keys.endArray(position, count);
    }
    return keys;
  }
}
