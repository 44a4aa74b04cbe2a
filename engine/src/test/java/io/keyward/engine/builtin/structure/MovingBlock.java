package io.keyward.engine.builtin.structure;

import java.util.Arrays;
import java.util.Random;

/** A block without slack that moves to another place, in another array, whenever it grows. */
final class MovingBlock implements Block {

  private final Random random;
  private byte[] bytes;
  private int start;
  private int capacity;

  MovingBlock(Random random) {
    this.random = random;
    bytes = new byte[0];
  }

  @Override
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public int start() {
    return start;
  }

  @Override
  public int capacity() {
    return capacity;
  }

  @Override
  public void reserve(int wanted) {
    if (wanted <= capacity) {
      return;
    }
    int newStart = random.nextInt(20);
    byte[] grown = new byte[newStart + wanted + random.nextInt(20)];
    random.nextBytes(grown);
    System.arraycopy(bytes, start, grown, newStart, capacity);
    Arrays.fill(bytes, (byte) 0x55);
    bytes = grown;
    start = newStart;
    capacity = wanted;
  }
}
