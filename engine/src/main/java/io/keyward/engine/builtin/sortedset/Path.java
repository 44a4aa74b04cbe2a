package io.keyward.engine.builtin.sortedset;

import org.jspecify.annotations.Nullable;

/**
 * The way from the root of an {@link Order} down to a leaf, leaves being level 0, and the member
 * that a walk stands at, if the way is still the one to it. One serves all sorted sets of a
 * keyspace, and those that it has in common with others, as only one is changed at a time.
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

  /** Remembers that the way leads to a member. */
  void stand(Order order, int reference) {
    walked = order;
    member = reference;
  }

  /** Whether it is known where the member stands. */
  boolean standsAt(Order order, int reference) {
    return walked == order && member == reference;
  }

  /** Forgets where the way leads: for every other way, and every change of an order. */
  void forget() {
    walked = null;
  }
}
