package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.PagePool;

/** Checks every invariant of a big sorted set: its order's nodes, ranks, dictionary, bytes. */
final class OrderCheck {
  private final OrderedMembers set;
  private final Order order;
  private final PagePool pool;
  private int memberBefore = Order.NONE;
  private int seen;
  private long bytes;

  private OrderCheck(OrderedMembers set) {
    this.set = set;
    order = set.order();
    pool = set.pool();
  }

  /** Throws if something is not as it must be. */
  static void check(OrderedMembers set) {
    new OrderCheck(set).check();
  }

  private void check() {
    set.members().validate();
    require(set.members().size() == set.size(), "dictionary and order differ in size");
    require(checkNode(order.root, order.height - 1) == set.size(), "the order's size is wrong");
    require(set.last() == memberBefore, "the last member is another");
    require(bytes == set.slotBytes(), "slots take " + bytes + ", recorded " + set.slotBytes());
    checkWalk();
  }

  /** Returns the members below a node. */
  private int checkNode(int node, int level) {
    byte[] page = pool.page(node);
    int at = PagePool.offset(node);
    int count = OrderNode.count(page, at);
    bytes += pool.slotBytes(node);
    require(count <= OrderNode.capacity(page, at), "a node is overfull");
    require(OrderNode.holders(page, at) > 0, "nobody names a node");
    require(count > 0 || order.height == 1, "a node is empty");
    require(node != order.root || order.height == 1 || count > 1, "the root has a single child");
    if (level == 0) {
      checkLeaf(page, at, count);
      return count;
    }
    int sum = 0;
    for (int i = 0; i < count; i++) {
      int entry = OrderNode.innerEntry(at, i);
      int child = OrderNode.child(page, entry);
      if (i > 0) {
        int first = firstEntry(child, level - 1);
        int leaf = firstLeaf(child, level - 1);
        require(
            OrderNode.member(pool.page(leaf), first) == OrderNode.member(page, entry)
                && OrderNode.score(pool.page(leaf), first) == OrderNode.score(page, entry),
            "a node does not know the first member below its child");
      }
      int below = checkNode(child, level - 1);
      require(below == OrderNode.below(page, entry), "a node counts wrong what is below");
      sum += below;
    }
    return sum;
  }

  private int firstLeaf(int node, int level) {
    int at = node;
    for (int i = level; i > 0; i--) {
      at = OrderNode.child(pool.page(at), OrderNode.innerEntry(PagePool.offset(at), 0));
    }
    return at;
  }

  private int firstEntry(int node, int level) {
    return OrderNode.leafEntry(PagePool.offset(firstLeaf(node, level)), 0);
  }

  private void checkLeaf(byte[] page, int at, int count) {
    for (int i = 0; i < count; i++) {
      int entry = OrderNode.leafEntry(at, i);
      checkMember(OrderNode.member(page, entry), OrderNode.score(page, entry));
    }
  }

  private void checkMember(int member, double score) {
    byte[] page = pool.page(member);
    int name = set.nameOffset(member);
    int length = set.nameLength(member);
    require(set.score(member) == score, "a leaf holds another score than its member");
    require(set.find(page, name, length) == member, "the dictionary does not find a member");
    if (memberBefore != Order.NONE) {
      double before = set.score(memberBefore);
      require(
          before < score
              || (before == score
                  && Member.compareName(
                          pool.page(memberBefore),
                          PagePool.offset(memberBefore),
                          page,
                          EntryLayout.keyOffset(page, PagePool.offset(member)),
                          length)
                      < 0),
          "members out of order");
    }
    bytes += pool.slotBytes(member);
    memberBefore = member;
    seen++;
  }

  private void checkWalk() {
    int rank = 0;
    int before = Order.NONE;
    for (int at = set.first(); at != Order.NONE; at = set.next(at)) {
      require(set.rank(at) == rank, "a member's rank is wrong");
      require(set.at(rank) == at, "a rank's member is wrong");
      require(set.previous(at) == before, "a step back leads elsewhere");
      before = at;
      rank++;
    }
    require(rank == seen, "a walk meets " + rank + " members, the nodes hold " + seen);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
