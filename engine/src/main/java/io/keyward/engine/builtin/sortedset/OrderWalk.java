package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.builtin.memory.PagePool;

/**
 * Steps in an {@link Order}: from the place that its path leads to, to what stands beside it.
 *
 * <p>A step goes up as far as needed and down again, since leaves that several orders have in
 * common cannot know their neighbours; that is O(1) on the average of a walk.
 */
final class OrderWalk {
  private final Order order;
  private final PagePool pool;
  private final Path path;

  OrderWalk(Order order, PagePool pool, Path path) {
    this.order = order;
    this.pool = pool;
    this.path = path;
  }

  /** Stands at the first or last member below a node of a level, to which the path leads. */
  int toEnd(int node, int level, boolean last) {
    int at = node;
    for (int l = level; ; l--) {
      byte[] page = pool.page(at);
      int offset = PagePool.offset(at);
      int index = last ? OrderNode.count(page, offset) - 1 : 0;
      path.nodes[l] = at;
      path.indexes[l] = index;
      if (l == 0) {
        return stand();
      }
      at = OrderNode.child(page, OrderNode.innerEntry(offset, index));
    }
  }

  /** The member that the path leads to, where it stands from now on. */
  int stand() {
    int leaf = path.nodes[0];
    int entry = OrderNode.leafEntry(PagePool.offset(leaf), path.indexes[0]);
    int member = OrderNode.member(pool.page(leaf), entry);
    path.stand(order, member);
    return member;
  }

  /** The member behind the one that the path leads to, where it stands from now on, or none. */
  int next() {
    int leaf = path.nodes[0];
    if (path.indexes[0] + 1 < OrderNode.count(pool.page(leaf), PagePool.offset(leaf))) {
      path.indexes[0]++;
      return stand();
    }
    int level = levelBeside(true);
    if (level == order.height) {
      return Order.NONE;
    }
    return toEnd(childBeside(level, 1), level - 1, false);
  }

  /** The member before the one that the path leads to, where it stands from now on, or none. */
  int previous() {
    if (path.indexes[0] > 0) {
      path.indexes[0]--;
      return stand();
    }
    int level = levelBeside(false);
    if (level == order.height) {
      return Order.NONE;
    }
    return toEnd(childBeside(level, -1), level - 1, true);
  }

  /** The lowest level above the leaves on which the path has a child behind, or before, its own. */
  int levelBeside(boolean behind) {
    int level = 1;
    while (level < order.height && isAtEnd(level, behind)) {
      level++;
    }
    return level;
  }

  private boolean isAtEnd(int level, boolean last) {
    int node = path.nodes[level];
    int end = last ? OrderNode.count(pool.page(node), PagePool.offset(node)) - 1 : 0;
    return path.indexes[level] == end;
  }

  /** Lets the path of a level lead through the child before (-1) or behind (1) its own. */
  private int childBeside(int level, int step) {
    path.indexes[level] += step;
    int node = path.nodes[level];
    int entry = OrderNode.innerEntry(PagePool.offset(node), path.indexes[level]);
    return OrderNode.child(pool.page(node), entry);
  }

  /** Whether the path leads to the first leaf. */
  boolean isFirstLeaf() {
    return levelBeside(false) == order.height;
  }

  /** Whether the path leads to the last leaf. */
  boolean isLastLeaf() {
    return levelBeside(true) == order.height;
  }

  /** The leaf before the one that the path leads to. */
  int leafBefore() {
    int level = levelBeside(false);
    if (level == order.height) {
      return Order.NONE;
    }
    int node = path.nodes[level];
    int index = path.indexes[level] - 1;
    for (int l = level; ; l--) {
      byte[] page = pool.page(node);
      int at = PagePool.offset(node);
      node = OrderNode.child(page, OrderNode.innerEntry(at, index));
      if (l == 1) {
        return node;
      }
      index = OrderNode.count(pool.page(node), PagePool.offset(node)) - 1;
    }
  }
}
