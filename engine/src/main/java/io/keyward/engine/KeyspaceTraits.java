package io.keyward.engine;

import io.keyward.config.Namespaces;
import org.jspecify.annotations.Nullable;

/**
 * What sets one keyspace apart from others.
 *
 * @param pinned the namespaces that are never evicted for others
 * @param mostBytes the bytes that its data may take; {@link Long#MAX_VALUE} = no limit of its own
 * @param shared what it may take together with others, or null
 * @param kept whether its data is written to the files, if there are any
 * @param sharedKeys the keys that it has in common with others, or null; decided when the keyspace
 *     is made
 */
public record KeyspaceTraits(
    Namespaces pinned,
    long mostBytes,
    @Nullable SharedQuota shared,
    boolean kept,
    @Nullable SharedKeys sharedKeys) {
  /** Like any other. */
  public static final KeyspaceTraits NONE = new KeyspaceTraits(Namespaces.NONE);

  /** Without limits. */
  public KeyspaceTraits(Namespaces pinned) {
    this(pinned, Long.MAX_VALUE, null, true, null);
  }
}
