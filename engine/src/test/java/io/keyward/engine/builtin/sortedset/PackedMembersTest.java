package io.keyward.engine.builtin.sortedset;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.structure.ByteBlock;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackEditor;
import io.keyward.engine.text.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small sorted sets in one listpack. */
class PackedMembersTest {
  private final ByteBlock block = new ByteBlock(7);
  private final byte[] scratch = new byte[Numbers.MAX_DOUBLE_LENGTH];

  private void insert(double score, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    PackedMembers.insert(block, score, bytes, 0, bytes.length, scratch);
  }

  /** The entries of the listpack, integers marked by a hash. */
  private List<String> entries() {
    byte[] bytes = block.bytes();
    List<String> entries = new ArrayList<>();
    for (int at = Listpack.first(bytes, 0); at >= 0; at = Listpack.next(bytes, at)) {
      String text = new String(Listpack.entryText(bytes, at), StandardCharsets.ISO_8859_1);
      entries.add(Listpack.isIntegerAt(bytes, at) ? "#" + text : text);
    }
    return entries;
  }

  @Test
  void integralScoresStandAsIntegersAndOthersAsText() {
    ListpackEditor.initialize(block);
    insert(1.5, "b");
    insert(Double.POSITIVE_INFINITY, "z");
    insert(-3, "a");
    insert(1e300, "y");
    insert(1L << 62, "x");
    assertThat(entries())
        .containsExactly(
            "a", "#-3", "b", "1.5", "x", "#4611686018427387904", "y", "1e+300", "z", "inf");
    assertThat(Listpack.validate(block.bytes(), 0, Listpack.totalBytes(block.bytes(), 0))).isTrue();
  }

  @Test
  void integersAmongTheNamesAreOrderedAsText() {
    ListpackEditor.initialize(block);
    for (String name : List.of("9", "10", "-1", "1", "100", "a", "", "1x", "09")) {
      insert(0, name);
    }
    assertThat(entries().stream().filter(entry -> !entry.equals("#0")).toList())
        .containsExactly("", "#-1", "09", "#1", "#10", "#100", "1x", "#9", "a");
  }

  @ParameterizedTest
  @ValueSource(
      longs = {0, 7, -7, 10, 99, 100, -100, Long.MAX_VALUE, Long.MIN_VALUE, 1_000_000_000_000L})
  void comparesDigitsAsBytes(long value) {
    byte[] own = Long.toString(value).getBytes(StandardCharsets.US_ASCII);
    List<String> others =
        List.of("", "-", "-1", "0", "1", "10", "5", "99", "9x", "a", "" + value, value + "0");
    for (String other : others) {
      byte[] bytes = other.getBytes(StandardCharsets.US_ASCII);
      int expected = Integer.signum(Arrays.compareUnsigned(own, bytes));
      assertThat(Integer.signum(PackedMembers.compareDigits(value, bytes, 0, bytes.length)))
          .as("%d and %s", value, other)
          .isEqualTo(expected);
    }
  }
}
