package io.keyward.engine.builtin.stream;

import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.structure.Block;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a stream in the order of their ids, in parallel arrays used as a queue: adding at
 * the end and removing at the beginning take constant time, finding takes O(log n).
 *
 * <p>Indexes of several streams may have listpacks in common ({@link #copyTo}); each is copied when
 * it is about to change in one of them.
 *
 * <p>The index is also the {@link Block} of the node that was selected last, so that a listpack can
 * be edited where it is.
 */
final class NodeIndex implements Block {
  private static final @Nullable Holders[] NOBODY = {};
  private static final int FIRST_CAPACITY = 2;

  /** What an array takes besides its elements. */
  private static final int ARRAY_BYTES = 16;

  /** Two numbers and a reference. */
  private static final int SLOT_BYTES = 20;

  private final MemoryAccount tally;

  /** Milliseconds and sequence of each node, alternating. */
  private long[] ids = new long[2 * FIRST_CAPACITY];

  private byte[][] blocks = new byte[FIRST_CAPACITY][];

  /** Who has each block, null for one that is this index's alone; empty if none was ever shared. */
  private @Nullable Holders[] holders = NOBODY;

  /** Bytes of all blocks. */
  private long blockBytes;

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
    enter(at, block);
  }

  private void enter(int at, byte[] block) {
    long bytes = heapBytes(block);
    blocks[at] = block;
    blockBytes += bytes;
    tally.add(bytes);
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
    if (holders.length > 0) {
      @Nullable Holders[] newHolders = new Holders[capacity];
      System.arraycopy(holders, head, newHolders, 0, size);
      holders = newHolders;
    }
    tally.add((long) (capacity - blocks.length) * SLOT_BYTES);
    ids = newIds;
    blocks = newBlocks;
    head = 0;
  }

  void remove(int node) {
    int at = head + node;
    letGo(at);
    if (node == 0) {
      blocks[at] = EMPTY;
      head++;
    } else {
      int behind = size - node - 1;
      System.arraycopy(ids, 2 * (at + 1), ids, 2 * at, 2 * behind);
      System.arraycopy(blocks, at + 1, blocks, at, behind);
      blocks[head + size - 1] = EMPTY;
      if (holders.length > 0) {
        System.arraycopy(holders, at + 1, holders, at, behind);
        holders[head + size - 1] = null;
      }
    }
    size--;
    if (size == 0) {
      head = 0;
    }
    if (blocks.length > 16 && size < blocks.length / 4) {
      shrink();
    }
  }

  private void shrink() {
    try {
      resize(blocks.length / 2);
    } catch (OutOfMemoryError full) {
      // It keeps the room.
    }
  }

  private static final byte[] EMPTY = {};

  private static long heapBytes(byte[] block) {
    return (long) block.length + 12 + 7 & ~7L;
  }

  /** Takes a block off the tally, whose place is free for another one. */
  private void letGo(int at) {
    long bytes = heapBytes(blocks[at]);
    blockBytes -= bytes;
    Holders having = holders.length > 0 ? holders[at] : null;
    if (having == null) {
      tally.add(-bytes);
      return;
    }
    holders[at] = null;
    if (having.leave()) {
      tally.addCommon(-bytes);
    } else {
      tally.add(-bytes);
    }
  }

  /** Makes this the block of a node, to be changed. */
  Block select(int node) {
    ownBytes(node);
    selected = node;
    return this;
  }

  /** As {@link #bytes(int)}, to be changed where they are. */
  byte[] ownBytes(int node) {
    int at = head + node;
    Holders having = holders.length > 0 ? holders[at] : null;
    if (having != null) {
      if (having.several()) {
        put(at, blocks[at].clone());
      } else {
        holders[at] = null;
      }
    }
    return blocks[at];
  }

  private void put(int at, byte[] block) {
    letGo(at);
    enter(at, block);
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
    put(head + node, Arrays.copyOf(bytes(node), length));
  }

  /** Lets an index that is empty have all nodes, too. O(nodes), without a look at the blocks. */
  void copyTo(NodeIndex target) {
    if (size == 0) {
      return;
    }
    if (holders.length == 0) {
      holders = new Holders[blocks.length];
    }
    // First what may find no memory.
    for (int i = head; i < head + size; i++) {
      if (holders[i] == null) {
        holders[i] = new Holders();
      }
    }
    target.resize(size);
    target.holders = new Holders[size];
    target.size = size;
    System.arraycopy(ids, 2 * head, target.ids, 0, 2 * size);
    System.arraycopy(blocks, head, target.blocks, 0, size);
    for (int i = 0; i < size; i++) {
      Holders having = Objects.requireNonNull(holders[head + i]);
      having.join();
      target.holders[i] = having;
    }
    target.blockBytes = blockBytes;
    target.tally.addCommon(blockBytes);
  }

  /** Takes all nodes off the tally; the index is not to be used any more. */
  void free() {
    if (holders.length == 0) {
      tally.add(-blockBytes);
      blockBytes = 0;
    } else {
      for (int i = 0; i < size; i++) {
        letGo(head + i);
      }
    }
    size = 0;
  }
}
