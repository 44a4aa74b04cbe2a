package io.keyward.engine.builtin.memory;

import java.util.Arrays;

/**
 * Pages of a {@link PagePool} without a slot in use, which serve any size class next.
 *
 * <p>So many are kept as there are pages in use, since what the collector gets back it returns only
 * by moving the others.
 *
 * <p>They serve as the arrays of long strings too, and come back from there. As many more of them
 * are kept as were lent lately, within bounds, so that values of hundreds of megabytes can come and
 * go without any work for the collector.
 */
final class SparePages {
  /** Pages that are kept at least: this loop's share of an eighth of the heap. */
  static final long KEPT =
      Runtime.getRuntime().maxMemory()
          / (8L * Runtime.getRuntime().availableProcessors() * PagePool.PAGE_BYTES);

  /** Of what was lent lately this part is forgotten with each tick. */
  private static final int FADING = 64;

  private static final int DROPPED_AT_ONCE = 256;

  private static final byte[] ABSENT = {};

  private byte[][] spare = new byte[8][];
  private int count;

  /** Pages that are arrays of long strings now, and how many were lately, which fades. */
  private int lent;

  private int lentLately;

  /** A page, be it a spare one or a new one. */
  byte[] take() {
    if (count == 0) {
      return new byte[PagePool.PAGE_BYTES];
    }
    byte[] page = spare[--count];
    spare[count] = ABSENT;
    return page;
  }

  /** Puts a page by, unless too many are there for so many in use. */
  void add(byte[] page, int inUse) {
    if (count == spare.length && !grow()) {
      return;
    }
    spare[count++] = page;
    shrink(inUse, Integer.MAX_VALUE);
  }

  /** False if there is no memory for that; then the page is left to the collector. */
  private boolean grow() {
    try {
      spare = Arrays.copyOf(spare, count * 2);
      return true;
    } catch (OutOfMemoryError full) {
      return false;
    }
  }

  /** Gives pages to the collector that are too many to be kept, but no more than that. */
  private void shrink(int inUse, int most) {
    long kept = Math.max(inUse, KEPT) + Math.min(KEPT, lentLately - lent);
    for (int i = 0; i < most && count > kept; i++) {
      spare[--count] = ABSENT;
    }
  }

  /** Lends a page as an array of a long string. */
  byte[] lend() {
    byte[] page = take();
    lent++;
    lentLately = Math.max(lentLately, lent);
    return page;
  }

  /** Takes such an array back. */
  void takeBack(byte[] array, int inUse) {
    lent--;
    add(array, inUse);
  }

  /** Says that some time has passed: what was lent before it counts less. */
  void tick(int inUse) {
    if (lentLately > 0) {
      lentLately = Math.max(lent, lentLately - 1 - lentLately / FADING);
      shrink(inUse, DROPPED_AT_ONCE);
    }
  }

  /** Gives all to the collector. */
  void drop() {
    Arrays.fill(spare, 0, count, ABSENT);
    count = 0;
  }

  /** Bytes of those that are here; what has been lent counts with whoever has it. */
  long memory() {
    return (long) count * PagePool.PAGE_BYTES;
  }
}
