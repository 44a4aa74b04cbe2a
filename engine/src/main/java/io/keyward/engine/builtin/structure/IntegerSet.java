package io.keyward.engine.builtin.structure;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/**
 * Redis's intset: distinct integers in ascending order, all as wide as the widest needs.
 *
 * <pre>
 *  width (2, 4 or 8)   count    values
 * | 4, LE            | 4, LE | width, LE each … |
 * </pre>
 *
 * <p>Looking up is a binary search, adding and removing move what lies behind. A set grows wider
 * when a value demands it and never narrower. Except for {@link #validate} all functions trust what
 * they read.
 */
public final class IntegerSet {

  /** Size of a set without values. */
  public static final int EMPTY_BYTES = 8;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private IntegerSet() {}

  /** Makes the block an empty set. */
  public static void initialize(Block block) {
    block.reserve(EMPTY_BYTES);
    INT.set(block.bytes(), block.start(), Short.BYTES);
    INT.set(block.bytes(), block.start() + 4, 0);
  }

  /** Number of values. */
  public static int count(byte[] bytes, int start) {
    return (int) INT.get(bytes, start + 4);
  }

  private static int width(byte[] bytes, int start) {
    return (int) INT.get(bytes, start);
  }

  /** Size of the whole set in bytes. */
  public static int totalBytes(byte[] bytes, int start) {
    return EMPTY_BYTES + count(bytes, start) * width(bytes, start);
  }

  /** The value with that index in ascending order, 0 to count - 1. */
  public static long get(byte[] bytes, int start, int index) {
    return read(bytes, start + EMPTY_BYTES, index, width(bytes, start));
  }

  /** One of the values of a set that is not empty, each as likely as the others. */
  public static long random(byte[] bytes, int start, RandomGenerator random) {
    return get(bytes, start, random.nextInt(count(bytes, start)));
  }

  /** Whether the value is in the set. */
  public static boolean contains(byte[] bytes, int start, long value) {
    return indexOf(bytes, start, value) >= 0;
  }

  /** Index of the value, or {@code -1 - index} of where it would stand. */
  public static int indexOf(byte[] bytes, int start, long value) {
    int width = width(bytes, start);
    int first = start + EMPTY_BYTES;
    int low = 0;
    int high = count(bytes, start) - 1;
    if (high >= 0 && value > read(bytes, first, high, width)) {
      return -2 - high;
    }
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long found = read(bytes, first, middle, width);
      if (found < value) {
        low = middle + 1;
      } else if (found > value) {
        high = middle - 1;
      } else {
        return middle;
      }
    }
    return -1 - low;
  }

  /** Adds a value and says whether it was new. */
  public static boolean add(Block block, long value) {
    byte[] bytes = block.bytes();
    int start = block.start();
    int width = width(bytes, start);
    int needed = widthOf(value);
    int count = count(bytes, start);
    int index;
    if (needed > width) {
      // Wider than all the others, so it stands before or behind them.
      index = value < 0 ? 0 : count;
    } else {
      int found = indexOf(bytes, start, value);
      if (found >= 0) {
        return false;
      }
      index = -1 - found;
    }
    int newWidth = Math.max(width, needed);
    int total = Math.addExact(EMPTY_BYTES, Math.multiplyExact(count + 1, newWidth));
    if (total > block.capacity()) {
      block.reserve(total);
      bytes = block.bytes();
      start = block.start();
    }
    int first = start + EMPTY_BYTES;
    if (newWidth > width) {
      int shift = index == 0 ? 1 : 0;
      for (int i = count - 1; i >= 0; i--) {
        write(bytes, first, i + shift, newWidth, read(bytes, first, i, width));
      }
      INT.set(bytes, start, newWidth);
    } else if (index < count) {
      int from = first + index * width;
      System.arraycopy(bytes, from, bytes, from + width, (count - index) * width);
    }
    write(bytes, first, index, newWidth, value);
    INT.set(bytes, start + 4, count + 1);
    return true;
  }

  /** Removes a value and says whether it was there. */
  public static boolean remove(Block block, long value) {
    byte[] bytes = block.bytes();
    int start = block.start();
    int index = indexOf(bytes, start, value);
    if (index < 0) {
      return false;
    }
    int width = width(bytes, start);
    int count = count(bytes, start);
    int at = start + EMPTY_BYTES + index * width;
    System.arraycopy(bytes, at + width, bytes, at, (count - index - 1) * width);
    INT.set(bytes, start + 4, count - 1);
    return true;
  }

  /**
   * Checks a set from a source that is not trusted, without reading outside of the {@code length}
   * bytes from {@code start}.
   */
  public static boolean validate(byte[] bytes, int start, int length) {
    if (length < EMPTY_BYTES || start < 0 || start > bytes.length - length) {
      return false;
    }
    int width = width(bytes, start);
    long count = Integer.toUnsignedLong(count(bytes, start));
    if ((width != Short.BYTES && width != Integer.BYTES && width != Long.BYTES)
        || count * width + EMPTY_BYTES != length) {
      return false;
    }
    for (int i = 1; i < count; i++) {
      if (get(bytes, start, i - 1) >= get(bytes, start, i)) {
        return false;
      }
    }
    return true;
  }

  private static int widthOf(long value) {
    if (value == (short) value) {
      return Short.BYTES;
    }
    return value == (int) value ? Integer.BYTES : Long.BYTES;
  }

  private static long read(byte[] bytes, int first, int index, int width) {
    int at = first + index * width;
    return switch (width) {
      case Short.BYTES -> (short) SHORT.get(bytes, at);
      case Integer.BYTES -> (int) INT.get(bytes, at);
      default -> (long) LONG.get(bytes, at);
    };
  }

  private static void write(byte[] bytes, int first, int index, int width, long value) {
    int at = first + index * width;
    switch (width) {
      case Short.BYTES -> SHORT.set(bytes, at, (short) value);
      case Integer.BYTES -> INT.set(bytes, at, (int) value);
      default -> LONG.set(bytes, at, value);
    }
  }
}
