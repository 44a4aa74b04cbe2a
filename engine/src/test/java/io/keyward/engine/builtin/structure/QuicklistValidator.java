package io.keyward.engine.builtin.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;

/** Checks the invariants of a list and that it holds what it should. */
final class QuicklistValidator {

  private final QuicklistCursor cursor = new QuicklistCursor();

  void check(Quicklist list, List<byte[]> expected) {
    structure(list);
    assertThat(list.size()).isEqualTo(expected.size());
    boolean placed = list.seek(cursor, 0);
    for (byte[] text : expected) {
      assertThat(placed).isTrue();
      assertThat(cursor.text()).isEqualTo(text);
      assertThat(cursor.contentEquals(text, 0, text.length)).isTrue();
      placed = cursor.next();
    }
    assertThat(placed).isFalse();
    placed = list.seek(cursor, -1);
    for (byte[] text : expected.reversed()) {
      assertThat(placed).isTrue();
      if (cursor.isInteger()) {
        assertThat(Texts.of(Long.toString(cursor.integer()))).isEqualTo(text);
      } else {
        int from = cursor.textOffset();
        assertThat(Arrays.copyOfRange(cursor.bytes(), from, from + cursor.textLength()))
            .isEqualTo(text);
      }
      placed = cursor.previous();
    }
    assertThat(placed).isFalse();
    assertThat(cursor.isPlaced()).isFalse();
  }

  private static void structure(Quicklist list) {
    QuicklistChain chain = list.chain();
    int depth = list.limits().compressDepth();
    long memory = new Quicklist(list.limits()).memoryBytes();
    long count = 0;
    int index = 0;
    QuicklistNode previous = null;
    for (QuicklistNode node = chain.head; node != null; node = node.next) {
      assertThat(node.previous).isSameAs(previous);
      assertThat(node.count).isPositive();
      if (node.plain) {
        assertThat(node.count).isEqualTo(1);
        assertThat(list.limits().isLarge(node.size())).isTrue();
      } else {
        byte[] content = node.content();
        assertThat(Listpack.validate(content, 0, node.size())).isTrue();
        assertThat(Listpack.count(content, 0)).isEqualTo(node.count);
      }
      boolean inner = depth > 0 && index >= depth && index < list.nodeCount() - depth;
      if (!inner) {
        assertThat(node.isCompressed()).isFalse();
      } else if (!node.isCompressed()) {
        QuicklistNode copy = node.copy();
        copy.compress();
        assertThat(copy.isCompressed()).as("node %d could be compressed", index).isFalse();
      }
      memory += node.memoryBytes();
      count += node.count;
      index++;
      previous = node;
    }
    assertThat(chain.tail).isSameAs(previous);
    assertThat(list.nodeCount()).isEqualTo(index);
    assertThat(list.size()).isEqualTo(count);
    assertThat(list.memoryBytes()).isEqualTo(memory);
  }
}
