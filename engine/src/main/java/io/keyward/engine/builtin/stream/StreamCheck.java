package io.keyward.engine.builtin.stream;

import io.keyward.engine.builtin.structure.Listpack;

/** Checks every invariant of a stream; for tests. */
final class StreamCheck {
  private StreamCheck() {}

  /**
   * @param settled whether all bytes are accounted for
   * @throws IllegalStateException naming what does not hold
   */
  static void check(Stream stream, boolean settled) {
    require(settled, "bytes of a stream are not accounted for");
    NodeIndex nodes = stream.nodes();
    long entries = 0;
    for (int i = 0; i < nodes.size(); i++) {
      byte[] node = nodes.bytes(i);
      int total = Listpack.totalBytes(node, 0);
      require(total <= node.length && Listpack.validate(node, 0, total), "damaged listpack");
      require(StreamNode.validate(node), "damaged node");
      require(StreamNode.entries(node) > 0, "a node without entries");
      require(
          i == 0
              || StreamId.compare(nodes.ms(i - 1), nodes.seq(i - 1), nodes.ms(i), nodes.seq(i)) < 0,
          "nodes out of order");
      entries += StreamNode.entries(node);
    }
    require(entries == stream.length(), "the length is not the number of entries");
    order(stream);
    for (Group group : stream.groups()) {
      group.validate();
    }
  }

  private static void order(Stream stream) {
    StreamId before = null;
    EntryCursor at = stream.forward(0, 0, -1, -1);
    long walked = 0;
    while (at.next()) {
      StreamId id = at.id();
      require(before == null || before.compareTo(id) < 0, "entries out of order");
      require(before != null || id.equals(stream.first()), "the first id is not the first entry's");
      before = id;
      walked++;
    }
    require(walked == stream.length(), "a walk misses entries");
    require(before == null || before.compareTo(stream.last()) <= 0, "an entry beyond the last id");
    require(walked > 0 || stream.first().isZero(), "a first id without entries");
    at = stream.backward(0, 0, -1, -1);
    while (at.next()) {
      walked--;
    }
    require(walked == 0, "a walk backwards meets other entries");
  }

  static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalStateException(otherwise);
    }
  }
}
