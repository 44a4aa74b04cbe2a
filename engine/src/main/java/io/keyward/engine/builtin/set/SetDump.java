package io.keyward.engine.builtin.set;

import io.keyward.config.directive.Directive;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.ElementTable;
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
import io.keyward.engine.builtin.structure.IntegerSet;
import io.keyward.engine.builtin.structure.Listpack;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A set in RDB format. */
public final class SetDump {
  private static final int LISTPACK_SINCE = 11;

  private SetDump() {}

  /**
   * Writes type and value.
   *
   * @param between is called between members of a big set
   */
  public static void write(Entry set, RdbOutput out, Runnable between) {
    switch (set.encoding()) {
      case INTSET -> {
        out.writeType(RdbType.SET_INTSET);
        int start = set.start();
        out.writeString(set.bytes(), start, IntegerSet.totalBytes(set.bytes(), start));
      }
      case LISTPACK -> writePacked(set, out);
      default -> {
        ElementTable table = SetValue.table(set);
        IntConsumer writer = begin(table, out);
        table.forEach(writer.andThen(member -> between.run()));
      }
    }
  }

  /** Begins to write type and value of a big set. */
  public static PiecewiseValue inPieces(Entry set, RdbOutput out) {
    ElementTable table = SetValue.table(set);
    return new WalkedValue(table.beginWalk(begin(table, out)));
  }

  /** Writes what stands before the members; what it returns writes a member. */
  private static IntConsumer begin(ElementTable table, RdbOutput out) {
    out.writeType(RdbType.SET);
    out.writeLength(table.size());
    return member ->
        out.writeString(table.bytes(member), table.nameOffset(member), table.nameLength(member));
  }

  private static void writePacked(Entry set, RdbOutput out) {
    int start = set.start();
    if (out.version() >= LISTPACK_SINCE) {
      out.writeType(RdbType.SET_LISTPACK);
      out.writeString(set.bytes(), start, Listpack.totalBytes(set.bytes(), start));
      return;
    }
    out.writeType(RdbType.SET);
    out.writeLength(SetValue.size(set));
    SetValue.visit(
        set,
        (bytes, offset, length) -> {
          out.writeString(bytes, offset, length);
          return true;
        });
  }

  /** Reads a value whose type has been read; null if it has no members. */
  public static @Nullable NewValue read(int type, RdbInput in, Database database) {
    return switch (type) {
      case RdbType.SET_INTSET -> integers(in, database);
      case RdbType.SET_LISTPACK -> packed(in, database);
      default -> members(in, database);
    };
  }

  private static @Nullable NewValue integers(RdbInput in, Database database) {
    byte[] set = in.readString();
    if (!IntegerSet.validate(set, 0, set.length)) {
      throw in.malformed("a set of integers is damaged");
    }
    int count = IntegerSet.count(set, 0);
    if (count == 0) {
      return null;
    }
    return count > limit(database, Directive.SET_MAX_INTSET_ENTRIES)
        ? table(set, Encoding.INTSET, in, database)
        : NewValue.packed(Type.SET, Encoding.INTSET, set, set.length);
  }

  private static @Nullable NewValue packed(RdbInput in, Database database) {
    byte[] set = PackedInput.listpack(in);
    int count = Listpack.count(set, 0);
    if (count == 0) {
      return null;
    }
    if (count > Math.min(limit(database, Directive.SET_MAX_LISTPACK_ENTRIES), 1 << 25)) {
      return table(set, Encoding.LISTPACK, in, database);
    }
    if (!DistinctEntries.in(set, 1)) {
      throw in.malformed("a set has a member twice");
    }
    return NewValue.packed(Type.SET, Encoding.LISTPACK, set, set.length);
  }

  private static long limit(Database database, Directive directive) {
    return database.keyspace().home().settings().number(directive);
  }

  private static NewValue table(byte[] set, Encoding encoding, RdbInput in, Database database) {
    ByteBlock block = new ByteBlock(set);
    NewValue made =
        NewValue.held(Type.SET, Encoding.HASHTABLE, SetValue.tableOf(database, block, encoding));
    if (made.held(ElementTable.class).size() != PackedSet.count(block, encoding)) {
      made.discard(database);
      throw in.malformed("a set has a member twice");
    }
    return made;
  }

  private static @Nullable NewValue members(RdbInput in, Database database) {
    int count = in.readCount(1);
    if (count == 0) {
      return null;
    }
    NewSet set = new NewSet(database, Encoding.INTSET);
    try {
      for (int i = 0; i < count; i++) {
        byte[] member = in.readString();
        if (!set.add(member, 0, member.length)) {
          throw in.malformed("a set has a member twice");
        }
      }
      return set.value();
    } catch (RuntimeException | OutOfMemoryError broken) {
      set.discard();
      throw broken;
    }
  }
}
