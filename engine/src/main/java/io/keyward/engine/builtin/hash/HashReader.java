package io.keyward.engine.builtin.hash;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.ElementTable;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.FieldExpiry;
import io.keyward.engine.builtin.NewValue;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.rdb.DistinctEntries;
import io.keyward.engine.builtin.rdb.PackedInput;
import io.keyward.engine.builtin.rdb.RdbInput;
import io.keyward.engine.builtin.rdb.RdbType;
import io.keyward.engine.builtin.structure.ByteBlock;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackEditor;
import org.jspecify.annotations.Nullable;

/** Reads a hash in RDB format, of which nothing is trusted; {@link HashDump} draws it. */
public final class HashReader {
  private static final int PAIR = 2;
  private static final int TRIPLE = 3;

  private final RdbInput in;
  private final Database database;
  private final LiveSettings settings;

  private HashReader(RdbInput in, Database database) {
    this.in = in;
    this.database = database;
    settings = database.keyspace().home().settings();
  }

  /** Reads a value whose type has been read; null if it has no fields. */
  public static @Nullable NewValue read(int type, RdbInput in, Database database) {
    HashReader reader = new HashReader(in, database);
    return switch (type) {
      case RdbType.HASH_ZIPMAP -> reader.zipmap();
      case RdbType.HASH_ZIPLIST -> reader.packed(PackedInput.ziplist(in), PAIR);
      case RdbType.HASH_LISTPACK -> reader.packed(PackedInput.listpack(in), PAIR);
      case RdbType.HASH_LISTPACK_EXPIRING -> {
        // The soonest time stands in the first triple as well.
        long _ = in.readLong();
        yield reader.packed(PackedInput.listpack(in), TRIPLE);
      }
      case RdbType.HASH_EXPIRING -> reader.fields(in.readLong(), true);
      default -> reader.fields(0, false);
    };
  }

  private boolean fits(int fields) {
    return fields <= Math.min(settings.number(Directive.HASH_MAX_LISTPACK_ENTRIES), 1 << 24);
  }

  /** Of all packed hashes it is zipmaps alone that Redis asks for the length of their fields. */
  private @Nullable NewValue zipmap() {
    byte[] listpack = PackedInput.zipmap(in);
    long most = settings.number(Directive.HASH_MAX_LISTPACK_VALUE);
    for (int at = Listpack.first(listpack, 0); at >= 0; at = Listpack.next(listpack, at)) {
      if (Listpack.textLengthAt(listpack, at) > most) {
        return table(listpack, PAIR);
      }
    }
    return packed(listpack, PAIR);
  }

  private @Nullable NewValue packed(byte[] listpack, int stride) {
    int entries = Listpack.count(listpack, 0);
    if (entries == 0) {
      return null;
    }
    if (entries % stride != 0) {
      throw in.malformed("a hash has a field without a value");
    }
    if (stride == TRIPLE) {
      checkTimes(listpack);
    }
    if (!fits(entries / stride)) {
      return table(listpack, stride);
    }
    if (!DistinctEntries.in(listpack, stride)) {
      throw in.malformed("a hash has a field twice");
    }
    return NewValue.packed(
        Type.HASH,
        stride == PAIR ? Encoding.LISTPACK : Encoding.LISTPACK_EX,
        listpack,
        Listpack.totalBytes(listpack, 0));
  }

  /** Checks that every third entry is a time, and that none is sooner than the one before. */
  private void checkTimes(byte[] listpack) {
    long before = 0;
    int at = Listpack.first(listpack, 0);
    while (at >= 0) {
      int time = Listpack.next(listpack, Listpack.next(listpack, at));
      long value = Listpack.isIntegerAt(listpack, time) ? Listpack.integerAt(listpack, time) : -1;
      long order = value == 0 ? Long.MAX_VALUE : value;
      if (value < 0 || value > FieldExpiry.LATEST || order < before) {
        throw in.malformed("the times of a hash are not in order");
      }
      before = order;
      at = Listpack.next(listpack, time);
    }
  }

  private NewValue table(byte[] listpack, int stride) {
    ElementTable table = new ElementTable(database.pool(), database.account());
    NewValue made = NewValue.held(Type.HASH, Encoding.HASHTABLE, table);
    try {
      int at = Listpack.first(listpack, 0);
      while (at >= 0) {
        byte[] field = Listpack.entryText(listpack, at);
        int value = Listpack.next(listpack, at);
        long time = stride == PAIR ? FieldExpiry.NEVER : FieldExpiry.packedTime(listpack, value);
        put(table, field, Listpack.entryText(listpack, value), time);
        at = Listpack.next(listpack, stride == PAIR ? value : Listpack.next(listpack, value));
      }
      return made;
    } catch (RuntimeException | OutOfMemoryError broken) {
      made.discard(database);
      throw broken;
    }
  }

  private void put(ElementTable table, byte[] field, byte[] value, long time) {
    int before = table.size();
    table.put(field, 0, field.length, value, 0, value.length, time);
    if (table.size() == before) {
      throw in.malformed("a hash has a field twice");
    }
  }

  private @Nullable NewValue fields(long soonest, boolean expiring) {
    int count = in.readCount(expiring ? TRIPLE : PAIR);
    if (count == 0) {
      return null;
    }
    if (!expiring && fits(count)) {
      return smallOrBig(count);
    }
    NewValue made =
        NewValue.held(
            Type.HASH, Encoding.HASHTABLE, new ElementTable(database.pool(), database.account()));
    return readInto(made, count, soonest, expiring);
  }

  private NewValue smallOrBig(int count) {
    long most = settings.number(Directive.HASH_MAX_LISTPACK_VALUE);
    ByteBlock listpack = new ByteBlock(64);
    ListpackEditor.initialize(listpack);
    boolean fits = true;
    int read = 0;
    while (fits && read < count) {
      byte[] field = in.readString();
      byte[] value = in.readString();
      ListpackEditor.append(listpack, field, 0, field.length);
      ListpackEditor.append(listpack, value, 0, value.length);
      read++;
      fits =
          field.length <= most
              && value.length <= most
              && Listpack.totalBytes(listpack.bytes(), 0) < PackedInput.MOST_BYTES;
    }
    if (!fits) {
      return readInto(table(listpack.bytes(), PAIR), count - read, 0, false);
    }
    NewValue small = packed(listpack.bytes(), PAIR);
    if (small == null) {
      throw new IllegalStateException("a hash of fields without fields");
    }
    return small;
  }

  private NewValue readInto(NewValue made, int count, long soonest, boolean expiring) {
    ElementTable table = made.held(ElementTable.class);
    try {
      for (int i = 0; i < count; i++) {
        long time = expiring ? time(soonest, in.readLength()) : FieldExpiry.NEVER;
        byte[] field = in.readString();
        put(table, field, in.readString(), time);
      }
      return made;
    } catch (RuntimeException | OutOfMemoryError broken) {
      made.discard(database);
      throw broken;
    }
  }

  private long time(long soonest, long written) {
    if (written == 0) {
      return FieldExpiry.NEVER;
    }
    long time = soonest + written - 1;
    if (soonest < 0 || written < 0 || time < 0 || time > FieldExpiry.LATEST) {
      throw in.malformed("a field of a hash expires later than there is time");
    }
    return time;
  }
}
