package io.keyward.engine.builtin;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Bytes as a key of Java's maps: a channel, a watched or awaited key.
 *
 * <p>Clients choose them, and may choose such that have the same hash; maps find those quickly too,
 * since they have an order.
 */
public final class Key implements Comparable<Key> {
  /** By unsigned bytes; what is the beginning of another comes before it. */
  public static final Comparator<Key> ORDER =
      (one, other) -> Arrays.compareUnsigned(one.bytes, other.bytes);

  private final byte[] bytes;
  private final int hash;

  private Key(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  /** A key of its own copy of these bytes. */
  public static Key copyOf(byte[] bytes, int offset, int length) {
    return new Key(Arrays.copyOfRange(bytes, offset, offset + length));
  }

  /** The bytes, which are not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public int compareTo(Key other) {
    return ORDER.compare(this, other);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
