package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;

/**
 * The slots of the nodes of one {@link Order}, which may have nodes in common with others.
 *
 * <p>A node counts who names it ({@link OrderNode#holders}): parents, and orders whose root it is.
 * One that more than one names is not changed by anybody; who wants to change it takes a copy,
 * which names all its children once more, so that they are copied in their turn when they are to
 * change (copying of paths: J. Driscoll and others, "Making Data Structures Persistent", 1989).
 * Hence what stands below a node in common is in common too, whatever it counts itself.
 */
final class OrderSlots {
  private final PagePool pool;
  private MemoryAccount account;
  private long bytes;

  /** Whether any node may be another order's as well. */
  private boolean shared;

  OrderSlots(PagePool pool, MemoryAccount account) {
    this.pool = pool;
    this.account = account;
  }

  /** Counts the nodes there from now on. */
  void account(MemoryAccount counted) {
    account = counted;
  }

  /** Bytes of all slots, those in common among them. */
  long bytes() {
    return bytes;
  }

  /** Takes all nodes below another order's root to be this one's, too. */
  void share(OrderSlots other, int root) {
    byte[] page = pool.page(root);
    int at = PagePool.offset(root);
    OrderNode.holders(page, at, OrderNode.holders(page, at) + 1);
    bytes = other.bytes;
    account.addCommon(bytes);
    shared = true;
    other.shared = true;
  }

  int layLeaf(int capacity) {
    return lay(capacity, OrderNode.LEAF_ENTRY);
  }

  int layInner() {
    return lay(OrderNode.INNER_CAPACITY, OrderNode.INNER_ENTRY);
  }

  /** Finds the memory for a leaf of a capacity and so many other nodes, before they are laid. */
  void ensure(int leafCapacity, int inner) {
    pool.ensure(bytes(leafCapacity, OrderNode.LEAF_ENTRY), 1);
    pool.ensure(bytes(OrderNode.INNER_CAPACITY, OrderNode.INNER_ENTRY), inner);
  }

  private static int bytes(int capacity, int entryBytes) {
    return OrderNode.HEADER + capacity * entryBytes;
  }

  private int lay(int capacity, int entryBytes) {
    int node = pool.allocate(bytes(capacity, entryBytes), account);
    bytes += pool.slotBytes(node);
    OrderNode.initialize(pool.page(node), PagePool.offset(node), capacity);
    return node;
  }

  /** Gives back a node that is this order's alone and whose children have gone elsewhere. */
  void drop(int node) {
    bytes -= pool.slotBytes(node);
    pool.free(node, account);
  }

  private int holders(int node) {
    return OrderNode.holders(pool.page(node), PagePool.offset(node));
  }

  /** Makes all nodes that a path leads through the order's alone, so that they may be changed. */
  void ownPath(Order order, Path path) {
    if (!shared) {
      return;
    }
    int top = order.height - 1;
    order.root = own(order.root, top);
    path.nodes[top] = order.root;
    for (int level = top; level > 0; level--) {
      path.nodes[level - 1] = ownChild(path.nodes[level], path.indexes[level], level - 1);
    }
  }

  /** As {@link #ownPath}, the child of an entry of a node that is the order's alone. */
  int ownChild(int node, int index, int level) {
    byte[] page = pool.page(node);
    int entry = OrderNode.innerEntry(PagePool.offset(node), index);
    int child = OrderNode.child(page, entry);
    if (shared) {
      child = own(child, level);
      OrderNode.child(page, entry, child);
    }
    return child;
  }

  /** A node of a level, or a copy of it if others name it too. */
  private int own(int node, int level) {
    if (holders(node) == 1) {
      return node;
    }
    int size = pool.slotBytes(node);
    int copy = pool.allocate(size, account);
    byte[] page = pool.page(copy);
    int at = PagePool.offset(copy);
    System.arraycopy(pool.page(node), PagePool.offset(node), page, at, size);
    OrderNode.holders(page, at, 1);
    if (level > 0) {
      for (int i = 0, count = OrderNode.count(page, at); i < count; i++) {
        addHolder(OrderNode.child(page, OrderNode.innerEntry(at, i)), 1);
      }
    }
    addHolder(node, -1);
    account.addCommon(-size);
    return copy;
  }

  private void addHolder(int node, int change) {
    byte[] page = pool.page(node);
    int at = PagePool.offset(node);
    OrderNode.holders(page, at, OrderNode.holders(page, at) + change);
  }

  /**
   * Gives back so many nodes of an order that nobody uses any more, and lets go those that others
   * name.
   *
   * @return whether none is left
   */
  boolean free(Order order, int nodes) {
    for (int i = 0; i < nodes && order.root != Order.NONE; i++) {
      freeLast(order);
    }
    if (order.root != Order.NONE) {
      return false;
    }
    account.addCommon(-bytes);
    bytes = 0;
    return true;
  }

  /** Gives back the last node that has no children, or none any more, or that others name. */
  private void freeLast(Order order) {
    int parent = Order.NONE;
    int node = order.root;
    for (int level = order.height - 1; level > 0 && holders(node) == 1; level--) {
      byte[] page = pool.page(node);
      int at = PagePool.offset(node);
      int count = OrderNode.count(page, at);
      if (count == 0) {
        break;
      }
      parent = node;
      node = OrderNode.child(page, OrderNode.innerEntry(at, count - 1));
    }
    if (parent == Order.NONE) {
      order.root = Order.NONE;
    } else {
      byte[] page = pool.page(parent);
      int at = PagePool.offset(parent);
      OrderNode.count(page, at, OrderNode.count(page, at) - 1);
    }
    if (holders(node) > 1) {
      addHolder(node, -1);
    } else {
      drop(node);
    }
  }
}
