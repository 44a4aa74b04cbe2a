package io.keyward.engine.builtin.structure;

import io.keyward.engine.text.Numbers;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Reads Redis's listpack, a run of strings and integers that can be walked both ways.
 *
 * <pre>
 *  total bytes   count          entries                end
 * | 4, LE      | 2, LE | encoding+data | back length |…| FF |
 *
 * 0xxxxxxx                    integer 0 to 127
 * 10xxxxxx data               string below 64 bytes
 * 110xxxxx xxxxxxxx           integer of 13 bits, high byte first
 * 1110xxxx xxxxxxxx data      string below 4096 bytes, high byte first
 * 11110000 4 bytes, LE, data  string
 * 11110001 … 11110100         integer of 16, 24, 32 or 64 bits, LE
 * </pre>
 *
 * <p>The back length is the size of encoding and data in groups of seven bits, the highest first;
 * all but the first have the top bit set, so it is read from its end. A count of 65535 says that
 * the entries must be counted. A position is an index into {@code bytes}, -1 stands for none.
 * Except for {@link #validate} all functions trust what they read.
 */
public final class Listpack {

  /** Size of a listpack without entries. */
  public static final int EMPTY_BYTES = 7;

  static final int HEADER_BYTES = 6;
  static final int UNKNOWN_COUNT = 0xFFFF;
  static final byte END = (byte) 0xFF;

  static final byte STRING_32 = (byte) 0xF0;
  static final byte INTEGER_16 = (byte) 0xF1;
  static final byte INTEGER_24 = (byte) 0xF2;
  static final byte INTEGER_32 = (byte) 0xF3;
  static final byte INTEGER_64 = (byte) 0xF4;

  static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Listpack() {}

  /** Size of the whole listpack in bytes. */
  public static int totalBytes(byte[] bytes, int start) {
    return (int) INT.get(bytes, start);
  }

  /** Number of entries; takes a walk if there are 65535 or have been. */
  public static int count(byte[] bytes, int start) {
    int count = storedCount(bytes, start);
    if (count == UNKNOWN_COUNT) {
      count = 0;
      for (int at = start + HEADER_BYTES; bytes[at] != END; at = after(bytes, at)) {
        count++;
      }
    }
    return count;
  }

  static int storedCount(byte[] bytes, int start) {
    return (short) SHORT.get(bytes, start + 4) & 0xFFFF;
  }

  /** Position of the first entry. */
  public static int first(byte[] bytes, int start) {
    return present(bytes, start + HEADER_BYTES);
  }

  /** Position of the last entry. */
  public static int last(byte[] bytes, int start) {
    return previous(bytes, start, end(bytes, start));
  }

  /** Position of the entry after the one at {@code position}. */
  public static int next(byte[] bytes, int position) {
    return present(bytes, after(bytes, position));
  }

  /** Position of the entry before the one at {@code position}, or before the end marker. */
  public static int previous(byte[] bytes, int start, int position) {
    if (position == start + HEADER_BYTES) {
      return -1;
    }
    int at = position - 1;
    int size = bytes[at] & 0x7F;
    for (int shift = 7; bytes[at] < 0; shift += 7) {
      size |= (bytes[--at] & 0x7F) << shift;
    }
    return at - size;
  }

  /** Position of the entry with that index, counted from the end if negative; -1 is the last. */
  public static int seek(byte[] bytes, int start, int index) {
    int ahead = index;
    int stored = storedCount(bytes, start);
    if (stored != UNKNOWN_COUNT) {
      ahead = index < 0 ? index + stored : index;
      if (ahead < 0 || ahead >= stored) {
        return -1;
      }
      if (ahead > stored >> 1) {
        ahead -= stored;
      }
    }
    if (ahead < 0) {
      int at = last(bytes, start);
      for (int i = -1; at >= 0 && i > ahead; i--) {
        at = previous(bytes, start, at);
      }
      return at;
    }
    int at = start + HEADER_BYTES;
    for (int i = 0; bytes[at] != END; i++) {
      if (i == ahead) {
        return at;
      }
      at = after(bytes, at);
    }
    return -1;
  }

  /** Position of the end marker. */
  static int end(byte[] bytes, int start) {
    return start + totalBytes(bytes, start) - 1;
  }

  /** Where the next entry or the end marker stands. */
  static int after(byte[] bytes, int position) {
    int size = encodedSize(bytes, position);
    return position + size + backLengthSize(size);
  }

  private static int present(byte[] bytes, int position) {
    return bytes[position] == END ? -1 : position;
  }

  /** Size of encoding and data of the entry, without its back length. */
  private static int encodedSize(byte[] bytes, int position) {
    byte tag = bytes[position];
    if (tag >= 0) {
      return 1;
    }
    return isString(tag) ? stringHeader(tag) + stringLengthAt(bytes, position) : integerSize(tag);
  }

  private static int integerSize(byte tag) {
    return switch (tag) {
      case INTEGER_16 -> 3;
      case INTEGER_24 -> 4;
      case INTEGER_32 -> 5;
      case INTEGER_64 -> 9;
      default -> tag >= 0 ? 1 : 2;
    };
  }

  /** Bytes that the back length of an entry of that size takes. */
  static int backLengthSize(int size) {
    if (size <= 127) {
      return 1;
    }
    // Redis moves on one value early at each of these limits.
    return size < 16_383 ? 2 : size < 2_097_151 ? 3 : size < 268_435_455 ? 4 : 5;
  }

  private static boolean isString(byte tag) {
    return (tag & 0xC0) == 0x80 || (tag & 0xF0) == 0xE0 || tag == STRING_32;
  }

  private static int stringHeader(byte tag) {
    return (tag & 0xC0) == 0x80 ? 1 : tag == STRING_32 ? 5 : 2;
  }

  /** Whether the entry is encoded as an integer rather than as a string. */
  public static boolean isIntegerAt(byte[] bytes, int position) {
    return !isString(bytes[position]);
  }

  /** The value of an entry that is encoded as an integer. */
  public static long integerAt(byte[] bytes, int position) {
    byte tag = bytes[position];
    if (tag >= 0) {
      return tag;
    }
    return switch (tag) {
      case INTEGER_16 -> (short) SHORT.get(bytes, position + 1);
      // The tag is the low byte of this int and is shifted out.
      case INTEGER_24 -> (int) INT.get(bytes, position) >> 8;
      case INTEGER_32 -> (int) INT.get(bytes, position + 1);
      case INTEGER_64 -> (long) LONG.get(bytes, position + 1);
      default -> ((tag & 0x1F) << 8 | (bytes[position + 1] & 0xFF)) << 19 >> 19;
    };
  }

  /** Index of the first byte of a string entry's text. */
  public static int stringOffsetAt(byte[] bytes, int position) {
    return position + stringHeader(bytes[position]);
  }

  /** Length of a string entry's text. */
  public static int stringLengthAt(byte[] bytes, int position) {
    byte tag = bytes[position];
    if ((tag & 0xC0) == 0x80) {
      return tag & 0x3F;
    }
    return tag == STRING_32
        ? (int) INT.get(bytes, position + 1)
        : (tag & 0x0F) << 8 | (bytes[position + 1] & 0xFF);
  }

  /** Length of an entry's text, be it a string or an integer. */
  public static int textLengthAt(byte[] bytes, int position) {
    return isIntegerAt(bytes, position)
        ? Numbers.integerLength(integerAt(bytes, position))
        : stringLengthAt(bytes, position);
  }

  /**
   * Copies an entry's text, be it a string or an integer, and returns its length.
   *
   * @param target with room for {@link #textLengthAt} bytes from {@code offset}
   */
  public static int entryText(byte[] bytes, int position, byte[] target, int offset) {
    if (isIntegerAt(bytes, position)) {
      return Numbers.formatInteger(integerAt(bytes, position), target, offset);
    }
    int length = stringLengthAt(bytes, position);
    System.arraycopy(bytes, stringOffsetAt(bytes, position), target, offset, length);
    return length;
  }

  /** A copy of an entry's text, be it a string or an integer. */
  public static byte[] entryText(byte[] bytes, int position) {
    byte[] text = new byte[textLengthAt(bytes, position)];
    entryText(bytes, position, text, 0);
    return text;
  }

  /** Whether the entry's text is {@code length} bytes of {@code other} from {@code offset}. */
  public static boolean equalsAt(byte[] bytes, int position, byte[] other, int offset, int length) {
    if (isIntegerAt(bytes, position)) {
      return Numbers.isInteger(other, offset, length)
          && Numbers.parseInteger(other, offset, length) == integerAt(bytes, position);
    }
    return stringLengthAt(bytes, position) == length
        && sameText(bytes, stringOffsetAt(bytes, position), other, offset, length);
  }

  private static boolean sameText(byte[] left, int at, byte[] right, int offset, int length) {
    if (length == 0) {
      return true;
    }
    // Neighbouring names tend to differ in their last byte: most calls end here.
    return left[at + length - 1] == right[offset + length - 1]
        && Arrays.equals(left, at, at + length, right, offset, offset + length);
  }

  /**
   * Position of the first entry with that text, looking at {@code from} and then at every {@code
   * skip + 1}-th entry.
   *
   * @param from position to begin at, or -1 for an empty listpack
   * @param skip entries to pass over after each one compared: 1 finds keys among key-value pairs
   */
  public static int find(byte[] bytes, int from, byte[] needle, int offset, int length, int skip) {
    if (from < 0) {
      return -1;
    }
    boolean numeric = Numbers.isInteger(needle, offset, length);
    long value = numeric ? Numbers.parseInteger(needle, offset, length) : 0;
    int at = from;
    int passing = 0;
    for (byte tag = bytes[at]; tag != END; tag = bytes[at]) {
      int size;
      if (isString(tag)) {
        int header = stringHeader(tag);
        int textLength = stringLengthAt(bytes, at);
        if (passing == 0
            && textLength == length
            && sameText(bytes, at + header, needle, offset, length)) {
          return at;
        }
        size = header + textLength;
      } else {
        if (passing == 0 && numeric && integerAt(bytes, at) == value) {
          return at;
        }
        size = integerSize(tag);
      }
      passing = passing == 0 ? skip : passing - 1;
      at += size + backLengthSize(size);
    }
    return -1;
  }

  /**
   * Checks a listpack from a source that is not trusted: every byte of it, without reading outside
   * of the {@code length} bytes from {@code start}.
   */
  public static boolean validate(byte[] bytes, int start, int length) {
    if (length < EMPTY_BYTES
        || start < 0
        || start > bytes.length - length
        || totalBytes(bytes, start) != length
        || bytes[start + length - 1] != END) {
      return false;
    }
    int end = start + length - 1;
    int at = start + HEADER_BYTES;
    int count = 0;
    while (at < end) {
      byte tag = bytes[at];
      boolean string = isString(tag);
      if (tag == END
          || (!string && tag < 0 && (tag & 0xE0) != 0xC0 && (tag < INTEGER_16 || tag > INTEGER_64))
          || (string && end - at < stringHeader(tag))) {
        return false;
      }
      long size =
          string
              ? stringHeader(tag) + Integer.toUnsignedLong(stringLengthAt(bytes, at))
              : integerSize(tag);
      if (size + 1 > end - at) {
        return false;
      }
      int next = at + (int) size + backLengthSize((int) size);
      if (next > end || !hasBackLength(bytes, next, (int) size)) {
        return false;
      }
      at = next;
      count++;
    }
    int stored = storedCount(bytes, start);
    return at == end && (stored == UNKNOWN_COUNT || stored == count);
  }

  private static boolean hasBackLength(byte[] bytes, int next, int size) {
    int groups = backLengthSize(size);
    for (int i = 1; i <= groups; i++) {
      int group = (size >>> (7 * (i - 1)) & 0x7F) | (i < groups ? 0x80 : 0);
      if ((bytes[next - i] & 0xFF) != group) {
        return false;
      }
    }
    return true;
  }
}
