package io.keyward.engine.builtin.structure;

/**
 * The nodes of a {@link Quicklist} in their order: links them, splits and merges them, compresses
 * the inner ones and keeps the books on elements.
 *
 * <p>A node is expanded by {@link #open} before its content is changed, and {@link #close} enters
 * what has happened into the books. Whoever has changed one, or how many there are, calls {@link
 * #settle} in the end, so that the nodes within the compress depth are readable and the others
 * compressed.
 */
final class QuicklistChain {
  private static final int NONE = QuicklistNodes.NONE;

  final QuicklistLimits limits;
  final QuicklistNodes nodes;
  int head = NONE;
  int tail = NONE;
  int nodeCount;
  long size;

  QuicklistChain(QuicklistLimits limits, QuicklistNodes nodes) {
    this.limits = limits;
    this.nodes = nodes;
  }

  /** Makes a node readable and returns its content for changing it. */
  Block open(int node) {
    nodes.expand(node);
    return nodes.content(node);
  }

  /** Enters into the books what happened to a node that is not plain. */
  void close(int node, int countChange) {
    nodes.addToCount(node, countChange);
    size += countChange;
    if (countChange < 0) {
      nodes.trimIfIdle(node);
    }
  }

  /** Whether a node takes another element of that length. */
  boolean allows(int node, int length) {
    return !nodes.plain(node) && limits.allowEntry(nodes.size(node), nodes.count(node), length);
  }

  /** Adds an element at one end of a node. */
  void write(int node, boolean last, byte[] source, int offset, int length) {
    Block content = open(node);
    if (last) {
      ListpackEditor.append(content, source, offset, length);
    } else {
      ListpackEditor.prepend(content, source, offset, length);
    }
    close(node, 1);
  }

  /** Adds a node of one element next to another, and settles. */
  void insert(int anchor, boolean after, byte[] source, int offset, int length) {
    int node;
    if (limits.isLarge(length)) {
      node = nodes.newPlain(source, offset, length);
    } else {
      node = nodes.newPacked(roomBeside(anchor, after));
      try {
        ListpackEditor.append(nodes.content(node), source, offset, length);
      } catch (OutOfMemoryError full) {
        nodes.free(node);
        throw full;
      }
      nodes.addToCount(node, 1);
    }
    link(anchor, node, after);
    settle(node);
  }

  /**
   * What a new node is to have room for: as much as the one beside it if it extends a list that has
   * filled several nodes and will fill this one, too, which spares it the growing; else nothing.
   */
  private int roomBeside(int anchor, boolean after) {
    if (anchor == NONE
        || nodeCount < 4
        || (after ? nodes.next(anchor) : nodes.previous(anchor)) != NONE) {
      return 0;
    }
    return Math.min(nodes.size(anchor), limits.fullBytes());
  }

  /** Puts a node behind or before another one, or into an empty chain. */
  void link(int anchor, int node, boolean after) {
    int left = after || anchor == NONE ? anchor : nodes.previous(anchor);
    int right = after && anchor != NONE ? nodes.next(anchor) : anchor;
    join(left, node);
    join(node, right);
    nodeCount++;
    size += nodes.count(node);
  }

  /** Takes a node out of the chain and leaves it to the caller. */
  void unlink(int node) {
    join(nodes.previous(node), nodes.next(node));
    nodeCount--;
    size -= nodes.count(node);
  }

  private void join(int left, int right) {
    if (left == NONE) {
      head = right;
    } else {
      nodes.next(left, right);
    }
    if (right == NONE) {
      tail = left;
    } else {
      nodes.previous(right, left);
    }
  }

  /** Takes a node out of the chain and frees it. */
  void remove(int node) {
    unlink(node);
    nodes.free(node);
  }

  /**
   * Removes a node's last or first element, and the node with its only one.
   *
   * @return whether the node is gone
   */
  boolean removeFrom(int node, boolean last) {
    if (nodes.count(node) == 1) {
      remove(node);
      return true;
    }
    Block content = open(node);
    byte[] bytes = content.bytes();
    int start = content.start();
    ListpackEditor.delete(
        content, last ? Listpack.last(bytes, start) : Listpack.first(bytes, start));
    close(node, -1);
    return false;
  }

  /**
   * Moves the entries behind, or before, the one at a position into a node of their own there.
   *
   * @return the new node, which must not be empty
   */
  int split(int node, int position, boolean after) {
    byte[] bytes = nodes.bytes(node);
    int start = nodes.start(node);
    int first = start + Listpack.HEADER_BYTES;
    int cut = after ? Listpack.next(bytes, position) : position;
    int left = 0;
    for (int at = first; at < cut; at = Listpack.after(bytes, at)) {
      left++;
    }
    int moved = after ? nodes.count(node) - left : left;
    int from = after ? cut : first;
    int to = after ? Listpack.end(bytes, start) : cut;
    int rest = nodes.newPacked(Listpack.EMPTY_BYTES + to - from);
    ListpackEditor.appendEntries(nodes.content(rest), bytes, from, to, moved);
    nodes.addToCount(rest, moved);
    ListpackEditor.delete(nodes.content(node), from, moved);
    close(node, -moved);
    link(node, rest, after);
    return rest;
  }

  /** Merges what fits together among a node and two nodes on each side; returns where it is now. */
  int mergeAround(int node) {
    int previous = nodes.previous(node);
    if (previous != NONE) {
      merge(nodes.previous(previous), previous);
    }
    int next = nodes.next(node);
    if (next != NONE) {
      merge(next, nodes.next(next));
    }
    previous = nodes.previous(node);
    int kept = merge(previous, node) ? previous : node;
    merge(kept, nodes.next(kept));
    return kept;
  }

  /** Moves the entries of the right node into the left one if that may hold them all. */
  private boolean merge(int left, int right) {
    if (left == NONE
        || right == NONE
        || nodes.plain(left)
        || nodes.plain(right)
        || limits.exceededBy(
            (long) nodes.size(left) + nodes.size(right) - Listpack.EMPTY_BYTES,
            (long) nodes.count(left) + nodes.count(right))) {
      return false;
    }
    nodes.expand(right);
    int moved = nodes.count(right);
    unlink(right);
    ListpackEditor.merge(open(left), nodes.bytes(right), nodes.start(right));
    close(left, moved);
    nodes.free(right);
    return true;
  }

  /**
   * Brings compression back in order after a change: of the chain's length by up to two nodes, or
   * down to any, and of a node and its neighbours.
   *
   * @param changed a node, or 0 if only the number of nodes has changed
   */
  void settle(int changed) {
    int depth = limits.compressDepth();
    if (depth <= 0) {
      return;
    }
    int forward = head;
    int backward = tail;
    for (int i = 0; i < depth && forward != NONE && backward != NONE; i++) {
      nodes.expand(forward);
      nodes.expand(backward);
      forward = nodes.next(forward);
      backward = nodes.previous(backward);
    }
    long inner = nodeCount - 2L * depth;
    for (int i = 0; i < 2 && i < inner && forward != NONE && backward != NONE; i++) {
      nodes.compress(forward);
      nodes.compress(backward);
      forward = nodes.next(forward);
      backward = nodes.previous(backward);
    }
    if (changed != NONE && inner > 0) {
      compressInner(nodes.previous(changed));
      compressInner(changed);
      compressInner(nodes.next(changed));
    }
  }

  private void compressInner(int node) {
    if (node == NONE) {
      return;
    }
    int forward = head;
    int backward = tail;
    for (int i = 0; i < limits.compressDepth() && forward != NONE && backward != NONE; i++) {
      if (forward == node || backward == node) {
        return;
      }
      forward = nodes.next(forward);
      backward = nodes.previous(backward);
    }
    nodes.compress(node);
  }

  /** Frees up to so many nodes from the head on; returns whether none is left. */
  boolean free(int most) {
    for (int freed = 0; freed < most && head != NONE; freed++) {
      remove(head);
    }
    return head == NONE;
  }
}
