package io.keyward.engine.builtin.sortedset;

import org.jspecify.annotations.Nullable;

/**
 * The way from the root of an {@link Order} down to a leaf, leaves being level 0, and where the
 * last walk stands. One serves all sorted sets of a keyspace, as only one is changed at a time.
 */
final class Path {
  /** More levels than there can be. */
  private static final int LEVELS = 32;

  final int[] nodes = new int[LEVELS];

  /** On each level the entry of the node that the way leads through. */
  final int[] indexes = new int[LEVELS];

  /** Members that have been taken out of an order together. */
  final int[] taken = new int[OrderNode.LEAF_CAPACITY];

  private @Nullable Order walked;
  private int member;
  private int leaf;
  private int index;

  /** Remembers where a member stands. */
  void stand(Order order, int reference, int leafReference, int indexInLeaf) {
    walked = order;
    member = reference;
    leaf = leafReference;
    index = indexInLeaf;
  }

  /** Whether it is known where the member stands. */
  boolean standsAt(Order order, int reference) {
    return walked == order && member == reference;
  }

  /** Forgets where a member stands; for every change of an order. */
  void forget() {
    walked = null;
  }

  int leaf() {
    return leaf;
  }

  int index() {
    return index;
  }
}
