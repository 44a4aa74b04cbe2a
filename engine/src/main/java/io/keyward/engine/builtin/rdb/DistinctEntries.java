package io.keyward.engine.builtin.rdb;

import io.keyward.engine.builtin.memory.KeyHash;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.text.Numbers;

/**
 * Finds an entry that stands twice in a listpack: a field of a hash, a member of a set.
 *
 * <p>Positions of entries already met stand in an open-addressing table, four bytes a place and at
 * most half of the places taken, so a payload makes it take no more than a few times its own size.
 */
public final class DistinctEntries {
  private final byte[] listpack;
  private final byte[] digits = new byte[Numbers.MAX_INTEGER_LENGTH];
  private final int[] positions;

  private DistinctEntries(byte[] listpack, int count) {
    this.listpack = listpack;
    positions = new int[Integer.highestOneBit(Math.max(4, count)) << 2];
  }

  /**
   * Whether no two of the entries, or of every second one, have the same text.
   *
   * @param listpack a sound listpack from index 0 on
   * @param step 1 for all entries, 2 for every second one from the first on
   */
  public static boolean in(byte[] listpack, int step) {
    return new DistinctEntries(listpack, Listpack.count(listpack, 0) / step).check(step);
  }

  private boolean check(int step) {
    int at = Listpack.first(listpack, 0);
    while (at >= 0) {
      if (!add(at)) {
        return false;
      }
      for (int i = 0; i < step && at >= 0; i++) {
        at = Listpack.next(listpack, at);
      }
    }
    return true;
  }

  private boolean add(int entry) {
    byte[] text = listpack;
    int offset;
    int length;
    if (Listpack.isIntegerAt(listpack, entry)) {
      text = digits;
      offset = 0;
      length = Numbers.formatInteger(Listpack.integerAt(listpack, entry), digits, 0);
    } else {
      offset = Listpack.stringOffsetAt(listpack, entry);
      length = Listpack.stringLengthAt(listpack, entry);
    }
    int mask = positions.length - 1;
    int place = (int) KeyHash.hash(text, offset, length) & mask;
    while (positions[place] != 0) {
      if (Listpack.equalsAt(listpack, positions[place], text, offset, length)) {
        return false;
      }
      place = place + 1 & mask;
    }
    positions[place] = entry;
    return true;
  }
}
