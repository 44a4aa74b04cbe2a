package io.keyward.engine.builtin;

import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;

/** Chooses distinct elements of a table, each choice of so many with the same chance. */
public final class RandomSubset {
  /** From this share of a table on, a walk over all is cheaper than draws. */
  public static final int WALK_SHARE = 3;

  private RandomSubset() {}

  /** Visits {@code count} elements, fewer than the table has, in no particular order. */
  public static void visit(
      ElementTable table, int count, RandomGenerator random, IntConsumer visitor) {
    if ((long) count * WALK_SHARE > table.size()) {
      Selection selection = new Selection(random, table.size(), count);
      table.forEach(
          element -> {
            if (selection.next()) {
              visitor.accept(element);
            }
          });
    } else {
      draw(table, count, random, visitor);
    }
  }

  /** Draws until enough different elements have come; at most one draw in three is in vain. */
  private static void draw(
      ElementTable table, int count, RandomGenerator random, IntConsumer visitor) {
    int capacity = Integer.highestOneBit(Math.max(count, 4)) << 2;
    int[] drawn = new int[capacity];
    int mask = capacity - 1;
    for (int found = 0; found < count; ) {
      int element = table.random(random);
      int at = (element * 0x9E3779B9) >>> Integer.numberOfLeadingZeros(mask);
      while (drawn[at] != 0 && drawn[at] != element) {
        at = at + 1 & mask;
      }
      if (drawn[at] == 0) {
        drawn[at] = element;
        found++;
        visitor.accept(element);
      }
    }
  }
}
