package io.keyward.engine.builtin.hash;

import io.keyward.engine.builtin.ElementTable;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.FieldExpiry;
import io.keyward.engine.builtin.rdb.PiecewiseValue;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.rdb.RdbType;
import io.keyward.engine.builtin.rdb.WalkedValue;
import io.keyward.engine.builtin.structure.Listpack;
import java.util.function.IntConsumer;

/**
 * Writes a hash in RDB format.
 *
 * <p>One whose fields expire is written as Redis 7.4 does it, since no older form has the times:
 *
 * <pre>
 * HASH_EXPIRING           soonest, 8 | count, for each: time | field | value
 *                         time: 0 for never, else 1 + milliseconds after the soonest
 * HASH_LISTPACK_EXPIRING  soonest, 8 | listpack of field, value and time by turns
 * </pre>
 */
public final class HashDump {
  private HashDump() {}

  /**
   * Writes type and value.
   *
   * @param between is called between fields of a big hash
   */
  public static void write(Entry hash, RdbOutput out, Runnable between) {
    if (hash.encoding() == Encoding.HASHTABLE) {
      ElementTable table = HashValue.table(hash);
      IntConsumer writer = begin(table, out);
      table.forEach(writer.andThen(field -> between.run()));
    } else if (hash.encoding() == Encoding.LISTPACK) {
      out.writeType(RdbType.HASH_LISTPACK);
      writeListpack(hash, out);
    } else if (FieldExpiry.any(hash)) {
      out.writeNewerType(RdbType.HASH_LISTPACK_EXPIRING, RdbType.EXPIRING_SINCE);
      int value = Listpack.next(hash.bytes(), HashValue.firstField(hash));
      out.writeLong(FieldExpiry.packedTime(hash.bytes(), value));
      writeListpack(hash, out);
    } else {
      writeTriples(hash, out);
    }
  }

  /** Begins to write type and value of a big hash. */
  public static PiecewiseValue inPieces(Entry hash, RdbOutput out) {
    ElementTable table = HashValue.table(hash);
    return new WalkedValue(table.beginWalk(begin(table, out)));
  }

  private static void writeListpack(Entry hash, RdbOutput out) {
    int start = hash.start();
    out.writeString(hash.bytes(), start, Listpack.totalBytes(hash.bytes(), start));
  }

  /** Writes the fields of a small hash none of which expires any more, without times. */
  private static void writeTriples(Entry hash, RdbOutput out) {
    out.writeType(RdbType.HASH);
    out.writeLength(HashValue.size(hash));
    byte[] bytes = hash.bytes();
    for (int field = HashValue.firstField(hash); field >= 0; ) {
      int value = Listpack.next(bytes, field);
      writeEntry(bytes, field, out);
      writeEntry(bytes, value, out);
      field = HashValue.nextField(hash, value);
    }
  }

  private static void writeEntry(byte[] bytes, int position, RdbOutput out) {
    if (Listpack.isIntegerAt(bytes, position)) {
      out.writeIntegerText(Listpack.integerAt(bytes, position));
    } else {
      out.writeString(
          bytes,
          Listpack.stringOffsetAt(bytes, position),
          Listpack.stringLengthAt(bytes, position));
    }
  }

  /**
   * Writes what stands before the fields of a big hash.
   *
   * @return writes a field, once for each
   */
  private static IntConsumer begin(ElementTable table, RdbOutput out) {
    if (table.expiring() == 0) {
      out.writeType(RdbType.HASH);
      out.writeLength(table.size());
      return field -> writeField(table, field, out);
    }
    long soonest = soonest(table);
    out.writeNewerType(RdbType.HASH_EXPIRING, RdbType.EXPIRING_SINCE);
    out.writeLong(soonest);
    out.writeLength(table.size());
    return field -> {
      long time = table.expiry(field);
      out.writeLength(time == FieldExpiry.NEVER ? 0 : time - soonest + 1);
      writeField(table, field, out);
    };
  }

  private static long soonest(ElementTable table) {
    long[] soonest = {FieldExpiry.LATEST};
    for (int bucket = 0; ; ) {
      bucket =
          table.visitExpiring(
              bucket,
              Integer.MAX_VALUE,
              field -> soonest[0] = Math.min(soonest[0], table.expiry(field)));
      if (bucket == 0) {
        return soonest[0];
      }
    }
  }

  private static void writeField(ElementTable table, int field, RdbOutput out) {
    byte[] bytes = table.bytes(field);
    out.writeString(bytes, table.nameOffset(field), table.nameLength(field));
    out.writeString(bytes, table.valueOffset(field), table.valueLength(field));
  }
}
