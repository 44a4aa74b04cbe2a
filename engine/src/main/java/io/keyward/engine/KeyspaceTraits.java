package io.keyward.engine;

import io.keyward.config.Namespaces;

/**
 * What sets one keyspace apart from others.
 *
 * @param pinned the namespaces that are never evicted for others
 */
public record KeyspaceTraits(Namespaces pinned) {
  /** Like any other. */
  public static final KeyspaceTraits NONE = new KeyspaceTraits(Namespaces.NONE);
}
