package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.memory.EntryLayout;
import java.util.Arrays;

/**
 * The bytes of a member of a big sorted set: an entry with a score, and as its value the links of a
 * skip list.
 *
 * <pre>
 *  EntryLayout, SCORED    links
 * +---------------------+--------+----------+-----------+--------+-----------+-----
 * | score, member       | levels | backward | forward 0 | span 1 | forward 1 | ...
 * |                     | 1      | 4        | 4         | 4      | 4         |
 * +---------------------+--------+----------+-----------+--------+-----------+-----
 * </pre>
 *
 * <p>A link is the reference of another member, 0 for none. The span of a level says how many ranks
 * the forward link of that level leads on; at level 0 that is always 1 and not stored. A link to
 * none leads to the rank after the last.
 */
final class Member {
  static final int MOST_LEVELS = 32;

  private static final int FORWARD = 5;
  private static final int SPAN = 1;
  private static final int STEP = 8;

  private Member() {}

  /** The bytes that the links of so many levels take. */
  static int linkBytes(int levels) {
    return FORWARD + Integer.BYTES + STEP * (levels - 1);
  }

  /** Where the links of the member begin. */
  static int links(byte[] page, int entry) {
    return EntryLayout.valueOffset(page, entry);
  }

  static int levels(byte[] page, int links) {
    return page[links];
  }

  static int backward(byte[] page, int links) {
    return Bytes.getInt(page, links + 1);
  }

  static void backward(byte[] page, int links, int reference) {
    Bytes.putInt(page, links + 1, reference);
  }

  static int forward(byte[] page, int links, int level) {
    return Bytes.getInt(page, links + FORWARD + STEP * level);
  }

  static void forward(byte[] page, int links, int level, int reference) {
    Bytes.putInt(page, links + FORWARD + STEP * level, reference);
  }

  static int span(byte[] page, int links, int level) {
    return level == 0 ? 1 : Bytes.getInt(page, links + SPAN + STEP * level);
  }

  static void span(byte[] page, int links, int level, int ranks) {
    if (level > 0) {
      Bytes.putInt(page, links + SPAN + STEP * level, ranks);
    }
  }

  /** Writes links of so many levels that lead nowhere. */
  static void clearLinks(byte[] page, int links, int levels) {
    page[links] = (byte) levels;
    Arrays.fill(page, links + 1, links + linkBytes(levels), (byte) 0);
  }

  static double score(byte[] page, int entry) {
    return Bytes.getDouble(page, EntryLayout.scoreOffset(page, entry));
  }

  static void score(byte[] page, int entry, double score) {
    Bytes.putDouble(page, EntryLayout.scoreOffset(page, entry), score);
  }

  /** Compares the member's place in the order with that of a score and a name. */
  static int compare(byte[] page, int entry, double score, byte[] name, int offset, int length) {
    double own = score(page, entry);
    if (own != score) {
      return own < score ? -1 : 1;
    }
    return compareName(page, entry, name, offset, length);
  }

  /** Compares the member's name, byte by byte without sign, with another. */
  static int compareName(byte[] page, int entry, byte[] name, int offset, int length) {
    int own = EntryLayout.keyOffset(page, entry);
    return Arrays.compareUnsigned(
        page, own, own + EntryLayout.keyLength(page, entry), name, offset, offset + length);
  }
}
