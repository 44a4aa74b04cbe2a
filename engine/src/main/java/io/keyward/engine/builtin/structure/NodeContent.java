package io.keyward.engine.builtin.structure;

/** The listpack of one node after another of a {@link Quicklist}, as a block that can be edited. */
final class NodeContent implements Block {
  private final QuicklistNodes nodes;
  private int node;
  private int start;
  private int end;
  private byte[] page = {};

  NodeContent(QuicklistNodes nodes) {
    this.nodes = nodes;
  }

  void at(int changed) {
    node = changed;
    page = nodes.bytes(changed);
    start = nodes.start(changed);
    end = nodes.slotEnd(changed);
  }

  @Override
  public byte[] bytes() {
    return page;
  }

  @Override
  public int start() {
    return start;
  }

  @Override
  public int capacity() {
    return end - start;
  }

  @Override
  public void reserve(int capacity) {
    if (capacity <= end - start) {
      return;
    }
    int slot = nodes.slotBytes(node);
    if (capacity <= slot) {
      moveTo(end - slot);
    } else {
      nodes.resize(node, ByteBlock.grownCapacity(slot, capacity));
      at(node);
    }
  }

  @Override
  public boolean reserveBefore(int bytes) {
    if (start - bytes < end - nodes.slotBytes(node)) {
      int used = Listpack.totalBytes(page, start);
      if (nodes.slotBytes(node) - used < bytes) {
        return false;
      }
      moveTo(end - used);
    }
    begin(start - bytes);
    return true;
  }

  /** Moves the listpack within its slot. */
  private void moveTo(int position) {
    System.arraycopy(page, start, page, position, Listpack.totalBytes(page, start));
    begin(position);
  }

  private void begin(int position) {
    nodes.shift(node, position - start);
    start = position;
  }
}
