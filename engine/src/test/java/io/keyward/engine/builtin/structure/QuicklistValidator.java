package io.keyward.engine.builtin.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;

/** Checks the invariants of a list and that it holds what it should. */
final class QuicklistValidator {

  private final QuicklistCursor cursor = new QuicklistCursor();

  void check(Quicklist list, List<byte[]> expected) {
    list.validate();
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
  }
}
