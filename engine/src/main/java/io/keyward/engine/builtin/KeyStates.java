package io.keyward.engine.builtin;

import java.util.ArrayDeque;
import java.util.Arrays;

/** All keys of a keyspace as RESTORE takes them, some at a time; nothing may change meanwhile. */
public final class KeyStates {
  private static final int KEYS_AT_ONCE = 256;

  /** Takes a key with its value. */
  @FunctionalInterface
  public interface Taker {
    /**
     * Takes the next key.
     *
     * @param database its number
     * @param expiry milliseconds since 1970, 0 for never
     * @param payload the value as DUMP shows it
     */
    void take(int database, byte[] key, long expiry, byte[] payload);
  }

  private final Home home;
  private final ArrayDeque<Database> databases = new ArrayDeque<>();
  private long cursor;

  /** All keys that are not pinned, on the keyspace's loop, as is each call. */
  public KeyStates(BuiltinKeyspace keyspace) {
    home = keyspace.home();
    keyspace.databases().forEach(databases::add);
  }

  /**
   * Shows the next ones.
   *
   * @return whether there are more
   */
  public boolean next(Taker taker) {
    int[] shown = new int[1];
    while (shown[0] < KEYS_AT_ONCE && !databases.isEmpty()) {
      Database database = databases.element();
      Entry view = database.newView();
      cursor =
          database
              .walks()
              .scan(
                  cursor,
                  reference -> {
                    shown[0]++;
                    show(database, database.at(reference, view), taker);
                  });
      if (cursor == 0) {
        databases.remove();
      }
    }
    return !databases.isEmpty();
  }

  private void show(Database database, Entry entry, Taker taker) {
    if (!database.keyspace().pins().hold(entry)) {
      int from = entry.keyOffset();
      taker.take(
          database.number(),
          Arrays.copyOfRange(entry.bytes(), from, from + entry.keyLength()),
          Math.max(0, entry.expiry()),
          home.serializer().payload(entry));
    }
  }
}
