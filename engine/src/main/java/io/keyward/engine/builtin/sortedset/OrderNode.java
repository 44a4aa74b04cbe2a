package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.builtin.memory.Bytes;

/**
 * The bytes of the nodes of an {@link Order}, each in a slot of the pages.
 *
 * <pre>
 *  0       2          4         8
 * +-------+----------+---------+---------+---------+-----
 * | count | capacity | holders | entry 0 | entry 1 | ...
 * | 2     | 2        | 4       |         |         |
 * +-------+----------+---------+---------+---------+-----
 *  holders:                how many parents and roots name the node
 *  entry of a leaf:        score 8, member 4
 *  entry of an inner node: score 8, member 4, child 4, members below the child 4
 * </pre>
 *
 * <p>A score and a member in an inner node are those of the first member below the child. Those of
 * entry 0 are not kept: nobody may ask for them. The score stands beside the reference so that a
 * search looks at members only where scores are equal.
 */
final class OrderNode {
  static final int LEAF_ENTRY = 12;
  static final int INNER_ENTRY = 20;
  static final int HEADER = 8;

  /** Entries of a full-grown leaf; with them it fills its slot to the last bytes. */
  static final int LEAF_CAPACITY = 62;

  static final int INNER_CAPACITY = 63;

  /** Entries of the only leaf of a small set, which grows. */
  static final int FIRST_CAPACITY = 3;

  private static final int CAPACITY_SHIFT = 16;
  private static final int HOLDERS = 4;
  private static final int MEMBER = 8;
  private static final int CHILD = 12;
  private static final int BELOW = 16;

  private OrderNode() {}

  static void initialize(byte[] page, int node, int capacity) {
    Bytes.putInt(page, node, capacity << CAPACITY_SHIFT);
    Bytes.putInt(page, node + HOLDERS, 1);
  }

  static int count(byte[] page, int node) {
    return Bytes.getInt(page, node) & 0xFFFF;
  }

  static void count(byte[] page, int node, int count) {
    Bytes.putInt(page, node, (Bytes.getInt(page, node) & 0xFFFF0000) | count);
  }

  static int capacity(byte[] page, int node) {
    return Bytes.getInt(page, node) >>> CAPACITY_SHIFT;
  }

  /** How many parents and roots, of several orders perhaps, name the node. */
  static int holders(byte[] page, int node) {
    return Bytes.getInt(page, node + HOLDERS);
  }

  static void holders(byte[] page, int node, int holders) {
    Bytes.putInt(page, node + HOLDERS, holders);
  }

  /** Where an entry of a leaf stands. */
  static int leafEntry(int leaf, int index) {
    return leaf + HEADER + LEAF_ENTRY * index;
  }

  /** Where an entry of an inner node stands. */
  static int innerEntry(int node, int index) {
    return node + HEADER + INNER_ENTRY * index;
  }

  static double score(byte[] page, int entry) {
    return Bytes.getDouble(page, entry);
  }

  static void score(byte[] page, int entry, double score) {
    Bytes.putDouble(page, entry, score);
  }

  static int member(byte[] page, int entry) {
    return Bytes.getInt(page, entry + MEMBER);
  }

  static void member(byte[] page, int entry, int member) {
    Bytes.putInt(page, entry + MEMBER, member);
  }

  static int child(byte[] page, int entry) {
    return Bytes.getInt(page, entry + CHILD);
  }

  static void child(byte[] page, int entry, int child) {
    Bytes.putInt(page, entry + CHILD, child);
  }

  /** The members below the child of an entry. */
  static int below(byte[] page, int entry) {
    return Bytes.getInt(page, entry + BELOW);
  }

  static void below(byte[] page, int entry, int members) {
    Bytes.putInt(page, entry + BELOW, members);
  }

  /** The members below the first children of an inner node, so many. */
  static int belowFirst(byte[] page, int node, int children) {
    int sum = 0;
    int end = innerEntry(node, children);
    for (int entry = innerEntry(node, 0); entry < end; entry += INNER_ENTRY) {
      sum += below(page, entry);
    }
    return sum;
  }

  /** Makes room for an entry; what stands there is still that of the one before. */
  static void open(byte[] page, int node, int index, int entryBytes) {
    int count = count(page, node);
    int at = node + HEADER + index * entryBytes;
    System.arraycopy(page, at, page, at + entryBytes, (count - index) * entryBytes);
    count(page, node, count + 1);
  }

  /** Takes entries out. */
  static void cut(byte[] page, int node, int index, int entries, int entryBytes) {
    int count = count(page, node);
    int at = node + HEADER + index * entryBytes;
    int from = at + entries * entryBytes;
    System.arraycopy(page, from, page, at, (count - index - entries) * entryBytes);
    count(page, node, count - entries);
  }

  /** Moves the entries from an index on to the end of another node. */
  static void moveTail(byte[] from, int node, int index, byte[] to, int other, int entryBytes) {
    int moved = count(from, node) - index;
    int present = count(to, other);
    System.arraycopy(
        from,
        node + HEADER + index * entryBytes,
        to,
        other + HEADER + present * entryBytes,
        moved * entryBytes);
    count(from, node, index);
    count(to, other, present + moved);
  }
}
