package io.keyward.engine.builtin;

import java.util.Arrays;

/** What one call of HSCAN or SSCAN has found in a table, to be sent before the table changes. */
public final class ElementScan {
  private int[] elements = new int[16];
  private int size;
  private int looked;
  private long cursor;

  private ElementScan() {}

  /** Goes on from a cursor until about COUNT elements have been looked at. */
  public static ElementScan of(
      ElementTable table, long cursor, ScanOptions options, Slices slices) {
    ElementScan scan = new ElementScan();
    long at = cursor;
    long buckets = options.mostBuckets();
    do {
      slices.step();
      at = table.scan(at, element -> scan.look(table, element, options));
    } while (at != 0 && buckets-- > 0 && scan.looked < options.count());
    scan.cursor = at;
    return scan;
  }

  private void look(ElementTable table, int element, ScanOptions options) {
    looked++;
    if (options.matches(
        table.bytes(element), table.nameOffset(element), table.nameLength(element))) {
      if (size == elements.length) {
        elements = Arrays.copyOf(elements, size * 2);
      }
      elements[size++] = element;
    }
  }

  /** The cursor to go on with, 0 at the end. */
  public long cursor() {
    return cursor;
  }

  /** How many elements there are to be sent. */
  public int size() {
    return size;
  }

  /** The reference of one of them. */
  public int get(int index) {
    return elements[index];
  }
}
