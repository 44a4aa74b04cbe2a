package io.keyward.engine.builtin.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which arrays of a table are other tables' arrays as well: each is copied before it is written to,
 * unless nobody else has it any more.
 */
final class CommonArrays {
  /** How many tables have an array. */
  private static final class Count {
    int tables = 1;
  }

  private static final @Nullable Count[] NONE = {};

  private final SpareSegments spare;
  private @Nullable Count[] counts = NONE;

  /**
   * None is in common at first.
   *
   * @param spare where a copy may come from
   */
  CommonArrays(SpareSegments spare) {
    this.spare = spare;
  }

  /** What another table is to know that will have all these arrays as well, by {@link #share}. */
  CommonArrays image(int[][] arrays) {
    counts = Arrays.copyOf(counts, arrays.length);
    for (int i = 0; i < arrays.length; i++) {
      if (arrays[i].length > 0 && counts[i] == null) {
        counts[i] = new Count();
      }
    }
    CommonArrays other = new CommonArrays(spare);
    other.counts = counts.clone();
    return other;
  }

  /** Counts a table more for each of these arrays, which takes no memory. */
  void share(int[][] arrays) {
    for (int i = 0; i < arrays.length; i++) {
      Count count = counts[i];
      if (count != null && arrays[i].length > 0) {
        count.tables++;
      }
    }
  }

  /** Whether an array may be in common with another table. */
  boolean any() {
    return counts.length > 0;
  }

  /** Makes an array the table's alone, in its place, for writing to it. */
  int[] own(int[][] arrays, int index, MemoryAccount account) {
    if (index < counts.length) {
      separate(arrays, index, account);
    }
    return arrays[index];
  }

  private void separate(int[][] arrays, int index, MemoryAccount account) {
    Count count = counts[index];
    if (count != null) {
      if (count.tables > 1) {
        // First what may find no memory: an array that others have stays theirs.
        arrays[index] = spare.copyOf(arrays[index]);
        count.tables--;
        account.addToWhole((long) arrays[index].length * Integer.BYTES);
      }
      counts[index] = null;
    }
  }

  /**
   * Accounts for an array that the table does without from now on.
   *
   * @return whether no other table has it either
   */
  boolean giveUp(int index, int[] array, MemoryAccount account) {
    long bytes = (long) array.length * Integer.BYTES;
    Count count = index < counts.length ? counts[index] : null;
    if (count != null) {
      counts[index] = null;
      count.tables--;
    }
    if (count != null && count.tables > 0) {
      account.addCommon(-bytes);
      return false;
    }
    account.add(-bytes);
    return true;
  }

  /** Accounts for an array that takes the place of another one. */
  void replace(int index, int[] former, int[] present, MemoryAccount account) {
    boolean _ = giveUp(index, former, account);
    account.add((long) present.length * Integer.BYTES);
  }
}
