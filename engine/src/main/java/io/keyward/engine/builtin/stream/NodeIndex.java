package io.keyward.engine.builtin.stream;

import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.structure.Block;
import java.util.Arrays;

/**
 * The nodes of a stream in the order of their ids, in parallel arrays used as a queue: adding at
 * the end and removing at the beginning take constant time, finding takes O(log n).
 *
 * <p>The index is also the {@link Block} of the node that was selected last, so that a listpack can
 * be edited where it is.
 */
final class NodeIndex implements Block {
  private static final int FIRST_CAPACITY = 2;

  /** What an array takes besides its elements. */
  private static final int ARRAY_BYTES = 16;

  /** Two numbers and a reference. */
  private static final int SLOT_BYTES = 20;

  private final MemoryAccount tally;

  /** Milliseconds and sequence of each node, alternating. */
  private long[] ids = new long[2 * FIRST_CAPACITY];

  private byte[][] blocks = new byte[FIRST_CAPACITY][];
  private int head;
  private int size;
  private int selected;

  /**
   * @param tally counts the bytes of nodes and arrays
   */
  NodeIndex(MemoryAccount tally) {
    this.tally = tally;
    tally.add(2 * ARRAY_BYTES + FIRST_CAPACITY * SLOT_BYTES);
  }

  int size() {
    return size;
  }

  long ms(int node) {
    return ids[2 * (head + node)];
  }

  long seq(int node) {
    return ids[2 * (head + node) + 1];
  }

  /** The listpack of a node, from index 0 on; the array may be longer. */
  byte[] bytes(int node) {
    return blocks[head + node];
  }

  /** The last node whose id is not greater than this one, or -1. */
  int floor(long ms, long seq) {
    int low = 0;
    int high = size - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (StreamId.compare(ms(middle), seq(middle), ms, seq) <= 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high;
  }

  /** Adds a node behind all others. */
  void append(long ms, long seq, byte[] block) {
    if (head + size == blocks.length) {
      makeRoom();
    }
    int at = head + size++;
    ids[2 * at] = ms;
    ids[2 * at + 1] = seq;
    blocks[at] = block;
    tally.add(heapBytes(block));
  }

  private void makeRoom() {
    if (head > blocks.length / 2) {
      resize(blocks.length);
    } else {
      resize(Math.max(FIRST_CAPACITY, size + (size >> 1) + 1));
    }
  }

  private void resize(int capacity) {
    long[] newIds = new long[2 * capacity];
    byte[][] newBlocks = new byte[capacity][];
    System.arraycopy(ids, 2 * head, newIds, 0, 2 * size);
    System.arraycopy(blocks, head, newBlocks, 0, size);
    tally.add((long) (capacity - blocks.length) * SLOT_BYTES);
    ids = newIds;
    blocks = newBlocks;
    head = 0;
  }

  void remove(int node) {
    int at = head + node;
    tally.add(-heapBytes(blocks[at]));
    if (node == 0) {
      blocks[at] = EMPTY;
      head++;
    } else {
      int behind = size - node - 1;
      System.arraycopy(ids, 2 * (at + 1), ids, 2 * at, 2 * behind);
      System.arraycopy(blocks, at + 1, blocks, at, behind);
      blocks[head + size - 1] = EMPTY;
    }
    size--;
    if (size == 0) {
      head = 0;
    }
    if (blocks.length > 16 && size < blocks.length / 4) {
      resize(blocks.length / 2);
    }
  }

  private static final byte[] EMPTY = {};

  private static long heapBytes(byte[] block) {
    return (long) block.length + 12 + 7 & ~7L;
  }

  /** Makes this the block of a node. */
  Block select(int node) {
    selected = node;
    return this;
  }

  @Override
  public byte[] bytes() {
    return bytes(selected);
  }

  @Override
  public int start() {
    return 0;
  }

  @Override
  public int capacity() {
    return bytes(selected).length;
  }

  @Override
  public void reserve(int capacity) {
    int present = capacity();
    if (capacity > present) {
      replace(
          selected, Math.max(capacity, (int) Math.min(1 << 30, present + (present >> 1) + 16L)));
    }
  }

  /** Gives back what a node's array has beyond its listpack. */
  void trim(int node, int length) {
    if (bytes(node).length > length) {
      replace(node, length);
    }
  }

  private void replace(int node, int length) {
    byte[] old = bytes(node);
    byte[] block = Arrays.copyOf(old, length);
    blocks[head + node] = block;
    tally.add(heapBytes(block) - heapBytes(old));
  }

  /** Copies all nodes to an index that is empty. */
  void copyTo(NodeIndex target) {
    for (int i = 0; i < size; i++) {
      target.append(ms(i), seq(i), bytes(i).clone());
    }
  }
}
