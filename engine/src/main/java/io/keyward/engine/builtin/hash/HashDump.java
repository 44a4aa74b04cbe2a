package io.keyward.engine.builtin.hash;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.ElementTable;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.NewValue;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.rdb.DistinctEntries;
import io.keyward.engine.builtin.rdb.PackedInput;
import io.keyward.engine.builtin.rdb.RdbInput;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.rdb.RdbType;
import io.keyward.engine.builtin.structure.ByteBlock;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackEditor;
import org.jspecify.annotations.Nullable;

/** A hash in RDB format. */
public final class HashDump {
  private HashDump() {}

  /** Writes type and value. */
  public static void write(Entry hash, RdbOutput out) {
    if (HashValue.packed(hash)) {
      out.writeByte(RdbType.HASH_LISTPACK);
      int start = hash.start();
      out.writeString(hash.bytes(), start, Listpack.totalBytes(hash.bytes(), start));
      return;
    }
    ElementTable table = HashValue.table(hash);
    out.writeByte(RdbType.HASH);
    out.writeLength(table.size());
    table.forEach(
        field -> {
          out.writeString(table.bytes(field), table.nameOffset(field), table.nameLength(field));
          out.writeString(table.bytes(field), table.valueOffset(field), table.valueLength(field));
        });
  }

  /** Reads a value whose type has been read; null if it has no fields. */
  public static @Nullable NewValue read(int type, RdbInput in, Database database) {
    return switch (type) {
      case RdbType.HASH_ZIPMAP -> packed(PackedInput.zipmap(in), true, in, database);
      case RdbType.HASH_ZIPLIST -> packed(PackedInput.ziplist(in), false, in, database);
      case RdbType.HASH_LISTPACK -> packed(PackedInput.listpack(in), false, in, database);
      default -> fields(in, database);
    };
  }

  private static LiveSettings settings(Database database) {
    return database.keyspace().home().settings();
  }

  /**
   * @param byLength whether long fields and values make it a table too; Redis asks that of zipmaps
   *     alone
   */
  private static @Nullable NewValue packed(
      byte[] listpack, boolean byLength, RdbInput in, Database database) {
    int entries = Listpack.count(listpack, 0);
    if (entries == 0) {
      return null;
    }
    if (entries % 2 != 0) {
      throw in.malformed("a hash has a field without a value");
    }
    LiveSettings settings = settings(database);
    if (entries / 2 > Math.min(settings.number(Directive.HASH_MAX_LISTPACK_ENTRIES), 1 << 24)
        || (byLength && longest(listpack) > settings.number(Directive.HASH_MAX_LISTPACK_VALUE))) {
      return table(listpack, in, database);
    }
    if (!DistinctEntries.in(listpack, 2)) {
      throw in.malformed("a hash has a field twice");
    }
    int total = Listpack.totalBytes(listpack, 0);
    return NewValue.packed(Type.HASH, Encoding.LISTPACK, listpack, total);
  }

  private static int longest(byte[] listpack) {
    int longest = 0;
    for (int at = Listpack.first(listpack, 0); at >= 0; at = Listpack.next(listpack, at)) {
      longest = Math.max(longest, Listpack.textLengthAt(listpack, at));
    }
    return longest;
  }

  private static NewValue table(byte[] listpack, RdbInput in, Database database) {
    ElementTable table = new ElementTable(database.pool(), database.account());
    NewValue made = NewValue.held(Type.HASH, Encoding.HASHTABLE, table);
    try {
      for (int at = Listpack.first(listpack, 0); at >= 0; ) {
        byte[] field = Listpack.entryText(listpack, at);
        int value = Listpack.next(listpack, at);
        put(table, field, Listpack.entryText(listpack, value), in);
        at = Listpack.next(listpack, value);
      }
      return made;
    } catch (RuntimeException | OutOfMemoryError broken) {
      made.discard(database);
      throw broken;
    }
  }

  private static void put(ElementTable table, byte[] field, byte[] value, RdbInput in) {
    int before = table.size();
    table.put(field, 0, field.length, value, 0, value.length);
    if (table.size() == before) {
      throw in.malformed("a hash has a field twice");
    }
  }

  private static @Nullable NewValue fields(RdbInput in, Database database) {
    int count = in.readCount(2);
    if (count == 0) {
      return null;
    }
    LiveSettings settings = settings(database);
    long longest = settings.number(Directive.HASH_MAX_LISTPACK_VALUE);
    ByteBlock listpack = new ByteBlock(64);
    ListpackEditor.initialize(listpack);
    boolean fits = count <= settings.number(Directive.HASH_MAX_LISTPACK_ENTRIES);
    int read = 0;
    while (fits && read < count) {
      byte[] field = in.readString();
      byte[] value = in.readString();
      ListpackEditor.append(listpack, field, 0, field.length);
      ListpackEditor.append(listpack, value, 0, value.length);
      read++;
      fits =
          field.length <= longest
              && value.length <= longest
              && Listpack.totalBytes(listpack.bytes(), 0) < PackedInput.MOST_BYTES;
    }
    if (fits) {
      return packed(listpack.bytes(), false, in, database);
    }
    NewValue made = table(listpack.bytes(), in, database);
    ElementTable table = made.held(ElementTable.class);
    try {
      for (; read < count; read++) {
        byte[] field = in.readString();
        put(table, field, in.readString(), in);
      }
      return made;
    } catch (RuntimeException | OutOfMemoryError broken) {
      made.discard(database);
      throw broken;
    }
  }
}
