package io.keyward.engine;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * All keyspaces of a gateway, found by their prefix, made and dropped while it runs.
 *
 * <p>Any thread may ask; what a keyspace holds is touched on its home loop alone.
 */
public interface Engine {
  /** Stands between a keyspace's prefix and a key where keys of all keyspaces are seen. */
  String SEPARATOR = "::";

  /** The keyspace of this prefix, or null. */
  @Nullable Keyspace find(String prefix);

  /** The keyspace of this prefix, made if it is not there: on the loop that has least to do. */
  Keyspace open(String prefix);

  /**
   * Removes a keyspace: nobody finds it any more, its clients are closed and its memory is freed,
   * soon.
   *
   * @return whether there was one
   */
  boolean drop(String prefix);

  /** Asks for the traits of a keyspace anew, after the configuration has changed. */
  void refresh(String prefix);

  /** Every keyspace, in no order; those that come or go meanwhile may be among them or not. */
  Collection<? extends Keyspace> keyspaces();

  /**
   * Where the own part of a key begins that is seen as {@code <prefix>::<key>}: behind the first
   * separator, since a prefix contains none and does not end with a colon. -1 if there is none, or
   * nothing before it.
   */
  static int ownPart(byte[] key, int offset, int length) {
    int end = offset + length - 1;
    for (int i = offset + 1; i < end; i++) {
      if (key[i] == ':' && key[i + 1] == ':') {
        return i + SEPARATOR.length() - offset;
      }
    }
    return -1;
  }
}
