package io.keyward.engine.builtin.structure;

/**
 * Removes elements anywhere in a {@link Quicklist}: a stretch of them, or those with a text. Nodes
 * that become empty go, and those on either side of what has gone merge if both fit into one.
 */
final class QuicklistRemoval {
  private static final int NONE = QuicklistNodes.NONE;

  private final QuicklistChain chain;
  private final QuicklistNodes nodes;

  QuicklistRemoval(QuicklistChain chain, QuicklistNodes nodes) {
    this.chain = chain;
    this.nodes = nodes;
  }

  /** Removes up to {@code count} elements from {@code index} on, which is not negative. */
  void range(long index, long count) {
    long left = Math.min(count, chain.size - index);
    if (index < 0 || left <= 0) {
      return;
    }
    int node;
    long skipped;
    if (index < chain.size >> 1) {
      node = chain.head;
      skipped = 0;
      while (skipped + nodes.count(node) <= index) {
        skipped += nodes.count(node);
        node = nodes.next(node);
      }
    } else {
      node = chain.tail;
      skipped = chain.size - nodes.count(node);
      while (skipped > index) {
        node = nodes.previous(node);
        skipped -= nodes.count(node);
      }
    }
    int from = (int) (index - skipped);
    int seam = NONE;
    while (node != NONE && left > 0) {
      int next = nodes.next(node);
      int held = nodes.count(node);
      int removed = (int) Math.min(left, held - from);
      if (removed == held) {
        chain.remove(node);
      } else {
        ListpackEditor.deleteRange(chain.open(node), from, removed);
        chain.close(node, -removed);
        seam = node;
      }
      left -= removed;
      from = 0;
      node = next;
    }
    int beside = seam == NONE ? node : seam;
    chain.settle(beside == NONE ? NONE : chain.mergeAround(beside));
  }

  /**
   * Removes elements with that text.
   *
   * @param limit how many at most: the first ones if positive, the last ones if negative, 0 for all
   * @param between is called between one node and the next
   * @return how many were removed
   */
  long matches(long limit, byte[] text, int offset, int length, Runnable between) {
    boolean backward = limit < 0;
    long most = limit == 0 ? Long.MAX_VALUE : Math.absExact(Math.max(limit, -Long.MAX_VALUE));
    long removed = 0;
    int node = backward ? chain.tail : chain.head;
    QuicklistCursor cursor = new QuicklistCursor();
    while (node != NONE && removed < most) {
      between.run();
      int next = backward ? nodes.previous(node) : nodes.next(node);
      cursor.enter(nodes, node, 0);
      removed +=
          nodes.plain(node)
              ? removePlain(cursor, text, offset, length)
              : removePacked(cursor, backward, most - removed, text, offset, length);
      node = next;
    }
    return removed;
  }

  private int removePlain(QuicklistCursor at, byte[] text, int offset, int length) {
    if (!at.contentEquals(text, offset, length)) {
      return 0;
    }
    chain.remove(at.node());
    chain.settle(NONE);
    return 1;
  }

  private int removePacked(
      QuicklistCursor first, boolean backward, long most, byte[] text, int offset, int length) {
    if (first.find(text, offset, length) < 0) {
      return 0;
    }
    int node = first.node();
    Block content = chain.open(node);
    byte[] bytes = content.bytes();
    int start = content.start();
    int found = 0;
    int from = backward ? Listpack.last(bytes, start) : Listpack.first(bytes, start);
    int at = match(bytes, start, from, backward, text, offset, length);
    while (at >= 0 && found < most) {
      found++;
      int next = ListpackEditor.delete(content, at);
      from = backward ? Listpack.previous(bytes, start, at) : next;
      at = match(bytes, start, from, backward, text, offset, length);
    }
    if (found == nodes.count(node)) {
      chain.remove(node);
      chain.settle(NONE);
    } else {
      chain.close(node, -found);
      chain.settle(node);
    }
    return found;
  }

  /** Position of the nearest entry with that text, from {@code from} on. */
  private static int match(
      byte[] bytes, int start, int from, boolean backward, byte[] text, int offset, int length) {
    if (!backward) {
      return Listpack.find(bytes, from, text, offset, length, 0);
    }
    int at = from;
    while (at >= 0 && !Listpack.equalsAt(bytes, at, text, offset, length)) {
      at = Listpack.previous(bytes, start, at);
    }
    return at;
  }
}
