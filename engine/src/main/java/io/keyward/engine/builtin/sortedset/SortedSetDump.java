package io.keyward.engine.builtin.sortedset;

import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.NewValue;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.rdb.DistinctEntries;
import io.keyward.engine.builtin.rdb.PackedInput;
import io.keyward.engine.builtin.rdb.PiecewiseValue;
import io.keyward.engine.builtin.rdb.RdbInput;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.rdb.RdbType;
import io.keyward.engine.builtin.rdb.WalkedValue;
import io.keyward.engine.builtin.structure.ByteBlock;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackEditor;
import io.keyward.engine.text.Numbers;
import org.jspecify.annotations.Nullable;

/**
 * A sorted set in RDB format. A big one is written from its greatest member to its least, as Redis
 * does, whose reader is quickest then.
 */
public final class SortedSetDump {
  private SortedSetDump() {}

  /**
   * Writes type and value.
   *
   * @param between is called between members of a big set
   */
  public static void write(Entry set, RdbOutput out, Runnable between) {
    if (set.encoding() == Encoding.LISTPACK) {
      out.writeType(RdbType.SORTED_SET_LISTPACK);
      int start = set.start();
      out.writeString(set.bytes(), start, Listpack.totalBytes(set.bytes(), start));
      return;
    }
    OrderedMembers list = (OrderedMembers) set.held();
    out.writeType(RdbType.SORTED_SET_2);
    out.writeLength(list.size());
    for (int at = list.last(); at != OrderedMembers.NONE; at = list.previous(at)) {
      writeMember(list, at, out);
      between.run();
    }
  }

  private static void writeMember(OrderedMembers list, int member, RdbOutput out) {
    out.writeString(list.bytes(member), list.nameOffset(member), list.nameLength(member));
    out.writeLong(Double.doubleToRawLongBits(list.score(member)));
  }

  /** Begins to write type and value of a big set, whose members come in no order. */
  public static PiecewiseValue inPieces(Entry set, RdbOutput out) {
    OrderedMembers list = (OrderedMembers) set.held();
    out.writeType(RdbType.SORTED_SET_2);
    out.writeLength(list.size());
    return new WalkedValue(list.beginWalk(member -> writeMember(list, member, out)));
  }

  /** Reads a value whose type has been read; null if it has no members. */
  public static @Nullable NewValue read(int type, RdbInput in, Database database) {
    return switch (type) {
      case RdbType.SORTED_SET_ZIPLIST -> packed(PackedInput.ziplist(in), in, database);
      case RdbType.SORTED_SET_LISTPACK -> packed(PackedInput.listpack(in), in, database);
      default -> members(type, in, database);
    };
  }

  private static @Nullable NewValue packed(byte[] listpack, RdbInput in, Database database) {
    int entries = Listpack.count(listpack, 0);
    if (entries == 0) {
      return null;
    }
    if (entries % 2 != 0) {
      throw in.malformed("a sorted set has a member without a score");
    }
    checkScores(listpack, in);
    long most = database.keyspace().home().settings().number(Directive.ZSET_MAX_LISTPACK_ENTRIES);
    if (entries / 2 > Math.min(most, 1 << 24)) {
      return big(listpack, in, database);
    }
    if (!DistinctEntries.in(listpack, 2)) {
      throw in.malformed("a sorted set has a member twice");
    }
    int total = Listpack.totalBytes(listpack, 0);
    return NewValue.packed(Type.SORTED_SET, Encoding.LISTPACK, listpack, total);
  }

  /** Checks that every score is a number, and none less than the one before it. */
  private static void checkScores(byte[] listpack, RdbInput in) {
    double before = Double.NEGATIVE_INFINITY;
    int at = Listpack.first(listpack, 0);
    while (at >= 0) {
      int score = Listpack.next(listpack, at);
      boolean number =
          Listpack.isIntegerAt(listpack, score)
              || Numbers.isDouble(
                  listpack,
                  Listpack.stringOffsetAt(listpack, score),
                  Listpack.stringLengthAt(listpack, score));
      double value = number ? PackedMembers.score(listpack, score) : Double.NaN;
      if (!(value >= before)) {
        throw in.malformed("a sorted set has scores that are no numbers or not in order");
      }
      before = value;
      at = Listpack.next(listpack, score);
    }
  }

  private static NewValue big(byte[] listpack, RdbInput in, Database database) {
    OrderedMembers list = SortedSetValue.newMembers(database);
    NewValue made = NewValue.held(Type.SORTED_SET, Encoding.SKIPLIST, list);
    try {
      for (int at = Listpack.first(listpack, 0); at >= 0; at = PackedMembers.next(listpack, at)) {
        add(list, PackedMembers.scoreOf(listpack, at), Listpack.entryText(listpack, at), in);
      }
      return made;
    } catch (RuntimeException | OutOfMemoryError broken) {
      made.discard(database);
      throw broken;
    }
  }

  private static void add(OrderedMembers list, double score, byte[] name, RdbInput in) {
    if (Double.isNaN(score)) {
      throw in.malformed("a score is no number");
    }
    if (list.find(name, 0, name.length) != OrderedMembers.NONE) {
      throw in.malformed("a sorted set has a member twice");
    }
    list.insert(score, name, 0, name.length);
  }

  private static @Nullable NewValue members(int type, RdbInput in, Database database) {
    boolean binary = type == RdbType.SORTED_SET_2;
    int count = in.readCount(binary ? 1 + Double.BYTES : 2);
    if (count == 0) {
      return null;
    }
    OrderedMembers list = SortedSetValue.newMembers(database);
    NewValue made = NewValue.held(Type.SORTED_SET, Encoding.SKIPLIST, list);
    int longest = 0;
    long total = 0;
    try {
      for (int i = 0; i < count; i++) {
        byte[] name = in.readString();
        add(list, binary ? in.readDouble() : in.readDoubleText(), name, in);
        longest = Math.max(longest, name.length);
        total += name.length;
      }
    } catch (RuntimeException | OutOfMemoryError broken) {
      made.discard(database);
      throw broken;
    }
    if (total > SortedSetValue.MOST_PACKED_BYTES / 2
        || !SortedSetValue.mayPack(database, count, longest)) {
      return made;
    }
    NewValue packed = pack(list);
    made.discard(database);
    return packed;
  }

  private static NewValue pack(OrderedMembers list) {
    ByteBlock block = new ByteBlock(64);
    ListpackEditor.initialize(block);
    byte[] scratch = new byte[Numbers.MAX_DOUBLE_LENGTH];
    for (int at = list.first(); at != OrderedMembers.NONE; at = list.next(at)) {
      PackedMembers.append(
          block, list.score(at), list.bytes(at), list.nameOffset(at), list.nameLength(at), scratch);
    }
    int total = Listpack.totalBytes(block.bytes(), 0);
    return NewValue.packed(Type.SORTED_SET, Encoding.LISTPACK, block.bytes(), total);
  }
}
