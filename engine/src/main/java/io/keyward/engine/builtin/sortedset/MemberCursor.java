package io.keyward.engine.builtin.sortedset;

import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.text.Numbers;

/**
 * Walks the members of a sorted set, which must not change meanwhile, in their order.
 *
 * <p>The entry's view must not be used for another key meanwhile either.
 */
public final class MemberCursor implements Input {
  private final Entry entry;
  private final int from;
  private final byte[] digits = new byte[Numbers.MAX_INTEGER_LENGTH];
  private boolean begun;
  private int place = SortedSetValue.NONE;
  private byte[] bytes = digits;
  private int offset;
  private int length;

  /** Begins before the first member. */
  public MemberCursor(Entry entry) {
    this(entry, 0);
  }

  /** Begins before the member of this rank, counted from 0. */
  public MemberCursor(Entry entry, int rank) {
    this.entry = entry;
    this.from = rank;
  }

  /** Begins before the first member whose score is at least this. */
  public static MemberCursor fromScore(Entry entry, double least) {
    Bound bound = new Bound.ByScore(least, false);
    return new MemberCursor(entry, SortedSetValue.countBefore(entry, bound));
  }

  /** How many members have at least one score and less than another. */
  public static int count(Entry entry, double least, double end) {
    int before = SortedSetValue.countBefore(entry, new Bound.ByScore(least, false));
    return SortedSetValue.countBefore(entry, new Bound.ByScore(end, false)) - before;
  }

  @Override
  public int size() {
    return SortedSetValue.size(entry);
  }

  @Override
  public boolean next() {
    if (begun) {
      place = SortedSetValue.next(entry, place);
    } else {
      begun = true;
      place = from < size() ? SortedSetValue.at(entry, from) : SortedSetValue.NONE;
    }
    if (place == SortedSetValue.NONE) {
      return false;
    }
    locate();
    return true;
  }

  private void locate() {
    if (entry.encoding() != Encoding.LISTPACK) {
      OrderedMembers list = (OrderedMembers) entry.held();
      bytes = list.bytes(place);
      offset = list.nameOffset(place);
      length = list.nameLength(place);
    } else if (Listpack.isIntegerAt(entry.bytes(), place)) {
      bytes = digits;
      offset = 0;
      length = Numbers.formatInteger(Listpack.integerAt(entry.bytes(), place), digits, 0);
    } else {
      bytes = entry.bytes();
      offset = Listpack.stringOffsetAt(bytes, place);
      length = Listpack.stringLengthAt(bytes, place);
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
    return SortedSetValue.score(entry, place);
  }

  @Override
  public double find(byte[] name, int nameOffset, int nameLength) {
    int found = SortedSetValue.find(entry, name, nameOffset, nameLength);
    return found == SortedSetValue.NONE ? Double.NaN : SortedSetValue.score(entry, found);
  }
}
