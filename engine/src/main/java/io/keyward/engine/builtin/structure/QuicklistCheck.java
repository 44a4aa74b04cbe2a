package io.keyward.engine.builtin.structure;

/** Checks the invariants of a {@link Quicklist}; for tests. */
final class QuicklistCheck {
  private final Quicklist list;
  private final QuicklistChain chain;
  private final QuicklistNodes nodes;

  QuicklistCheck(Quicklist list) {
    this.list = list;
    chain = list.chain();
    nodes = chain.nodes;
  }

  /** Throws {@link IllegalStateException} if anything is not as it has to be. */
  void run() {
    int depth = list.limits().compressDepth();
    long count = 0;
    int index = 0;
    int previous = QuicklistNodes.NONE;
    for (int node = chain.head; node != QuicklistNodes.NONE; node = nodes.next(node)) {
      require(nodes.previous(node) == previous, index, "is linked wrongly");
      require(nodes.count(node) > 0, index, "is empty");
      byte[] content = new byte[nodes.size(node)];
      if (nodes.compressed(node)) {
        nodes.expandInto(node, content, 0);
      } else {
        System.arraycopy(nodes.bytes(node), nodes.start(node), content, 0, content.length);
      }
      if (nodes.plain(node)) {
        require(list.limits().isLarge(content.length), index, "is plain though small");
      } else {
        require(Listpack.validate(content, 0, content.length), index, "is damaged");
        require(Listpack.count(content, 0) == nodes.count(node), index, "is counted wrongly");
      }
      boolean inner = depth > 0 && index >= depth && index < list.nodeCount() - depth;
      require(inner || !nodes.compressed(node), index, "is compressed though near an end");
      require(!inner || nodes.compressed(node) || !compressible(node), index, "is not compressed");
      count += nodes.count(node);
      index++;
      previous = node;
    }
    require(chain.tail == previous, index, "is not reached");
    require(list.nodeCount() == index, index, "is beyond the number of nodes");
    require(list.size() == count, index, "holds more or less than the list says");
  }

  private boolean compressible(int node) {
    int copy = nodes.copyTo(nodes, nodes.share(nodes, 1), node);
    nodes.compress(copy);
    boolean compressed = nodes.compressed(copy);
    nodes.free(copy);
    return compressed;
  }

  private static void require(boolean holds, int index, String otherwise) {
    if (!holds) {
      throw new IllegalStateException("list node " + index + " " + otherwise);
    }
  }
}
