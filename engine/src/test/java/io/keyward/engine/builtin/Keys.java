package io.keyward.engine.builtin;

import java.nio.charset.StandardCharsets;

/** Looks at keys of a bench from inside, where a command would say less. */
public final class Keys {
  private Keys() {}

  /** How the key of database 0 is kept, or "none". */
  public static String encoding(Bench bench, String key) {
    byte[] name = key.getBytes(StandardCharsets.ISO_8859_1);
    Database database = bench.keyspace().databases().at(0);
    Entry found =
        database.find(name, 0, name.length, System.currentTimeMillis(), database.newView());
    return found == null ? "none" : found.encoding().wireName();
  }
}
