package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.builtin.structure.Block;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackEditor;
import io.keyward.engine.text.Numbers;
import java.util.Arrays;

/**
 * A small sorted set: a listpack of members in their order, each followed by its score.
 *
 * <p>Scores stand there as in Redis: integral ones as integers, others as their text. A position is
 * that of a member in the block's array, {@link #NONE} for none; it is stale after a change.
 */
final class PackedMembers {
  static final int NONE = -1;

  private PackedMembers() {}

  static int size(byte[] bytes, int start) {
    return Listpack.count(bytes, start) >>> 1;
  }

  /** The position of the member of this name. */
  static int find(byte[] bytes, int start, byte[] name, int offset, int length) {
    return Listpack.find(bytes, Listpack.first(bytes, start), name, offset, length, 1);
  }

  static int at(byte[] bytes, int start, int rank) {
    return Listpack.seek(bytes, start, rank << 1);
  }

  static int next(byte[] bytes, int position) {
    return Listpack.next(bytes, Listpack.next(bytes, position));
  }

  static int previous(byte[] bytes, int start, int position) {
    int score = Listpack.previous(bytes, start, position);
    return score == NONE ? NONE : Listpack.previous(bytes, start, score);
  }

  static int rank(byte[] bytes, int start, int position) {
    int before = 0;
    for (int at = position; (at = Listpack.previous(bytes, start, at)) != NONE; ) {
      before++;
    }
    return before >>> 1;
  }

  static double scoreOf(byte[] bytes, int position) {
    return score(bytes, Listpack.next(bytes, position));
  }

  /** The score that stands at a position of its own. */
  static double score(byte[] bytes, int position) {
    return Listpack.isIntegerAt(bytes, position)
        ? Listpack.integerAt(bytes, position)
        : Numbers.parseDouble(
            bytes,
            Listpack.stringOffsetAt(bytes, position),
            Listpack.stringLengthAt(bytes, position));
  }

  /** How many members lie before the bound. */
  static int countBefore(byte[] bytes, int start, Bound bound) {
    int count = 0;
    int at = Listpack.first(bytes, start);
    while (at != NONE && bound.followsPacked(bytes, at)) {
      count++;
      at = next(bytes, at);
    }
    return count;
  }

  /** Compares a member's name, byte by byte without sign, with another. */
  static int compareName(byte[] bytes, int position, byte[] name, int offset, int length) {
    if (Listpack.isIntegerAt(bytes, position)) {
      return compareDigits(Listpack.integerAt(bytes, position), name, offset, length);
    }
    int own = Listpack.stringOffsetAt(bytes, position);
    return Arrays.compareUnsigned(
        bytes, own, own + Listpack.stringLengthAt(bytes, position), name, offset, offset + length);
  }

  /** Compares an integer's decimal text with bytes, digit by digit from the front. */
  static int compareDigits(long value, byte[] name, int offset, int length) {
    int textLength = Numbers.integerLength(value);
    int digits = value < 0 ? textLength - 1 : textLength;
    int sign = textLength - digits;
    long rest = Math.abs(value);
    long power = 1;
    for (int i = 1; i < digits; i++) {
      power *= 10;
    }
    int common = Math.min(textLength, length);
    for (int i = 0; i < common; i++) {
      int own;
      if (i < sign) {
        own = '-';
      } else {
        // The magnitude of the least long fits 64 bits without sign.
        long digit = Long.divideUnsigned(rest, power);
        own = '0' + (int) digit;
        rest -= digit * power;
        power /= 10;
      }
      int other = name[offset + i] & 0xFF;
      if (own != other) {
        return own - other;
      }
    }
    return textLength - length;
  }

  private static int compare(
      byte[] bytes, int position, double score, byte[] name, int offset, int length) {
    double own = scoreOf(bytes, position);
    if (own != score) {
      return own < score ? -1 : 1;
    }
    return compareName(bytes, position, name, offset, length);
  }

  /**
   * Adds a member that is not there.
   *
   * @param scratch {@link Numbers#MAX_DOUBLE_LENGTH} bytes to write the score's text to
   */
  static void insert(
      Block block, double score, byte[] name, int offset, int length, byte[] scratch) {
    byte[] bytes = block.bytes();
    int at = Listpack.first(bytes, block.start());
    while (at != NONE && compare(bytes, at, score, name, offset, length) < 0) {
      at = next(bytes, at);
    }
    insertAt(block, at, score, name, offset, length, scratch);
  }

  /** Adds a member before the one at a position, or as the last. */
  private static void insertAt(
      Block block,
      int position,
      double score,
      byte[] name,
      int offset,
      int length,
      byte[] scratch) {
    int textLength = isIntegral(score) ? 0 : Numbers.formatDouble(score, scratch, 0);
    int scoreBytes =
        textLength == 0
            ? ListpackEditor.encodedSize((long) score)
            : ListpackEditor.encodedSize(scratch, 0, textLength);
    int total =
        Listpack.totalBytes(block.bytes(), block.start())
            + ListpackEditor.encodedSize(name, offset, length)
            + scoreBytes;
    int start = block.start();
    block.reserve(total);
    int at = position == NONE ? NONE : position + block.start() - start;
    int member =
        at == NONE
            ? ListpackEditor.append(block, name, offset, length)
            : ListpackEditor.insertBefore(block, at, name, offset, length);
    if (textLength == 0) {
      ListpackEditor.insertIntegerAfter(block, member, (long) score);
    } else {
      ListpackEditor.insertAfter(block, member, scratch, 0, textLength);
    }
  }

  /** Adds a member that belongs behind all others. */
  static void append(
      Block block, double score, byte[] name, int offset, int length, byte[] scratch) {
    insertAt(block, NONE, score, name, offset, length, scratch);
  }

  /** Gives the member at a position, whose name is given too, another score. */
  static void score(
      Block block,
      int position,
      double score,
      byte[] name,
      int offset,
      int length,
      byte[] scratch) {
    byte[] bytes = block.bytes();
    int before = previous(bytes, block.start(), position);
    int after = next(bytes, position);
    boolean stays =
        (before == NONE || compare(bytes, before, score, name, offset, length) < 0)
            && (after == NONE || compare(bytes, after, score, name, offset, length) > 0);
    if (!stays) {
      ListpackEditor.delete(block, position, 2);
      insert(block, score, name, offset, length, scratch);
      return;
    }
    int at = Listpack.next(bytes, position);
    if (isIntegral(score)) {
      ListpackEditor.replaceInteger(block, at, (long) score);
    } else {
      int textLength = Numbers.formatDouble(score, scratch, 0);
      ListpackEditor.replace(block, at, scratch, 0, textLength);
    }
  }

  /** Whether Redis writes the score as an integer. */
  private static boolean isIntegral(double score) {
    // As wide as Redis casts without loss; an infinity is outside of it.
    return Math.abs(score) <= 0x1p62 && (long) score == score;
  }

  /** The bytes that a member with its score takes. */
  static int pairBytes(double score, byte[] name, int offset, int length, byte[] scratch) {
    int scoreBytes =
        isIntegral(score)
            ? ListpackEditor.encodedSize((long) score)
            : ListpackEditor.encodedSize(scratch, 0, Numbers.formatDouble(score, scratch, 0));
    return ListpackEditor.encodedSize(name, offset, length) + scoreBytes;
  }
}
