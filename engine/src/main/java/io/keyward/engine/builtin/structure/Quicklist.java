package io.keyward.engine.builtin.structure;

import io.keyward.engine.builtin.memory.CommonSlots;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;

/**
 * Redis's big list: a chain of nodes, each a listpack of a few kilobytes in the pages.
 *
 * <p>Elements are pushed and removed at both ends in constant time, an index is found by skipping
 * whole nodes from the nearer end, and a change within moves no more than one node's bytes. Nodes
 * split when they are full and merge with a neighbour when both fit into one. With a compress
 * depth, all but that many nodes at each end are compressed while nobody changes them.
 *
 * <p>The text to write must not lie in the list itself. Not for use by several threads.
 */
public final class Quicklist {
  /** What stands for a node that is not there. */
  public static final int NO_NODE = QuicklistNodes.NONE;

  private static final int NONE = QuicklistNodes.NONE;

  /** What the objects of a list take: this one, its chain, its nodes and their view. */
  private static final int OBJECT_BYTES = 32 + 40 + 40 + 32;

  private final QuicklistChain chain;
  private final QuicklistNodes nodes;
  private final PagePool pool;
  private MemoryAccount account;
  private long objectBytes = OBJECT_BYTES;

  /** Makes an empty list; what it takes is accounted for at once, until it is freed. */
  public Quicklist(QuicklistLimits limits, PagePool pool, MemoryAccount account) {
    this.pool = pool;
    this.account = account;
    nodes = new QuicklistNodes(pool, account);
    chain = new QuicklistChain(limits, nodes);
    account.add(objectBytes);
  }

  /** Number of elements. */
  public long size() {
    return chain.size;
  }

  /** Number of nodes. */
  public int nodeCount() {
    return chain.nodeCount;
  }

  /** Bytes that the list takes, nodes and slack included; costs nothing to ask. */
  public long memoryBytes() {
    return objectBytes + nodes.memoryBytes();
  }

  /** Counts the list there from now on. */
  public void account(MemoryAccount counted) {
    account = counted;
    nodes.account(counted);
  }

  /** The limits that the list was made with. */
  public QuicklistLimits limits() {
    return chain.limits;
  }

  QuicklistChain chain() {
    return chain;
  }

  /** Adds a text as the first element. */
  public void pushFirst(byte[] source, int offset, int length) {
    push(chain.head, false, source, offset, length);
  }

  /** Adds a text as the last element. */
  public void pushLast(byte[] source, int offset, int length) {
    push(chain.tail, true, source, offset, length);
  }

  private void push(int node, boolean last, byte[] source, int offset, int length) {
    if (node != NONE && chain.allows(node, length)) {
      chain.write(node, last, source, offset, length);
      return;
    }
    if (node != NONE) {
      nodes.trim(node);
    }
    chain.insert(node, last, source, offset, length);
  }

  /** Places the cursor at the element with that index, counted from the end if negative. */
  public boolean seek(QuicklistCursor cursor, long index) {
    long ahead = index < 0 ? index + chain.size : index;
    if (ahead < 0 || ahead >= chain.size) {
      cursor.clear();
      return false;
    }
    if (ahead < chain.size >> 1) {
      for (int node = chain.head; node != NONE; node = nodes.next(node)) {
        int count = nodes.count(node);
        if (ahead < count) {
          return cursor.enter(nodes, node, (int) ahead);
        }
        ahead -= count;
      }
    } else {
      long behind = chain.size - 1 - ahead;
      for (int node = chain.tail; node != NONE; node = nodes.previous(node)) {
        int count = nodes.count(node);
        if (behind < count) {
          return cursor.enter(nodes, node, (int) (-1 - behind));
        }
        behind -= count;
      }
    }
    throw new IllegalStateException("the nodes hold fewer elements than the list");
  }

  /** Removes the first element of a list that is not empty. */
  public void removeFirst() {
    removeEnd(chain.head, false);
  }

  /** Removes the last element of a list that is not empty. */
  public void removeLast() {
    removeEnd(chain.tail, true);
  }

  private void removeEnd(int node, boolean last) {
    if (node == NONE) {
      throw new IllegalStateException("the list is empty");
    }
    if (chain.removeFrom(node, last)) {
      chain.settle(NONE);
    }
  }

  /** Puts a text in the place of the cursor's element. */
  public void set(QuicklistCursor cursor, byte[] source, int offset, int length) {
    int node = cursor.node();
    if (!nodes.plain(node) && !chain.limits.isLarge(length)) {
      Block content = chain.open(node);
      int position = content.start() + cursor.offsetInNode();
      ListpackEditor.replace(content, position, source, offset, length);
      chain.settle(node);
    } else {
      insert(cursor, true, source, offset, length);
      // The new element stands in another node, so the old one is the last of its own.
      chain.settle(chain.removeFrom(node, true) ? NONE : node);
    }
    cursor.clear();
  }

  /** Adds a text before the cursor's element. */
  public void insertBefore(QuicklistCursor cursor, byte[] source, int offset, int length) {
    insert(cursor, false, source, offset, length);
    cursor.clear();
  }

  /** Adds a text after the cursor's element. */
  public void insertAfter(QuicklistCursor cursor, byte[] source, int offset, int length) {
    insert(cursor, true, source, offset, length);
    cursor.clear();
  }

  private void insert(
      QuicklistCursor cursor, boolean after, byte[] source, int offset, int length) {
    int node = cursor.node();
    Block content = chain.open(node);
    int position = content.start() + cursor.offsetInNode();
    if (chain.allows(node, length)) {
      if (after) {
        ListpackEditor.insertAfter(content, position, source, offset, length);
      } else {
        ListpackEditor.insertBefore(content, position, source, offset, length);
      }
      chain.close(node, 1);
      chain.settle(node);
    } else if (isAtEdge(node, position, after)) {
      int neighbour = after ? nodes.next(node) : nodes.previous(node);
      if (neighbour != NONE && chain.allows(neighbour, length)) {
        chain.write(neighbour, !after, source, offset, length);
        chain.settle(neighbour);
      } else {
        chain.insert(node, after, source, offset, length);
      }
    } else {
      int rest = chain.split(node, position, after);
      if (chain.allows(rest, length)) {
        chain.write(rest, !after, source, offset, length);
        chain.settle(chain.mergeAround(node));
      } else {
        chain.insert(after ? node : rest, true, source, offset, length);
      }
    }
  }

  private boolean isAtEdge(int node, int position, boolean after) {
    return nodes.plain(node)
        || (after
            ? Listpack.next(nodes.bytes(node), position) < 0
            : position == nodes.start(node) + Listpack.HEADER_BYTES);
  }

  /** Removes up to {@code count} elements from {@code index} on, which is not negative. */
  public void removeRange(long index, long count) {
    new QuicklistRemoval(chain, nodes).range(index, count);
  }

  /**
   * Removes elements with that text.
   *
   * @param limit how many at most: the first ones if positive, the last ones if negative, 0 for all
   * @param between is called between some elements and the next
   * @return how many were removed
   */
  public long remove(long limit, byte[] text, int offset, int length, Runnable between) {
    return new QuicklistRemoval(chain, nodes).matches(limit, text, offset, length, between);
  }

  /** Adds a copy of a listpack that is not empty as a node of its own. */
  public void appendListpack(byte[] source, int offset, int length) {
    append(nodes.newPacked(source, offset, length));
  }

  /** Adds a text as a plain node. */
  public void appendPlain(byte[] source, int offset, int length) {
    append(nodes.newPlain(source, offset, length));
  }

  private void append(int node) {
    chain.link(chain.tail, node, true);
    chain.settle(node);
  }

  /** Whether the whole list is one listpack. */
  public boolean isOneListpack() {
    return chain.nodeCount == 1 && !nodes.plain(chain.head);
  }

  /** Bytes of the only listpack. */
  public int onlyListpackBytes() {
    return nodes.size(chain.head);
  }

  /** Copies the only listpack, which is never compressed, to where there is room for it. */
  public void copyOnlyListpack(byte[] target, int offset) {
    int node = chain.head;
    System.arraycopy(nodes.bytes(node), nodes.start(node), target, offset, nodes.size(node));
  }

  /** Shows the nodes' contents, expanded, from head to tail; nothing may change meanwhile. */
  public void forEachNode(NodeVisitor visitor) {
    byte[] expanded = {};
    for (int node = chain.head; node != NONE; node = nodes.next(node)) {
      int size = nodes.size(node);
      if (nodes.compressed(node)) {
        expanded = expanded.length < size ? new byte[size] : expanded;
        nodes.expandInto(node, expanded, 0);
        visitor.visit(nodes.plain(node), expanded, 0, size);
      } else {
        visitor.visit(nodes.plain(node), nodes.bytes(node), nodes.start(node), size);
      }
    }
  }

  /** The first node, or {@link #NO_NODE}; it is stale once the list has been changed. */
  public int firstNode() {
    return chain.head;
  }

  /** Shows a node's content, expanded, and returns the next node or {@link #NO_NODE}. */
  public int visitNode(int node, NodeVisitor visitor) {
    int size = nodes.size(node);
    if (nodes.compressed(node)) {
      byte[] expanded = new byte[size];
      nodes.expandInto(node, expanded, 0);
      visitor.visit(nodes.plain(node), expanded, 0, size);
    } else {
      visitor.visit(nodes.plain(node), nodes.bytes(node), nodes.start(node), size);
    }
    return nodes.next(node);
  }

  /** Receives the nodes of a list. */
  @FunctionalInterface
  public interface NodeVisitor {

    /** A listpack, or the text of one element if {@code plain}; valid until the visitor returns. */
    void visit(boolean plain, byte[] bytes, int offset, int length);
  }

  /**
   * A list of its own with the same elements, whose bytes are counted there. It has the contents of
   * the nodes in common with this one until they change: O(nodes).
   */
  public Quicklist copy(MemoryAccount counted) {
    Quicklist copy = new Quicklist(chain.limits, pool, counted);
    try {
      CommonSlots contents = nodes.share(copy.nodes, chain.nodeCount);
      for (int node = chain.head; node != NONE; node = nodes.next(node)) {
        copy.chain.link(copy.chain.tail, nodes.copyTo(copy.nodes, contents, node), true);
      }
    } catch (OutOfMemoryError full) {
      boolean _ = copy.free(Integer.MAX_VALUE);
      throw full;
    }
    return copy;
  }

  /**
   * Frees the elements of up to so many nodes, of a list that nobody uses any more.
   *
   * @return whether nothing is left
   */
  public boolean free(int mostNodes) {
    if (!chain.free(mostNodes)) {
      return false;
    }
    account.add(-objectBytes);
    objectBytes = 0;
    return true;
  }

  /** Checks every invariant, and throws if one does not hold; for tests. */
  public void validate() {
    new QuicklistCheck(this).run();
  }
}
