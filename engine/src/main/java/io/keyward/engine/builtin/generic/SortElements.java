package io.keyward.engine.builtin.generic;

import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Copies of the elements that SORT works on, each with what it is compared by.
 *
 * <pre>
 *  0        8          12       16
 * +--------+----------+--------+---------+
 * | number | text     | length | element |   text: the slot of the text it is compared by, or 0
 * +--------+----------+--------+---------+
 *           a text's slot: | length | text |
 * </pre>
 *
 * They stand in slots of the pages, which are used again when the command is over: a million
 * objects would hold up the whole loop while a collector copies them. They are counted to the
 * keyspace as long as they are there.
 *
 * <p>Sorting is a merge sort in check-pointed steps; it is stable, and quick where elements are in
 * order already.
 */
final class SortElements {
  private static final int NUMBER = 0;
  private static final int TEXT = 8;
  private static final int LENGTH = 12;
  private static final int ELEMENT = 16;

  private final PagePool pool;
  private final MemoryAccount account;
  private final Slices slices;
  private References order = new References();

  SortElements(Database database) {
    pool = database.pool();
    account = database.account();
    slices = database.keyspace().slices();
  }

  int size() {
    return order.size();
  }

  void add(byte[] bytes, int offset, int length) {
    order.makeRoom();
    int reference = pool.allocate(Math.addExact(ELEMENT, length), account);
    byte[] page = pool.page(reference);
    int at = PagePool.offset(reference);
    Bytes.putDouble(page, at + NUMBER, 0);
    Bytes.putInt(page, at + TEXT, 0);
    Bytes.putInt(page, at + LENGTH, length);
    System.arraycopy(bytes, offset, page, at + ELEMENT, length);
    order.add(reference);
  }

  /** The array that holds an element. */
  byte[] bytes(int index) {
    return pool.page(order.get(index));
  }

  /** Where the element begins in {@link #bytes}. */
  int offset(int index) {
    return PagePool.offset(order.get(index)) + ELEMENT;
  }

  int length(int index) {
    int reference = order.get(index);
    return Bytes.getInt(pool.page(reference), PagePool.offset(reference) + LENGTH);
  }

  byte[] copyOf(int index) {
    int from = offset(index);
    return Arrays.copyOfRange(bytes(index), from, from + length(index));
  }

  /** Says by which number an element is compared. */
  void number(int index, double number) {
    int reference = order.get(index);
    Bytes.putDouble(pool.page(reference), PagePool.offset(reference) + NUMBER, number);
  }

  /** Says by which text an element is compared, null for none. */
  void text(int index, byte @Nullable [] text) {
    if (text == null) {
      return;
    }
    int laid = pool.allocate(Math.addExact(Integer.BYTES, text.length), account);
    byte[] page = pool.page(laid);
    int at = PagePool.offset(laid);
    Bytes.putInt(page, at, text.length);
    System.arraycopy(text, 0, page, at + Integer.BYTES, text.length);
    int reference = order.get(index);
    Bytes.putInt(pool.page(reference), PagePool.offset(reference) + TEXT, laid);
  }

  /** How two elements are compared. */
  enum By {
    /** Numbers, and elements where these are equal. */
    NUMBER,
    /** The elements themselves, byte for byte. */
    ELEMENT,
    /** The texts they have been given, of which those that are missing come first. */
    TEXT
  }

  /** Puts the elements in order. */
  void sort(By by, boolean descending) {
    int size = order.size();
    References from = order;
    References to = new References();
    for (int i = 0; i < size; i++) {
      slices.step();
      to.add(0);
    }
    for (long width = 1; width < size; width *= 2) {
      for (long left = 0; left < size; left += 2 * width) {
        int middle = (int) Math.min(left + width, size);
        int right = (int) Math.min(left + 2 * width, size);
        merge(from, to, (int) left, middle, right, by, descending);
      }
      References swapped = from;
      from = to;
      to = swapped;
    }
    order = from;
  }

  private void merge(
      References from, References to, int left, int middle, int right, By by, boolean descending) {
    int one = left;
    int other = middle;
    boolean ordered =
        middle == right || inOrder(from.get(middle - 1), from.get(middle), by, descending);
    for (int at = left; at < right; at++) {
      slices.step();
      boolean takesOne =
          ordered
              ? one < middle
              : other == right
                  || (one < middle && inOrder(from.get(one), from.get(other), by, descending));
      to.set(at, from.get(takesOne ? one++ : other++));
    }
  }

  private boolean inOrder(int one, int other, By by, boolean descending) {
    int compared =
        switch (by) {
          case NUMBER -> byNumber(one, other);
          case ELEMENT -> byElement(one, other);
          case TEXT -> byText(one, other);
        };
    return descending ? compared >= 0 : compared <= 0;
  }

  private int byNumber(int one, int other) {
    double first = Bytes.getDouble(pool.page(one), PagePool.offset(one) + NUMBER);
    double second = Bytes.getDouble(pool.page(other), PagePool.offset(other) + NUMBER);
    return first < second ? -1 : first > second ? 1 : byElement(one, other);
  }

  private int byElement(int one, int other) {
    return compare(one, LENGTH, other, LENGTH);
  }

  private int byText(int one, int other) {
    int first = Bytes.getInt(pool.page(one), PagePool.offset(one) + TEXT);
    int second = Bytes.getInt(pool.page(other), PagePool.offset(other) + TEXT);
    if (first == 0 || second == 0) {
      return Boolean.compare(first != 0, second != 0);
    }
    return compare(first, 0, second, 0);
  }

  /** Compares bytes that follow their length in two slots. */
  private int compare(int one, int oneLength, int other, int otherLength) {
    byte[] first = pool.page(one);
    byte[] second = pool.page(other);
    int firstAt = PagePool.offset(one) + oneLength;
    int secondAt = PagePool.offset(other) + otherLength;
    int firstFrom = firstAt + Integer.BYTES;
    int secondFrom = secondAt + Integer.BYTES;
    return Arrays.compareUnsigned(
        first,
        firstFrom,
        firstFrom + Bytes.getInt(first, firstAt),
        second,
        secondFrom,
        secondFrom + Bytes.getInt(second, secondAt));
  }

  /** Gives back what the elements take; they may not be used any more. */
  void free() {
    References all = order;
    for (int i = 0; i < all.size(); i++) {
      slices.step();
      int reference = all.get(i);
      int text = Bytes.getInt(pool.page(reference), PagePool.offset(reference) + TEXT);
      if (text != 0) {
        pool.free(text, account);
      }
      pool.free(reference, account);
    }
    order = new References();
  }
}
