package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.memory.EntryLayout;
import java.util.Arrays;

/**
 * The bytes of a member of a big sorted set: an entry with a score and without a value.
 *
 * <pre>
 *  EntryLayout, SCORED
 * +---------------------+
 * | score, member       |
 * +---------------------+
 * </pre>
 */
final class Member {
  private Member() {}

  static double score(byte[] page, int entry) {
    return Bytes.getDouble(page, EntryLayout.scoreOffset(page, entry));
  }

  static void score(byte[] page, int entry, double score) {
    Bytes.putDouble(page, EntryLayout.scoreOffset(page, entry), score);
  }

  /** Compares the member's name, byte by byte without sign, with another. */
  static int compareName(byte[] page, int entry, byte[] name, int offset, int length) {
    int own = EntryLayout.keyOffset(page, entry);
    return Arrays.compareUnsigned(
        page, own, own + EntryLayout.keyLength(page, entry), name, offset, offset + length);
  }
}
