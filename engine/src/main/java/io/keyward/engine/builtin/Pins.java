package io.keyward.engine.builtin;

import io.keyward.config.Namespaces;

/** Which keys of a keyspace stay in memory alone and are not evicted for others. */
public final class Pins {
  private Namespaces namespaces = Namespaces.NONE;
  private boolean any;

  /** Pins the keys of these namespaces, and no others any more. */
  public void set(Namespaces pinned) {
    namespaces = pinned;
    any = !pinned.names().isEmpty();
  }

  /** Whether any namespace is pinned. */
  boolean any() {
    return any;
  }

  /** Whether a key is pinned. */
  public boolean hold(Entry entry) {
    return hold(entry.bytes(), entry.keyOffset(), entry.keyLength());
  }

  /** Whether a key is pinned. */
  public boolean hold(byte[] key, int offset, int length) {
    return any && namespaces.contain(key, offset, length);
  }
}
