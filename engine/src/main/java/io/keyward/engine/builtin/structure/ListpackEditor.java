package io.keyward.engine.builtin.structure;

import static io.keyward.engine.builtin.structure.Listpack.END;
import static io.keyward.engine.builtin.structure.Listpack.HEADER_BYTES;
import static io.keyward.engine.builtin.structure.Listpack.INT;
import static io.keyward.engine.builtin.structure.Listpack.INTEGER_16;
import static io.keyward.engine.builtin.structure.Listpack.INTEGER_24;
import static io.keyward.engine.builtin.structure.Listpack.INTEGER_32;
import static io.keyward.engine.builtin.structure.Listpack.INTEGER_64;
import static io.keyward.engine.builtin.structure.Listpack.LONG;
import static io.keyward.engine.builtin.structure.Listpack.SHORT;
import static io.keyward.engine.builtin.structure.Listpack.STRING_32;
import static io.keyward.engine.builtin.structure.Listpack.UNKNOWN_COUNT;

import io.keyward.engine.text.Numbers;

/**
 * Writes a {@link Listpack} that begins at the start of a {@link Block}.
 *
 * <p>A text that is a canonical integer is stored as one. Positions are indexes into the block's
 * bytes; every function that writes may move the block, and returns the position that counts
 * afterwards. The text to write must not lie in the block itself. A listpack ends at 2 GB: to write
 * beyond it throws {@link ArithmeticException} and changes nothing.
 */
public final class ListpackEditor {

  private ListpackEditor() {}

  /** Makes the block an empty listpack. */
  public static void initialize(Block block) {
    block.reserve(Listpack.EMPTY_BYTES);
    byte[] bytes = block.bytes();
    int start = block.start();
    INT.set(bytes, start, Listpack.EMPTY_BYTES);
    SHORT.set(bytes, start + 4, (short) 0);
    bytes[start + HEADER_BYTES] = END;
  }

  /** Bytes that an entry with this text takes, back length included. */
  public static int encodedSize(byte[] source, int offset, int length) {
    return withBackLength(
        Numbers.isInteger(source, offset, length)
            ? integerSize(Numbers.parseInteger(source, offset, length))
            : stringSize(length));
  }

  /** Bytes that an integer entry takes, back length included. */
  public static int encodedSize(long value) {
    return withBackLength(integerSize(value));
  }

  /** Adds a text as the last entry. */
  public static int append(Block block, byte[] source, int offset, int length) {
    return insert(block, end(block), 0, source, offset, length);
  }

  /** Adds an integer as the last entry. */
  public static int appendInteger(Block block, long value) {
    return insertInteger(block, end(block), 0, value);
  }

  /** Adds a text as the first entry. */
  public static int prepend(Block block, byte[] source, int offset, int length) {
    return insert(block, block.start() + HEADER_BYTES, 0, source, offset, length);
  }

  /** Adds a text before the entry at {@code position}. */
  public static int insertBefore(Block block, int position, byte[] source, int offset, int length) {
    return insert(block, position, 0, source, offset, length);
  }

  /** Adds a text after the entry at {@code position}. */
  public static int insertAfter(Block block, int position, byte[] source, int offset, int length) {
    return insert(block, Listpack.after(block.bytes(), position), 0, source, offset, length);
  }

  /** Adds an integer after the entry at {@code position}. */
  public static int insertIntegerAfter(Block block, int position, long value) {
    return insertInteger(block, Listpack.after(block.bytes(), position), 0, value);
  }

  /** Puts a text in the place of the entry at {@code position}. */
  public static int replace(Block block, int position, byte[] source, int offset, int length) {
    int old = Listpack.after(block.bytes(), position) - position;
    return insert(block, position, old, source, offset, length);
  }

  /** Puts an integer in the place of the entry at {@code position}. */
  public static int replaceInteger(Block block, int position, long value) {
    int old = Listpack.after(block.bytes(), position) - position;
    return insertInteger(block, position, old, value);
  }

  /** Removes the entry at {@code position}; returns the position of the next one, or -1. */
  public static int delete(Block block, int position) {
    return delete(block, position, 1);
  }

  /** Removes up to {@code count} entries; returns the position of the next one, or -1. */
  public static int delete(Block block, int position, int count) {
    byte[] bytes = block.bytes();
    int at = position;
    int removed = 0;
    while (removed < count && bytes[at] != END) {
      at = Listpack.after(bytes, at);
      removed++;
    }
    openGap(block, position, at - position, 0);
    addToCount(bytes, block.start(), -removed);
    return bytes[position] == END ? -1 : position;
  }

  /** Removes up to {@code count} entries from {@code index} on; negative counts from the end. */
  public static void deleteRange(Block block, int index, int count) {
    int position = Listpack.seek(block.bytes(), block.start(), index);
    if (position >= 0 && count > 0) {
      delete(block, position, count);
    }
  }

  /** Adds all entries of another listpack behind those of the block. */
  public static void merge(Block block, byte[] other, int otherStart) {
    appendEntries(
        block,
        other,
        otherStart + HEADER_BYTES,
        Listpack.end(other, otherStart),
        Listpack.storedCount(other, otherStart));
  }

  /** Adds the {@code count} entries that lie in [from, to) of another listpack. */
  static void appendEntries(Block block, byte[] other, int from, int to, int count) {
    int at = openGap(block, end(block), 0, to - from);
    System.arraycopy(other, from, block.bytes(), at, to - from);
    addToCount(block.bytes(), block.start(), count);
  }

  /** How much there is, for {@link #takeBack}. */
  public static long mark(Block block) {
    byte[] bytes = block.bytes();
    int start = block.start();
    return (long) Listpack.totalBytes(bytes, start) << 32 | Listpack.storedCount(bytes, start);
  }

  /** Takes off what has been appended since a mark. */
  public static void takeBack(Block block, long mark) {
    byte[] bytes = block.bytes();
    int start = block.start();
    int total = (int) (mark >>> 32);
    INT.set(bytes, start, total);
    SHORT.set(bytes, start + 4, (short) mark);
    bytes[start + total - 1] = END;
  }

  private static int end(Block block) {
    return Listpack.end(block.bytes(), block.start());
  }

  /** A text in place of the {@code old} bytes at a position, 0 to insert. */
  private static int insert(
      Block block, int position, int old, byte[] source, int offset, int length) {
    if (Numbers.isInteger(source, offset, length)) {
      return insertInteger(block, position, old, Numbers.parseInteger(source, offset, length));
    }
    int size = stringSize(length);
    int at = openGap(block, position, old, withBackLength(size));
    byte[] bytes = block.bytes();
    if (old == 0) {
      addToCount(bytes, block.start(), 1);
    }
    if (length < 64) {
      bytes[at] = (byte) (0x80 | length);
      System.arraycopy(source, offset, bytes, at + 1, length);
    } else if (length < 4096) {
      bytes[at] = (byte) (0xE0 | length >> 8);
      bytes[at + 1] = (byte) length;
      System.arraycopy(source, offset, bytes, at + 2, length);
    } else {
      bytes[at] = STRING_32;
      INT.set(bytes, at + 1, length);
      System.arraycopy(source, offset, bytes, at + 5, length);
    }
    writeBackLength(bytes, at + size, size);
    return at;
  }

  private static int insertInteger(Block block, int position, int old, long value) {
    int size = integerSize(value);
    int at = openGap(block, position, old, withBackLength(size));
    byte[] bytes = block.bytes();
    if (old == 0) {
      addToCount(bytes, block.start(), 1);
    }
    switch (size) {
      case 1 -> bytes[at] = (byte) value;
      case 2 -> {
        bytes[at] = (byte) (0xC0 | (value >> 8 & 0x1F));
        bytes[at + 1] = (byte) value;
      }
      case 3 -> {
        bytes[at] = INTEGER_16;
        SHORT.set(bytes, at + 1, (short) value);
      }
      case 4 -> INT.set(bytes, at, (int) value << 8 | (INTEGER_24 & 0xFF));
      case 5 -> {
        bytes[at] = INTEGER_32;
        INT.set(bytes, at + 1, (int) value);
      }
      default -> {
        bytes[at] = INTEGER_64;
        LONG.set(bytes, at + 1, value);
      }
    }
    bytes[at + size] = (byte) size;
    return at;
  }

  /** Makes {@code added} bytes of room in place of {@code removed} bytes; returns where. */
  private static int openGap(Block block, int position, int removed, int added) {
    byte[] bytes = block.bytes();
    int start = block.start();
    int total = Listpack.totalBytes(bytes, start);
    int newTotal = Math.addExact(total - removed, added);
    if (removed == 0
        && position == start + HEADER_BYTES
        && bytes[position] != END
        && block.reserveBefore(added)) {
      return openFront(block, newTotal, added);
    }
    int at = position;
    if (newTotal > block.capacity()) {
      block.reserve(newTotal);
      bytes = block.bytes();
      at += block.start() - start;
      start = block.start();
    }
    int tail = start + total - at - removed;
    if (tail == 1) {
      bytes[at + added] = END;
    } else if (added != removed) {
      System.arraycopy(bytes, at + removed, bytes, at + added, tail);
    }
    INT.set(bytes, start, newTotal);
    return at;
  }

  /** Moves the header to the front of a block that begins so many bytes earlier than before. */
  private static int openFront(Block block, int newTotal, int added) {
    byte[] bytes = block.bytes();
    int start = block.start();
    INT.set(bytes, start, newTotal);
    SHORT.set(bytes, start + 4, (short) SHORT.get(bytes, start + added + 4));
    return start + HEADER_BYTES;
  }

  /** Once the count no longer fits it stays unknown. */
  private static void addToCount(byte[] bytes, int start, int change) {
    int count = Listpack.storedCount(bytes, start);
    if (count != UNKNOWN_COUNT) {
      SHORT.set(bytes, start + 4, (short) Math.min(count + change, UNKNOWN_COUNT));
    }
  }

  private static int withBackLength(int size) {
    return Math.addExact(size, Listpack.backLengthSize(size));
  }

  private static int stringSize(int length) {
    return length < 64 ? length + 1 : length < 4096 ? length + 2 : Math.addExact(length, 5);
  }

  private static int integerSize(long value) {
    if (value >= 0 && value <= 127) {
      return 1;
    }
    // Bits of the magnitude; the sign takes one more.
    int bits = 64 - Long.numberOfLeadingZeros(value ^ value >> 63);
    return bits <= 12 ? 2 : bits <= 15 ? 3 : bits <= 23 ? 4 : bits <= 31 ? 5 : 9;
  }

  private static void writeBackLength(byte[] bytes, int at, int size) {
    if (size <= 127) {
      bytes[at] = (byte) size;
      return;
    }
    int groups = Listpack.backLengthSize(size);
    for (int i = 0; i < groups; i++) {
      int group = size >>> (7 * (groups - 1 - i)) & 0x7F;
      bytes[at + i] = (byte) (i == 0 ? group : group | 0x80);
    }
  }
}
