package io.keyward.engine.builtin.rdb;

import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.structure.ByteBlock;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackEditor;
import org.jspecify.annotations.Nullable;

/**
 * The packed list of Redis before 7.0, turned into a {@link Listpack}.
 *
 * <pre>
 *  total   last   count   entries …                                     0xFF
 * | 4, LE | 4, LE| 2, LE |  size of the entry before | encoding | data |
 *
 *  size before   1 byte, or 0xFE and 4 bytes, little endian
 *  encoding      00LLLLLL / 01LLLLLL LLLLLLLL / 10000000 and 4 bytes, big endian: a string
 *                0xC0 / 0xD0 / 0xE0 / 0xF0 / 0xFE: integer of 2, 4, 8, 3, 1 bytes, little endian
 *                0xF1 to 0xFD: the integer 0 to 12, without data
 * </pre>
 */
final class Ziplist {
  private static final int HEADER_BYTES = 10;
  private static final int END = 0xFF;
  private static final int UNKNOWN_COUNT = 0xFFFF;

  private final byte[] bytes;
  private final int end;
  private final ByteBlock listpack;
  private int at = HEADER_BYTES;
  private int entries;

  private Ziplist(byte[] bytes) {
    this.bytes = bytes;
    end = bytes.length - 1;
    listpack = new ByteBlock(bytes.length + Listpack.EMPTY_BYTES);
    ListpackEditor.initialize(listpack);
  }

  /** The same entries as a listpack, which the array may exceed; null if one byte is wrong. */
  static byte @Nullable [] toListpack(byte[] ziplist) {
    if (ziplist.length <= HEADER_BYTES
        || Bytes.getInt(ziplist, 0) != ziplist.length
        || (ziplist[ziplist.length - 1] & 0xFF) != END) {
      return null;
    }
    Ziplist reader = new Ziplist(ziplist);
    return reader.convert() ? reader.listpack.bytes() : null;
  }

  private boolean convert() {
    int last = HEADER_BYTES;
    int before = 0;
    while (at < end) {
      int start = at;
      if (readSizeBefore() != before || !convertEntry()) {
        return false;
      }
      last = start;
      before = at - start;
      entries++;
    }
    int count = (bytes[8] & 0xFF) | (bytes[9] & 0xFF) << 8;
    return at == end
        && Bytes.getInt(bytes, 4) == last
        && (count == UNKNOWN_COUNT || count == entries);
  }

  /** The size that an entry states of the one before it, or -1. */
  private int readSizeBefore() {
    int first = bytes[at++] & 0xFF;
    if (first < 0xFE) {
      return first;
    }
    if (first == END || end - at < Integer.BYTES) {
      return -1;
    }
    int size = Bytes.getInt(bytes, at);
    at += Integer.BYTES;
    return size;
  }

  private boolean convertEntry() {
    if (at >= end) {
      return false;
    }
    int first = bytes[at++] & 0xFF;
    return switch (first >> 6) {
      case 0 -> string(first & 0x3F);
      case 1 -> at < end && string((first & 0x3F) << 8 | (bytes[at++] & 0xFF));
      case 2 -> {
        if (end - at < Integer.BYTES) {
          yield false;
        }
        int length = Integer.reverseBytes(Bytes.getInt(bytes, at));
        at += Integer.BYTES;
        yield string(length);
      }
      default -> integer(first);
    };
  }

  private boolean string(int length) {
    if (length < 0 || length > end - at) {
      return false;
    }
    ListpackEditor.append(listpack, bytes, at, length);
    at += length;
    return true;
  }

  private boolean integer(int encoding) {
    if (encoding >= 0xF1 && encoding <= 0xFD) {
      ListpackEditor.appendInteger(listpack, (encoding & 0xF) - 1L);
      return true;
    }
    int size =
        switch (encoding) {
          case 0xC0 -> 2;
          case 0xD0 -> 4;
          case 0xE0 -> 8;
          case 0xF0 -> 3;
          case 0xFE -> 1;
          default -> 0;
        };
    if (size == 0 || size > end - at) {
      return false;
    }
    long value = bytes[at + size - 1];
    for (int i = size - 2; i >= 0; i--) {
      value = value << 8 | (bytes[at + i] & 0xFF);
    }
    at += size;
    ListpackEditor.appendInteger(listpack, value);
    return true;
  }
}
