package io.keyward.engine.builtin.structure;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Redis's big list: a chain of nodes, each a listpack of a few kilobytes.
 *
 * <p>Elements are pushed and removed at both ends in constant time, an index is found by skipping
 * whole nodes from the nearer end, and a change within moves no more than one node's bytes. Nodes
 * split when they are full and merge with a neighbour when both fit into one. With a compress
 * depth, all but that many nodes at each end are compressed while nobody changes them.
 *
 * <p>The text to write must not lie in the list itself. Not for use by several threads.
 */
public final class Quicklist {

  private final QuicklistChain chain;

  /** Makes an empty list. */
  public Quicklist(QuicklistLimits limits) {
    chain = new QuicklistChain(limits);
  }

  /** Number of elements. */
  public long size() {
    return chain.size;
  }

  /** Number of nodes. */
  public int nodeCount() {
    return chain.nodeCount;
  }

  /** Bytes of heap that the list takes, nodes and slack included; costs nothing to ask. */
  public long memoryBytes() {
    return chain.memoryBytes;
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

  private void push(
      @Nullable QuicklistNode node, boolean last, byte[] source, int offset, int length) {
    if (node != null && chain.allows(node, length)) {
      chain.write(node, last, source, offset, length);
      return;
    }
    if (node != null) {
      chain.trim(node);
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
      for (QuicklistNode node = chain.head; node != null; node = node.next) {
        if (ahead < node.count) {
          return cursor.enter(node, (int) ahead);
        }
        ahead -= node.count;
      }
    } else {
      long behind = chain.size - 1 - ahead;
      for (QuicklistNode node = chain.tail; node != null; node = node.previous) {
        if (behind < node.count) {
          return cursor.enter(node, (int) (-1 - behind));
        }
        behind -= node.count;
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

  private void removeEnd(@Nullable QuicklistNode node, boolean last) {
    if (node == null) {
      throw new IllegalStateException("the list is empty");
    }
    chain.removeFrom(node, last);
    if (node.count == 0) {
      chain.settle(null);
    }
  }

  /** Puts a text in the place of the cursor's element. */
  public void set(QuicklistCursor cursor, byte[] source, int offset, int length) {
    QuicklistNode node = cursor.placed();
    if (!node.plain && !chain.limits.isLarge(length)) {
      long before = chain.open(node);
      ListpackEditor.replace(node, cursor.position, source, offset, length);
      chain.close(node, before, 0);
      chain.settle(node);
    } else {
      insert(cursor, true, source, offset, length);
      // The new element stands in another node, so the old one is the last of its own.
      chain.removeFrom(node, true);
      chain.settle(node.count == 0 ? null : node);
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
    QuicklistNode node = cursor.placed();
    int position = cursor.position;
    chain.expand(node);
    if (chain.allows(node, length)) {
      long before = chain.open(node);
      if (after) {
        ListpackEditor.insertAfter(node, position, source, offset, length);
      } else {
        ListpackEditor.insertBefore(node, position, source, offset, length);
      }
      chain.close(node, before, 1);
      chain.settle(node);
    } else if (isAtEdge(node, position, after)) {
      QuicklistNode neighbour = after ? node.next : node.previous;
      if (neighbour != null && chain.allows(neighbour, length)) {
        chain.write(neighbour, !after, source, offset, length);
        chain.settle(neighbour);
      } else {
        chain.insert(node, after, source, offset, length);
      }
    } else {
      QuicklistNode rest = chain.split(node, position, after);
      if (chain.allows(rest, length)) {
        chain.write(rest, !after, source, offset, length);
        chain.settle(chain.mergeAround(node));
      } else {
        chain.insert(after ? node : rest, true, source, offset, length);
      }
    }
  }

  private static boolean isAtEdge(QuicklistNode node, int position, boolean after) {
    return node.plain
        || (after ? Listpack.next(node.bytes(), position) < 0 : position == Listpack.HEADER_BYTES);
  }

  /** Moves the last element to the front. */
  public void rotate() {
    QuicklistNode last = chain.tail;
    if (chain.size < 2 || last == null) {
      return;
    }
    if (last.plain) {
      chain.unlink(last);
      chain.link(chain.head, last, false);
      chain.settle(last);
      return;
    }
    byte[] text = Listpack.entryText(last.bytes(), Listpack.last(last.bytes(), 0));
    pushFirst(text, 0, text.length);
    removeLast();
  }

  /** Removes up to {@code count} elements from {@code index} on, which is not negative. */
  public void removeRange(long index, long count) {
    long left = Math.min(count, chain.size - index);
    if (index < 0 || left <= 0) {
      return;
    }
    QuicklistNode node;
    long skipped;
    if (index < chain.size >> 1) {
      node = chain.head;
      skipped = 0;
      while (node != null && skipped + node.count <= index) {
        skipped += node.count;
        node = node.next;
      }
    } else {
      node = chain.tail;
      skipped = chain.size - (node == null ? 0 : node.count);
      while (node != null && skipped > index) {
        node = node.previous;
        skipped -= node == null ? 0 : node.count;
      }
    }
    int from = (int) (index - skipped);
    QuicklistNode seam = null;
    while (node != null && left > 0) {
      QuicklistNode next = node.next;
      int removed = (int) Math.min(left, node.count - from);
      if (removed == node.count) {
        chain.unlink(node);
      } else {
        long before = chain.open(node);
        ListpackEditor.deleteRange(node, from, removed);
        chain.close(node, before, -removed);
        seam = node;
      }
      left -= removed;
      from = 0;
      node = next;
    }
    QuicklistNode beside = seam == null ? node : seam;
    chain.settle(beside == null ? null : chain.mergeAround(beside));
  }

  /**
   * Removes elements with that text.
   *
   * @param limit how many at most: the first ones if positive, the last ones if negative, 0 for all
   * @return how many were removed
   */
  public long remove(long limit, byte[] text, int offset, int length) {
    boolean backward = limit < 0;
    long most = limit == 0 ? Long.MAX_VALUE : Math.absExact(Math.max(limit, -Long.MAX_VALUE));
    long removed = 0;
    QuicklistNode node = backward ? chain.tail : chain.head;
    while (node != null && removed < most) {
      QuicklistNode next = backward ? node.previous : node.next;
      removed +=
          node.plain
              ? removePlain(node, text, offset, length)
              : removePacked(node, backward, most - removed, text, offset, length);
      node = next;
    }
    return removed;
  }

  private int removePlain(QuicklistNode node, byte[] text, int offset, int length) {
    if (node.size() != length
        || !Arrays.equals(node.content(), 0, length, text, offset, offset + length)) {
      return 0;
    }
    chain.unlink(node);
    chain.settle(null);
    return 1;
  }

  private int removePacked(
      QuicklistNode node, boolean backward, long most, byte[] text, int offset, int length) {
    byte[] content = node.content();
    if (Listpack.find(content, Listpack.first(content, 0), text, offset, length, 0) < 0) {
      return 0;
    }
    long before = chain.open(node);
    int found = 0;
    int from = backward ? Listpack.last(node.bytes(), 0) : Listpack.first(node.bytes(), 0);
    int at = match(node.bytes(), from, backward, text, offset, length);
    while (at >= 0 && found < most) {
      found++;
      int next = ListpackEditor.delete(node, at);
      from = backward ? Listpack.previous(node.bytes(), 0, at) : next;
      at = match(node.bytes(), from, backward, text, offset, length);
    }
    chain.close(node, before, -found);
    if (node.count == 0) {
      chain.unlink(node);
      chain.settle(null);
    } else {
      chain.settle(node);
    }
    return found;
  }

  /** Position of the nearest entry with that text, from {@code from} on. */
  private static int match(
      byte[] bytes, int from, boolean backward, byte[] text, int offset, int length) {
    if (!backward) {
      return Listpack.find(bytes, from, text, offset, length, 0);
    }
    int at = from;
    while (at >= 0 && !Listpack.equalsAt(bytes, at, text, offset, length)) {
      at = Listpack.previous(bytes, 0, at);
    }
    return at;
  }

  /** Adds a listpack that is not empty and that the caller gives away as a node of its own. */
  public void appendListpack(byte[] listpack) {
    append(QuicklistNode.packed(listpack));
  }

  /** Adds a text that the caller gives away as a plain node. */
  public void appendPlain(byte[] text) {
    append(QuicklistNode.plain(text));
  }

  private void append(QuicklistNode node) {
    chain.link(chain.tail, node, true);
    chain.settle(node);
  }

  /** Whether the whole list is one listpack. */
  public boolean isOneListpack() {
    return chain.nodeCount == 1 && chain.head != null && !chain.head.plain;
  }

  /** Shows the nodes' contents from head to tail. */
  public void forEachNode(NodeVisitor visitor) {
    for (QuicklistNode node = chain.head; node != null; node = node.next) {
      visitor.visit(node.plain, node.content(), node.size());
    }
  }

  /** Receives the nodes of a list. */
  @FunctionalInterface
  public interface NodeVisitor {

    /**
     * A listpack, or the text of one element if {@code plain}, in the first {@code length} bytes.
     */
    void visit(boolean plain, byte[] bytes, int length);
  }

  /** A list of its own with the same elements. */
  public Quicklist copy() {
    Quicklist copy = new Quicklist(chain.limits);
    for (QuicklistNode node = chain.head; node != null; node = node.next) {
      copy.chain.link(copy.chain.tail, node.copy(), true);
    }
    return copy;
  }
}
