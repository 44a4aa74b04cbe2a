package io.keyward.engine;

import io.keyward.config.Namespaces;
import org.jspecify.annotations.Nullable;

/**
 * What sets one keyspace apart from others.
 *
 * @param pinned the namespaces that are never evicted for others
 * @param limits what it may have and do
 * @param kept whether its data is written to the files, if there are any
 * @param sharedKeys the keys that it has in common with others, or null; decided when the keyspace
 *     is made
 */
public record KeyspaceTraits(
    Namespaces pinned, KeyspaceLimits limits, boolean kept, @Nullable SharedKeys sharedKeys) {
  /** Like any other. */
  public static final KeyspaceTraits NONE = new KeyspaceTraits(Namespaces.NONE);

  /** Without limits. */
  public KeyspaceTraits(Namespaces pinned) {
    this(pinned, KeyspaceLimits.NONE, true, null);
  }
}
