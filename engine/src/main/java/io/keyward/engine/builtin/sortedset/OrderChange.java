package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.builtin.memory.PagePool;

/**
 * Puts members into the nodes of an {@link Order}, where its path leads, and takes them out:
 * divides full nodes and joins empty ones.
 *
 * <p>No node but an only leaf is ever empty. Two neighbours below the same node of which one is
 * less than a quarter full are joined if they fit into one. A full leaf at either end of the order
 * that a member is put outside of is left full, so that members that come in their order take no
 * more than their room.
 */
final class OrderChange {
  private final Order order;
  private final PagePool pool;
  private final OrderSlots slots;
  private final OrderWalk walk;
  private final Path path;

  OrderChange(Order order, PagePool pool, OrderSlots slots, OrderWalk walk, Path path) {
    this.order = order;
    this.pool = pool;
    this.slots = slots;
    this.walk = walk;
    this.path = path;
  }

  private int countOf(int node) {
    return OrderNode.count(pool.page(node), PagePool.offset(node));
  }

  /* One more. */

  /**
   * Puts a member into the leaf, at the index, that the path leads to.
   *
   * @throws OutOfMemoryError if there is no memory for that; then the order is as before
   */
  void insert(double score, int member) {
    slots.ownPath(order, path);
    int leaf = path.nodes[0];
    byte[] page = pool.page(leaf);
    int at = PagePool.offset(leaf);
    int count = OrderNode.count(page, at);
    int room = OrderNode.capacity(page, at);
    int larger = Math.min(OrderNode.LEAF_CAPACITY, count * 2 + 1);
    if (count == room) {
      slots.ensure(larger, count == OrderNode.LEAF_CAPACITY ? innerNodesToCome() : 0);
    }
    order.count++;
    addBelow(1);
    if (count < room) {
      insert(page, at, path.indexes[0], score, member);
    } else if (count < OrderNode.LEAF_CAPACITY) {
      int other = resize(larger);
      insert(pool.page(other), PagePool.offset(other), path.indexes[0], score, member);
    } else {
      divide(leaf, score, member);
    }
  }

  /** How many inner nodes come if the leaf is divided: beside full ones, and a root. */
  private int innerNodesToCome() {
    int level = 1;
    while (level < order.height && countOf(path.nodes[level]) == OrderNode.INNER_CAPACITY) {
      level++;
    }
    return level == order.height ? level : level - 1;
  }

  /** Counts members below each node of the path. */
  private void addBelow(int members) {
    for (int level = order.height - 1; level > 0; level--) {
      int node = path.nodes[level];
      byte[] page = pool.page(node);
      int entry = OrderNode.innerEntry(PagePool.offset(node), path.indexes[level]);
      OrderNode.below(page, entry, OrderNode.below(page, entry) + members);
    }
  }

  private static void insert(byte[] page, int leaf, int index, double score, int member) {
    OrderNode.open(page, leaf, index, OrderNode.LEAF_ENTRY);
    int entry = OrderNode.leafEntry(leaf, index);
    OrderNode.score(page, entry, score);
    OrderNode.member(page, entry, member);
  }

  /** Gives the only leaf another capacity. */
  private int resize(int capacity) {
    int leaf = order.root;
    int other = slots.layLeaf(capacity);
    OrderNode.moveTail(
        pool.page(leaf),
        PagePool.offset(leaf),
        0,
        pool.page(other),
        PagePool.offset(other),
        OrderNode.LEAF_ENTRY);
    slots.drop(leaf);
    order.root = other;
    return other;
  }

  private void shrink(int capacity) {
    try {
      int _ = resize(capacity);
    } catch (OutOfMemoryError full) {
      // It keeps the room.
    }
  }

  private void divide(int leaf, double score, int member) {
    int index = path.indexes[0];
    int right = slots.layLeaf(OrderNode.LEAF_CAPACITY);
    byte[] page = pool.page(leaf);
    int at = PagePool.offset(leaf);
    byte[] rightPage = pool.page(right);
    int rightAt = PagePool.offset(right);
    int full = OrderNode.LEAF_CAPACITY;
    int kept = full / 2;
    if (index == full && walk.isLastLeaf()) {
      kept = full;
    } else if (index == 0 && walk.isFirstLeaf()) {
      kept = 0;
    }
    OrderNode.moveTail(page, at, kept, rightPage, rightAt, OrderNode.LEAF_ENTRY);
    if (index <= kept && kept < full) {
      insert(page, at, index, score, member);
    } else {
      insert(rightPage, rightAt, index - kept, score, member);
    }
    int first = OrderNode.leafEntry(rightAt, 0);
    adopt(
        1,
        OrderNode.score(rightPage, first),
        OrderNode.member(rightPage, first),
        leaf,
        OrderNode.count(page, at),
        right,
        OrderNode.count(rightPage, rightAt));
  }

  /**
   * Makes a node the right neighbour of the one that the path leads through, in their parent.
   *
   * @param level of the parent
   * @param score of the first member below the right node
   * @param member the first member below the right node
   */
  private void adopt(
      int level, double score, int member, int left, int belowLeft, int right, int belowRight) {
    if (level == order.height) {
      order.root = slots.layInner();
      order.height++;
      byte[] page = pool.page(order.root);
      int at = PagePool.offset(order.root);
      enter(page, at, 0, score, member, left, belowLeft);
      enter(page, at, 1, score, member, right, belowRight);
      return;
    }
    int node = path.nodes[level];
    byte[] page = pool.page(node);
    int at = PagePool.offset(node);
    int index = path.indexes[level];
    OrderNode.below(page, OrderNode.innerEntry(at, index), belowLeft);
    int count = OrderNode.count(page, at);
    if (count < OrderNode.INNER_CAPACITY) {
      enter(page, at, index + 1, score, member, right, belowRight);
      return;
    }
    int other = slots.layInner();
    byte[] otherPage = pool.page(other);
    int otherAt = PagePool.offset(other);
    int kept = count / 2;
    OrderNode.moveTail(page, at, kept, otherPage, otherAt, OrderNode.INNER_ENTRY);
    if (index < kept) {
      enter(page, at, index + 1, score, member, right, belowRight);
    } else {
      enter(otherPage, otherAt, index + 1 - kept, score, member, right, belowRight);
    }
    int first = OrderNode.innerEntry(otherAt, 0);
    adopt(
        level + 1,
        OrderNode.score(otherPage, first),
        OrderNode.member(otherPage, first),
        node,
        OrderNode.belowFirst(page, at, OrderNode.count(page, at)),
        other,
        OrderNode.belowFirst(otherPage, otherAt, OrderNode.count(otherPage, otherAt)));
  }

  private static void enter(
      byte[] page, int node, int index, double score, int member, int child, int below) {
    OrderNode.open(page, node, index, OrderNode.INNER_ENTRY);
    int entry = OrderNode.innerEntry(node, index);
    OrderNode.score(page, entry, score);
    OrderNode.member(page, entry, member);
    OrderNode.child(page, entry, child);
    OrderNode.below(page, entry, below);
  }

  /** Gives the member that the path leads to another score, with which it stays in its place. */
  void rescore(double score) {
    slots.ownPath(order, path);
    int leaf = path.nodes[0];
    int entry = OrderNode.leafEntry(PagePool.offset(leaf), path.indexes[0]);
    OrderNode.score(pool.page(leaf), entry, score);
    if (path.indexes[0] == 0) {
      firstBelow(1, score, OrderNode.member(pool.page(leaf), entry));
    }
  }

  /** Says which member is now the first below the path's child of the node of a level. */
  private void firstBelow(int level, double score, int member) {
    for (int at = level; at < order.height; at++) {
      if (path.indexes[at] > 0) {
        int node = path.nodes[at];
        int entry = OrderNode.innerEntry(PagePool.offset(node), path.indexes[at]);
        OrderNode.score(pool.page(node), entry, score);
        OrderNode.member(pool.page(node), entry, member);
        return;
      }
    }
  }

  /* Fewer. */

  /**
   * Takes so many members out of the leaf that the path leads to, from its index on.
   *
   * @throws OutOfMemoryError if there is no memory to make the path's nodes the order's alone; then
   *     the order is as before
   */
  void remove(int number) {
    slots.ownPath(order, path);
    order.count -= number;
    addBelow(-number);
    int leaf = path.nodes[0];
    int index = path.indexes[0];
    byte[] page = pool.page(leaf);
    int at = PagePool.offset(leaf);
    OrderNode.cut(page, at, index, number, OrderNode.LEAF_ENTRY);
    int left = OrderNode.count(page, at);
    if (order.height == 1) {
      int capacity = OrderNode.capacity(page, at);
      if (left < capacity / 4) {
        shrink(Math.max(OrderNode.FIRST_CAPACITY, left * 2 + 1));
      }
      return;
    }
    if (left == 0) {
      slots.drop(leaf);
      expel(1, path.indexes[1]);
      return;
    }
    if (index == 0) {
      int first = OrderNode.leafEntry(at, 0);
      firstBelow(1, OrderNode.score(page, first), OrderNode.member(page, first));
    }
    if (left < OrderNode.LEAF_CAPACITY / 4) {
      join(1, OrderNode.LEAF_CAPACITY);
    }
  }

  /** Takes the entry of a child that is gone out of the path's node of a level. */
  private void expel(int level, int index) {
    int node = path.nodes[level];
    byte[] page = pool.page(node);
    int at = PagePool.offset(node);
    OrderNode.cut(page, at, index, 1, OrderNode.INNER_ENTRY);
    int left = OrderNode.count(page, at);
    if (level == order.height - 1) {
      lower();
      return;
    }
    if (left == 0) {
      slots.drop(node);
      expel(level + 1, path.indexes[level + 1]);
      return;
    }
    if (index == 0) {
      int first = OrderNode.innerEntry(at, 0);
      firstBelow(level + 1, OrderNode.score(page, first), OrderNode.member(page, first));
    }
    if (left < OrderNode.INNER_CAPACITY / 4) {
      join(level + 1, OrderNode.INNER_CAPACITY);
    }
  }

  /** Does without a root of a single child. */
  private void lower() {
    while (order.height > 1 && countOf(order.root) == 1) {
      int root = order.root;
      order.root = OrderNode.child(pool.page(root), OrderNode.innerEntry(PagePool.offset(root), 0));
      order.height--;
      slots.drop(root);
    }
  }

  /** Joins the path's child of the node of a level with a neighbour if they fit into one node. */
  private void join(int level, int capacity) {
    int parent = path.nodes[level];
    byte[] page = pool.page(parent);
    int at = PagePool.offset(parent);
    int index = path.indexes[level];
    int own = countOf(OrderNode.child(page, OrderNode.innerEntry(at, index)));
    int right = index + 1;
    if (right == OrderNode.count(page, at) || own + countOfChild(page, at, right) > capacity) {
      right = index;
      if (index == 0 || own + countOfChild(page, at, index - 1) > capacity) {
        return;
      }
    }
    int kept = OrderNode.innerEntry(at, right - 1);
    int gone = OrderNode.innerEntry(at, right);
    int to;
    int from;
    try {
      to = slots.ownChild(parent, right - 1, level - 1);
      from = slots.ownChild(parent, right, level - 1);
    } catch (OutOfMemoryError full) {
      // They stay apart.
      return;
    }
    byte[] fromPage = pool.page(from);
    int fromAt = PagePool.offset(from);
    if (level > 1) {
      int first = OrderNode.innerEntry(fromAt, 0);
      OrderNode.score(fromPage, first, OrderNode.score(page, gone));
      OrderNode.member(fromPage, first, OrderNode.member(page, gone));
    }
    int entryBytes = level > 1 ? OrderNode.INNER_ENTRY : OrderNode.LEAF_ENTRY;
    OrderNode.moveTail(fromPage, fromAt, 0, pool.page(to), PagePool.offset(to), entryBytes);
    OrderNode.below(page, kept, OrderNode.below(page, kept) + OrderNode.below(page, gone));
    slots.drop(from);
    expel(level, right);
  }

  private int countOfChild(byte[] page, int node, int index) {
    return countOf(OrderNode.child(page, OrderNode.innerEntry(node, index)));
  }
}
