package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;

/**
 * The members of a big sorted set in their order: finds them by score and by rank, and walks.
 *
 * <p>A B+-tree (D. Comer, "The Ubiquitous B-Tree", 1979) of {@link OrderNode}s, whose inner nodes
 * count the members below each child. It is a few levels high, so that a look from the root meets
 * few cache lines: that is what a big sorted set's time goes into.
 *
 * <p>Ranks are counted from 0. Every look and change costs O(log n), a step of a walk O(1).
 */
final class Order {
  /** No member, no node. */
  static final int NONE = 0;

  private final PagePool pool;
  private final Path path;
  private final OrderSlots slots;
  private final OrderWalk walk;
  private final OrderChange change;

  /* Written by OrderChange and OrderSlots. */
  int root;
  int height = 1;
  int count;

  /** One without any node, not even an empty one, before {@link #begin} or {@link #share}. */
  Order(PagePool pool, MemoryAccount account, Path path) {
    this.pool = pool;
    slots = new OrderSlots(pool, account);
    this.path = path;
    walk = new OrderWalk(this, pool, path);
    change = new OrderChange(this, pool, slots, walk, path);
  }

  /** Makes it the order of no members. */
  void begin() {
    root = slots.layLeaf(OrderNode.FIRST_CAPACITY);
  }

  /**
   * Makes it an order of the same members as another, which has every node in common with that.
   * O(1), and takes no memory.
   */
  void share(Order other) {
    root = other.root;
    height = other.height;
    count = other.count;
    slots.share(other.slots, root);
  }

  Path path() {
    return path;
  }

  int size() {
    return count;
  }

  /** Counts the nodes there from now on. */
  void account(MemoryAccount counted) {
    slots.account(counted);
  }

  /** Bytes of the slots of all nodes. */
  long nodeBytes() {
    return slots.bytes();
  }

  int first() {
    return count == 0 ? NONE : walk.toEnd(root, height - 1, false);
  }

  int last() {
    return count == 0 ? NONE : walk.toEnd(root, height - 1, true);
  }

  int next(int member) {
    find(member);
    return walk.next();
  }

  int previous(int member) {
    find(member);
    return walk.previous();
  }

  private void find(int member) {
    if (!path.standsAt(this, member)) {
      descend(member);
      path.stand(this, member);
    }
  }

  /** The member of a rank, which must exist. */
  int at(int rank) {
    descendToRank(rank);
    return walk.stand();
  }

  /** The rank of a member. */
  int rank(int member) {
    int rank = descend(member);
    for (int level = height - 1; level > 0; level--) {
      int node = path.nodes[level];
      rank += OrderNode.belowFirst(pool.page(node), PagePool.offset(node), path.indexes[level]);
    }
    return rank;
  }

  /** How many members lie before the bound. */
  int countBefore(Bound bound) {
    int before = 0;
    int node = root;
    for (int level = height - 1; level > 0; level--) {
      byte[] page = pool.page(node);
      int at = PagePool.offset(node);
      int entry = OrderNode.innerEntry(at, 0);
      int child = search(page, entry, OrderNode.INNER_ENTRY, OrderNode.count(page, at), 1, bound);
      before += OrderNode.belowFirst(page, at, child - 1);
      node = OrderNode.child(page, OrderNode.innerEntry(at, child - 1));
    }
    byte[] page = pool.page(node);
    int at = PagePool.offset(node);
    int entry = OrderNode.leafEntry(at, 0);
    int count = OrderNode.count(page, at);
    return before + search(page, entry, OrderNode.LEAF_ENTRY, count, 0, bound);
  }

  private int search(byte[] page, int entries, int entryBytes, int count, int from, Bound bound) {
    int low = from;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int entry = entries + middle * entryBytes;
      if (bound.follows(OrderNode.score(page, entry), pool, OrderNode.member(page, entry))) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /* Ways down; they fill the path. */

  /** The way to a member; returns its index in the leaf. */
  int descend(int member) {
    byte[] page = pool.page(member);
    int at = PagePool.offset(member);
    return descend(
        Member.score(page, at),
        page,
        EntryLayout.keyOffset(page, at),
        EntryLayout.keyLength(page, at));
  }

  /** The way to where a score and a name belong; returns the index in the leaf. */
  int descend(double score, byte[] name, int offset, int length) {
    path.forget();
    int node = root;
    for (int level = height - 1; level > 0; level--) {
      byte[] page = pool.page(node);
      int at = PagePool.offset(node);
      int low = 1;
      int high = OrderNode.count(page, at);
      while (low < high) {
        int middle = (low + high) >>> 1;
        int entry = OrderNode.innerEntry(at, middle);
        double other = OrderNode.score(page, entry);
        if (other < score
            || (other == score && compareName(page, entry, name, offset, length) <= 0)) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      path.nodes[level] = node;
      path.indexes[level] = low - 1;
      node = OrderNode.child(page, OrderNode.innerEntry(at, low - 1));
    }
    byte[] page = pool.page(node);
    int at = PagePool.offset(node);
    int low = 0;
    int high = OrderNode.count(page, at);
    while (low < high) {
      int middle = (low + high) >>> 1;
      int entry = OrderNode.leafEntry(at, middle);
      double other = OrderNode.score(page, entry);
      if (other < score || (other == score && compareName(page, entry, name, offset, length) < 0)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    path.nodes[0] = node;
    path.indexes[0] = low;
    return low;
  }

  private int compareName(byte[] page, int entry, byte[] name, int offset, int length) {
    int member = OrderNode.member(page, entry);
    return Member.compareName(pool.page(member), PagePool.offset(member), name, offset, length);
  }

  /** The way to a rank, which must exist; returns the leaf. */
  int descendToRank(int rank) {
    path.forget();
    int left = rank;
    int node = root;
    for (int level = height - 1; level > 0; level--) {
      byte[] page = pool.page(node);
      int at = PagePool.offset(node);
      int child = 0;
      int below;
      while (left >= (below = OrderNode.below(page, OrderNode.innerEntry(at, child)))) {
        left -= below;
        child++;
      }
      path.nodes[level] = node;
      path.indexes[level] = child;
      node = OrderNode.child(page, OrderNode.innerEntry(at, child));
    }
    path.nodes[0] = node;
    path.indexes[0] = left;
    return node;
  }

  /* Changes. */

  /** Puts a member where its score and name belong. */
  void link(int member) {
    byte[] page = pool.page(member);
    int at = PagePool.offset(member);
    double score = Member.score(page, at);
    descend(score, page, EntryLayout.keyOffset(page, at), EntryLayout.keyLength(page, at));
    change.insert(score, member);
  }

  /** Takes a member out of the order; it keeps its slot. */
  void unlink(int member) {
    descend(member);
    change.remove(1);
  }

  /** Makes the nodes on the way to a member the order's alone, so that unlinking it cannot fail. */
  void ownWayTo(int member) {
    descend(member);
    slots.ownPath(this, path);
  }

  /**
   * Looks at members from a rank on, not more than so many nor than one leaf holds.
   *
   * @return how many, whose references stand in {@link Path#taken}
   */
  int look(int rank, int most) {
    int leaf = descendToRank(rank);
    byte[] page = pool.page(leaf);
    int at = PagePool.offset(leaf);
    int from = path.indexes[0];
    int number = Math.min(most, OrderNode.count(page, at) - from);
    for (int i = 0; i < number; i++) {
      path.taken[i] = OrderNode.member(page, OrderNode.leafEntry(at, from + i));
    }
    return number;
  }

  /** Takes those out of the order that have just been looked at; they keep their slots. */
  void unlinkSeen(int number) {
    change.remove(number);
  }

  /** Gives a member another score, and another place if its neighbours want that. */
  void score(int member, double score) {
    byte[] page = pool.page(member);
    int at = PagePool.offset(member);
    int name = EntryLayout.keyOffset(page, at);
    int length = EntryLayout.keyLength(page, at);
    double former = Member.score(page, at);
    descend(former, page, name, length);
    slots.ownPath(this, path);
    if (stays(score, page, name, length)) {
      change.rescore(score);
    } else {
      // It stands in both places for a moment: when there is no memory for the new one, in the old.
      descend(score, page, name, length);
      change.insert(score, member);
      descend(former, page, name, length);
      change.remove(1);
    }
    Member.score(page, at, score);
  }

  /** Whether a score and a name would stand between the neighbours of where the path leads. */
  private boolean stays(double score, byte[] name, int offset, int length) {
    int leaf = path.nodes[0];
    int index = path.indexes[0];
    byte[] page = pool.page(leaf);
    int at = PagePool.offset(leaf);
    int last = OrderNode.count(page, at) - 1;
    int before = index > 0 ? leaf : walk.leafBefore();
    if (before != NONE
        && compare(before, index > 0 ? index - 1 : -1, score, name, offset, length) >= 0) {
      return false;
    }
    if (index < last) {
      return compare(leaf, index + 1, score, name, offset, length) > 0;
    }
    int level = walk.levelBeside(true);
    if (level == height) {
      return true;
    }
    int node = path.nodes[level];
    int behind = OrderNode.innerEntry(PagePool.offset(node), path.indexes[level] + 1);
    return compare(pool.page(node), behind, score, name, offset, length) > 0;
  }

  /** Compares an entry of a leaf, -1 for the last one, with a score and a name. */
  private int compare(int leaf, int index, double score, byte[] name, int offset, int length) {
    byte[] page = pool.page(leaf);
    int at = PagePool.offset(leaf);
    int entry = OrderNode.leafEntry(at, index >= 0 ? index : OrderNode.count(page, at) - 1);
    return compare(page, entry, score, name, offset, length);
  }

  private int compare(byte[] page, int entry, double score, byte[] name, int offset, int length) {
    double other = OrderNode.score(page, entry);
    if (other != score) {
      return other < score ? -1 : 1;
    }
    return compareName(page, entry, name, offset, length);
  }

  /**
   * Gives back so many nodes of an order that nobody uses any more.
   *
   * @return whether none is left
   */
  boolean free(int nodes) {
    path.forget();
    return slots.free(this, nodes);
  }
}
