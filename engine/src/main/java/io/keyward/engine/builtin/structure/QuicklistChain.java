package io.keyward.engine.builtin.structure;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a {@link Quicklist}: links them, splits and merges them, compresses the inner ones
 * and keeps the books on elements and bytes.
 *
 * <p>A node is changed between {@link #open} and {@link #close}. Whoever has changed one, or how
 * many there are, calls {@link #settle} in the end, so that the nodes within the compress depth are
 * readable and the others compressed.
 */
final class QuicklistChain {

  /** Header, four references and ints, two longs, and the owner. */
  private static final int OBJECT_BYTES = 40 + 16;

  final QuicklistLimits limits;
  @Nullable QuicklistNode head;
  @Nullable QuicklistNode tail;
  int nodeCount;
  long size;
  long memoryBytes = OBJECT_BYTES;

  QuicklistChain(QuicklistLimits limits) {
    this.limits = limits;
  }

  /** Makes a node readable and returns what to pass to {@link #close}. */
  long open(QuicklistNode node) {
    long before = node.memoryBytes();
    node.expand();
    return before;
  }

  /** Enters into the books what happened to a node. */
  void close(QuicklistNode node, long before, int countChange) {
    node.count += countChange;
    size += countChange;
    if (countChange < 0) {
      node.trimIfIdle();
    }
    memoryBytes += node.memoryBytes() - before;
  }

  void expand(QuicklistNode node) {
    close(node, open(node), 0);
  }

  private void compress(@Nullable QuicklistNode node) {
    if (node != null) {
      long before = node.memoryBytes();
      node.compress();
      memoryBytes += node.memoryBytes() - before;
    }
  }

  /** Takes the slack of a node that has stopped growing. */
  void trim(QuicklistNode node) {
    long before = node.memoryBytes();
    node.trim();
    memoryBytes += node.memoryBytes() - before;
  }

  /** Whether a node takes another element of that length. */
  boolean allows(QuicklistNode node, int length) {
    return !node.plain && limits.allowEntry(node.size(), node.count, length);
  }

  /** Adds an element at one end of a node. */
  void write(QuicklistNode node, boolean last, byte[] source, int offset, int length) {
    long before = open(node);
    if (last) {
      ListpackEditor.append(node, source, offset, length);
    } else {
      ListpackEditor.prepend(node, source, offset, length);
    }
    close(node, before, 1);
  }

  /** Adds a node of one element next to another, and settles. */
  QuicklistNode insert(
      @Nullable QuicklistNode anchor, boolean after, byte[] source, int offset, int length) {
    QuicklistNode node;
    if (limits.isLarge(length)) {
      node = QuicklistNode.plain(Arrays.copyOfRange(source, offset, offset + length));
    } else {
      node = QuicklistNode.packed(roomBeside(anchor, after));
      ListpackEditor.append(node, source, offset, length);
      node.count = 1;
    }
    link(anchor, node, after);
    settle(node);
    return node;
  }

  /**
   * What a new node is to have room for: as much as the one beside it if it extends a list that has
   * filled several nodes and will fill this one, too, which spares it the growing; else nothing.
   */
  private int roomBeside(@Nullable QuicklistNode anchor, boolean after) {
    if (anchor == null || nodeCount < 4 || (after ? anchor.next : anchor.previous) != null) {
      return 0;
    }
    return Math.min(anchor.size(), limits.fullBytes());
  }

  /** Puts a node behind or before another one, or into an empty chain. */
  void link(@Nullable QuicklistNode anchor, QuicklistNode node, boolean after) {
    QuicklistNode left = after || anchor == null ? anchor : anchor.previous;
    QuicklistNode right = after && anchor != null ? anchor.next : anchor;
    node.previous = left;
    node.next = right;
    if (left == null) {
      head = node;
    } else {
      left.next = node;
    }
    if (right == null) {
      tail = node;
    } else {
      right.previous = node;
    }
    nodeCount++;
    size += node.count;
    memoryBytes += node.memoryBytes();
  }

  /** Takes a node out of the chain; it still knows how many elements it has. */
  void unlink(QuicklistNode node) {
    if (node.previous == null) {
      head = node.next;
    } else {
      node.previous.next = node.next;
    }
    if (node.next == null) {
      tail = node.previous;
    } else {
      node.next.previous = node.previous;
    }
    node.previous = null;
    node.next = null;
    nodeCount--;
    size -= node.count;
    memoryBytes -= node.memoryBytes();
  }

  /** Removes a node's last or first element, and the node with its only one. */
  void removeFrom(QuicklistNode node, boolean last) {
    if (node.count == 1) {
      unlink(node);
      node.count = 0;
      return;
    }
    long before = open(node);
    byte[] bytes = node.bytes();
    ListpackEditor.delete(node, last ? Listpack.last(bytes, 0) : Listpack.first(bytes, 0));
    close(node, before, -1);
  }

  /**
   * Moves the entries behind, or before, the one at a position into a node of their own there.
   *
   * @return the new node, which must not be empty
   */
  QuicklistNode split(QuicklistNode node, int position, boolean after) {
    long before = open(node);
    byte[] bytes = node.bytes();
    int cut = after ? Listpack.next(bytes, position) : position;
    int left = 0;
    for (int at = Listpack.HEADER_BYTES; at < cut; at = Listpack.after(bytes, at)) {
      left++;
    }
    int moved = after ? node.count - left : left;
    int from = after ? cut : Listpack.HEADER_BYTES;
    int to = after ? Listpack.end(bytes, 0) : cut;
    QuicklistNode rest = QuicklistNode.packed(Listpack.EMPTY_BYTES + to - from);
    ListpackEditor.appendEntries(rest, bytes, from, to, moved);
    rest.count = moved;
    ListpackEditor.delete(node, from, moved);
    close(node, before, -moved);
    link(node, rest, after);
    return rest;
  }

  /** Merges what fits together among a node and two nodes on each side; returns where it is now. */
  QuicklistNode mergeAround(QuicklistNode node) {
    QuicklistNode previous = node.previous;
    if (previous != null) {
      merge(previous.previous, previous);
    }
    QuicklistNode next = node.next;
    if (next != null) {
      merge(next, next.next);
    }
    previous = node.previous;
    QuicklistNode kept = previous != null && merge(previous, node) ? previous : node;
    merge(kept, kept.next);
    return kept;
  }

  /** Moves the entries of the right node into the left one if that may hold them all. */
  private boolean merge(@Nullable QuicklistNode left, @Nullable QuicklistNode right) {
    if (left == null
        || right == null
        || left.plain
        || right.plain
        || limits.exceededBy(
            (long) left.size() + right.size() - Listpack.EMPTY_BYTES,
            (long) left.count + right.count)) {
      return false;
    }
    expand(right);
    int moved = right.count;
    unlink(right);
    long before = open(left);
    ListpackEditor.merge(left, right.bytes(), 0);
    close(left, before, moved);
    return true;
  }

  /**
   * Brings compression back in order after a change: of the chain's length by up to two nodes, or
   * down to any, and of a node and its neighbours.
   */
  void settle(@Nullable QuicklistNode changed) {
    int depth = limits.compressDepth();
    if (depth <= 0) {
      return;
    }
    QuicklistNode forward = head;
    QuicklistNode backward = tail;
    for (int i = 0; i < depth && forward != null && backward != null; i++) {
      expand(forward);
      expand(backward);
      forward = forward.next;
      backward = backward.previous;
    }
    long inner = nodeCount - 2L * depth;
    for (int i = 0; i < 2 && i < inner && forward != null && backward != null; i++) {
      compress(forward);
      compress(backward);
      forward = forward.next;
      backward = backward.previous;
    }
    if (changed != null && inner > 0) {
      compressInner(changed.previous);
      compressInner(changed);
      compressInner(changed.next);
    }
  }

  private void compressInner(@Nullable QuicklistNode node) {
    QuicklistNode forward = head;
    QuicklistNode backward = tail;
    for (int i = 0; i < limits.compressDepth() && forward != null && backward != null; i++) {
      if (forward == node || backward == node) {
        return;
      }
      forward = forward.next;
      backward = backward.previous;
    }
    compress(node);
  }
}
