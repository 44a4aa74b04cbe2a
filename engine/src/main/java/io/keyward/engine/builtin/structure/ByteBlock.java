package io.keyward.engine.builtin.structure;

import java.util.Arrays;

/** A block with an array of its own. */
public final class ByteBlock implements Block {

  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  private byte[] bytes;

  /** Makes a block with room for {@code capacity} bytes. */
  public ByteBlock(int capacity) {
    bytes = new byte[capacity];
  }

  /** Makes a block of an array that the caller gives away. */
  public ByteBlock(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public int start() {
    return 0;
  }

  @Override
  public int capacity() {
    return bytes.length;
  }

  @Override
  public void reserve(int capacity) {
    if (capacity > bytes.length) {
      bytes = Arrays.copyOf(bytes, grownCapacity(bytes.length, capacity));
    }
  }

  /** What to grow to: by half at least, so that appending takes constant time. */
  static int grownCapacity(int present, int wanted) {
    return Math.clamp(present + (present >> 1) + 16L, wanted, Math.max(wanted, MAX_ARRAY));
  }
}
