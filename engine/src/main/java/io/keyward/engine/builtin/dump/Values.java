package io.keyward.engine.builtin.dump;

import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.NewValue;
import io.keyward.engine.builtin.hash.HashDump;
import io.keyward.engine.builtin.hash.HashReader;
import io.keyward.engine.builtin.list.ListDump;
import io.keyward.engine.builtin.rdb.MalformedRdbException;
import io.keyward.engine.builtin.rdb.PiecewiseValue;
import io.keyward.engine.builtin.rdb.RdbInput;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.rdb.RdbType;
import io.keyward.engine.builtin.set.SetDump;
import io.keyward.engine.builtin.sortedset.SortedSetDump;
import io.keyward.engine.builtin.stream.StreamDump;
import io.keyward.engine.builtin.stream.StreamReader;
import io.keyward.engine.builtin.string.StringDump;
import org.jspecify.annotations.Nullable;

/** Writes and reads the value of a key. */
public final class Values {
  private static final String MODULE_NAME_LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private static final int MOST_AT_ONCE = 128 * 1024;

  private Values() {}

  /** Writes the value's type, which may depend on its encoding, and the value. */
  public static void writeValue(Entry entry, RdbOutput out) {
    writeValue(entry, out, () -> {});
  }

  /**
   * As the other.
   *
   * @param between is called between elements or other parts of a big value
   */
  static void writeValue(Entry entry, RdbOutput out, Runnable between) {
    switch (entry.type()) {
      case STRING -> StringDump.write(entry, out, between);
      case LIST -> ListDump.write(entry, out, between);
      case SET -> SetDump.write(entry, out, between);
      case SORTED_SET -> SortedSetDump.write(entry, out, between);
      case HASH -> HashDump.write(entry, out, between);
      case STREAM -> StreamDump.write(entry, out, between);
    }
  }

  /** About how many bytes a value is long that is big; less or nothing for others. */
  static long length(Entry entry) {
    return entry.encoding().held()
        ? entry.held().memoryBytes()
        : entry.encoding() == Encoding.RAW ? entry.stringLength() : 0;
  }

  /** Whether a value is so big that it is better written in pieces. */
  public static boolean isBig(Entry entry) {
    return length(entry) > MOST_AT_ONCE;
  }

  /** Whether a big value may be changed while it is written in pieces. */
  public static boolean isSteady(Entry entry) {
    return entry.encoding() == Encoding.HASHTABLE
        || entry.encoding() == Encoding.SKIPLIST
        || entry.encoding() == Encoding.PIECES;
  }

  /** Begins to write the type and the value of a big one. */
  public static PiecewiseValue inPieces(Entry entry, RdbOutput out) {
    return switch (entry.type()) {
      case STRING -> StringDump.inPieces(entry, out);
      case LIST -> ListDump.inPieces(entry, out);
      case SET -> SetDump.inPieces(entry, out);
      case SORTED_SET -> SortedSetDump.inPieces(entry, out);
      case HASH -> HashDump.inPieces(entry, out);
      case STREAM -> StreamDump.inPieces(entry, out);
    };
  }

  /**
   * Reads a value whose type has been read, and checks every byte of it.
   *
   * @return null for a collection without elements, which old versions have left in files
   * @throws MalformedRdbException if it is damaged or of an unknown type; nothing is left behind
   */
  public static @Nullable NewValue readValue(int type, RdbInput in, Database database) {
    return switch (type) {
      case RdbType.STRING -> StringDump.read(in, database);
      case RdbType.LIST, RdbType.LIST_ZIPLIST, RdbType.LIST_QUICKLIST, RdbType.LIST_QUICKLIST_2 ->
          ListDump.read(type, in, database);
      case RdbType.SET, RdbType.SET_INTSET, RdbType.SET_LISTPACK ->
          SetDump.read(type, in, database);
      case RdbType.SORTED_SET,
          RdbType.SORTED_SET_2,
          RdbType.SORTED_SET_ZIPLIST,
          RdbType.SORTED_SET_LISTPACK ->
          SortedSetDump.read(type, in, database);
      case RdbType.HASH,
          RdbType.HASH_ZIPMAP,
          RdbType.HASH_ZIPLIST,
          RdbType.HASH_LISTPACK,
          RdbType.HASH_EXPIRING,
          RdbType.HASH_LISTPACK_EXPIRING ->
          HashReader.read(type, in, database);
      case RdbType.STREAM, RdbType.STREAM_2, RdbType.STREAM_3 ->
          StreamReader.read(type, in, database);
      case RdbType.MODULE_PRE_RELEASE ->
          throw in.malformed("a value of a module in the form of a pre-release of Redis 4.0");
      case RdbType.MODULE ->
          throw in.malformed("a value of the module type '" + moduleName(in.readLength()) + "'");
      default -> throw in.malformed("a value of the unknown type " + type);
    };
  }

  /** The nine letters that a module's number packs into its upper 54 bits. */
  static String moduleName(long number) {
    StringBuilder name = new StringBuilder();
    for (int shift = 58; shift >= 10; shift -= 6) {
      name.append(MODULE_NAME_LETTERS.charAt((int) (number >>> shift) & 63));
    }
    return name.toString();
  }
}
