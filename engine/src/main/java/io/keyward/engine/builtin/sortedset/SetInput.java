package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.builtin.ElementTable;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.structure.IntegerSet;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.text.Numbers;
import org.jspecify.annotations.Nullable;

/** Walks the members of a set, which must not change meanwhile; each has the score 1. */
final class SetInput implements Input {
  private final Entry entry;
  private final Encoding encoding;
  private final @Nullable ElementTable table;
  private final int size;

  /** The members of a table, or nothing. */
  private final int[] elements;

  private final byte[] digits = new byte[Numbers.MAX_INTEGER_LENGTH];
  private int index = -1;
  private int position;
  private byte[] bytes = digits;
  private int offset;
  private int length;

  SetInput(Entry entry) {
    this.entry = entry;
    encoding = entry.encoding();
    if (encoding == Encoding.HASHTABLE) {
      ElementTable big = (ElementTable) entry.held();
      table = big;
      size = big.size();
      elements = new int[size];
      int[] next = new int[1];
      big.forEach(element -> elements[next[0]++] = element);
    } else {
      table = null;
      elements = new int[0];
      size =
          encoding == Encoding.INTSET
              ? IntegerSet.count(entry.bytes(), entry.start())
              : Listpack.count(entry.bytes(), entry.start());
    }
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public boolean next() {
    if (++index >= size) {
      return false;
    }
    ElementTable big = table;
    if (big != null) {
      int element = elements[index];
      bytes = big.bytes(element);
      offset = big.nameOffset(element);
      length = big.nameLength(element);
    } else if (encoding == Encoding.INTSET) {
      atInteger(IntegerSet.get(entry.bytes(), entry.start(), index));
    } else {
      position =
          index == 0
              ? Listpack.first(entry.bytes(), entry.start())
              : Listpack.next(entry.bytes(), position);
      atPacked();
    }
    return true;
  }

  private void atInteger(long value) {
    bytes = digits;
    offset = 0;
    length = Numbers.formatInteger(value, digits, 0);
  }

  private void atPacked() {
    byte[] packed = entry.bytes();
    if (Listpack.isIntegerAt(packed, position)) {
      atInteger(Listpack.integerAt(packed, position));
    } else {
      bytes = packed;
      offset = Listpack.stringOffsetAt(packed, position);
      length = Listpack.stringLengthAt(packed, position);
    }
  }

  @Override
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public int offset() {
    return offset;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public double score() {
    return 1;
  }

  @Override
  public double find(byte[] name, int nameOffset, int nameLength) {
    return holds(name, nameOffset, nameLength) ? 1 : Double.NaN;
  }

  private boolean holds(byte[] name, int nameOffset, int nameLength) {
    ElementTable big = table;
    if (big != null) {
      return big.find(name, nameOffset, nameLength) != ElementTable.ABSENT;
    }
    byte[] packed = entry.bytes();
    int start = entry.start();
    if (encoding == Encoding.INTSET) {
      return Numbers.isInteger(name, nameOffset, nameLength)
          && IntegerSet.contains(packed, start, Numbers.parseInteger(name, nameOffset, nameLength));
    }
    return Listpack.find(packed, Listpack.first(packed, start), name, nameOffset, nameLength, 0)
        >= 0;
  }
}
