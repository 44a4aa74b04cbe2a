package io.keyward.engine.builtin.rdb;

import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.structure.ByteBlock;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackEditor;
import org.jspecify.annotations.Nullable;

/**
 * The packed hash of Redis before 2.6, turned into a {@link Listpack}.
 *
 * <pre>
 *  count (254: unknown)   pairs …                                             0xFF
 * | 1                    | length | field | length | free, 1 | value | unused |
 *
 *  length   1 byte up to 253, or 254 and 4 bytes, little endian
 * </pre>
 */
final class Zipmap {
  private static final int END = 0xFF;
  private static final int LONG = 254;

  private final byte[] bytes;
  private final int end;
  private int at = 1;

  private Zipmap(byte[] bytes) {
    this.bytes = bytes;
    end = bytes.length - 1;
  }

  /** The same fields and values as a listpack, which the array may exceed; null if damaged. */
  static byte @Nullable [] toListpack(byte[] zipmap) {
    if (zipmap.length < 2 || (zipmap[zipmap.length - 1] & 0xFF) != END) {
      return null;
    }
    return new Zipmap(zipmap).convert();
  }

  private byte @Nullable [] convert() {
    ByteBlock listpack = new ByteBlock(bytes.length + Listpack.EMPTY_BYTES);
    ListpackEditor.initialize(listpack);
    int pairs = 0;
    while (at < end) {
      if (!append(listpack, false) || !append(listpack, true)) {
        return null;
      }
      pairs++;
    }
    int count = bytes[0] & 0xFF;
    return at == end && (count >= LONG || count == pairs) ? listpack.bytes() : null;
  }

  private boolean append(ByteBlock listpack, boolean value) {
    if (at >= end) {
      return false;
    }
    int length = bytes[at++] & 0xFF;
    if (length == END) {
      return false;
    }
    if (length == LONG) {
      if (end - at < Integer.BYTES) {
        return false;
      }
      length = Bytes.getInt(bytes, at);
      at += Integer.BYTES;
    }
    int unused = value && at < end ? bytes[at++] & 0xFF : 0;
    if (length < 0 || length > end - at - unused) {
      return false;
    }
    ListpackEditor.append(listpack, bytes, at, length);
    at += length + unused;
    return true;
  }
}
