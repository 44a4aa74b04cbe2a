package io.keyward.engine.builtin.memory;

import java.util.Arrays;

/**
 * The sizes of slot that pages are cut into: every 8 bytes up to 128, then some eight steps to each
 * doubling, each as large as can be for its number of slots to a page, so that hardly anything of a
 * page and at most an eighth of a slot is lost.
 */
final class SizeClasses {
  /** The largest slot in a shared page; what is larger gets a page of its own. */
  static final int LARGEST = 16 * 1024;

  private static final int FINE_LIMIT = 128;
  private static final int[] SIZES = sizes();
  private static final byte[] CLASS_OF = classOf();

  private SizeClasses() {}

  private static int[] sizes() {
    int[] gathered = new int[128];
    int count = 0;
    for (int size = 16; size <= FINE_LIMIT; size += 8) {
      gathered[count++] = size;
    }
    for (int from = FINE_LIMIT; from < LARGEST; from *= 2) {
      for (int step = 1; step <= 8; step++) {
        int slots = Math.ceilDiv(PagePool.PAGE_BYTES, from + from / 8 * step);
        int size = PagePool.PAGE_BYTES / slots & ~7;
        if (size > gathered[count - 1]) {
          gathered[count++] = size;
        }
      }
    }
    return Arrays.copyOf(gathered, count);
  }

  /** For each multiple of 8 up to {@link #LARGEST}, the smallest class that holds it. */
  private static byte[] classOf() {
    byte[] table = new byte[LARGEST / 8 + 1];
    int sizeClass = 0;
    for (int eighth = 0; eighth < table.length; eighth++) {
      while (SIZES[sizeClass] < eighth * 8) {
        sizeClass++;
      }
      table[eighth] = (byte) sizeClass;
    }
    return table;
  }

  static int count() {
    return SIZES.length;
  }

  static int size(int sizeClass) {
    return SIZES[sizeClass];
  }

  /** The class for so many bytes, at most {@link #LARGEST}. */
  static int of(int bytes) {
    return CLASS_OF[(bytes + 7) >>> 3];
  }
}
