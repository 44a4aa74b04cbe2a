package io.keyward.engine.builtin.hash;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.ElementTable;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.FieldExpiry;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackEditor;
import io.keyward.engine.builtin.structure.ListpackReply;
import io.keyward.engine.text.Numbers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the value of a hash key.
 *
 * <p>A small hash is a listpack in the entry, fields and values by turns, or triples once one of
 * its fields expires; a big one is an {@link ElementTable}. What is small is said by {@code
 * hash-max-listpack-entries} and {@code hash-max-listpack-value}; a hash that has become big stays
 * so. Nothing here looks at the clock: see {@link LiveHash}.
 */
public final class HashValue {
  /** A listpack is not grown beyond this. */
  private static final int MOST_PACKED_BYTES = 1 << 30;

  private HashValue() {}

  static boolean packed(Entry hash) {
    return hash.encoding() != Encoding.HASHTABLE;
  }

  /** Entries of the listpack that make a field of a packed hash: 2, or 3 with its time. */
  private static int stride(Entry hash) {
    return hash.encoding() == Encoding.LISTPACK ? 2 : 3;
  }

  /** Position of the first field of a packed hash, or -1. */
  static int firstField(Entry hash) {
    return Listpack.first(hash.bytes(), hash.start());
  }

  /** Position of the field after the one with that value in a packed hash, or -1. */
  static int nextField(Entry hash, int value) {
    byte[] bytes = hash.bytes();
    int next = Listpack.next(bytes, value);
    return hash.encoding() == Encoding.LISTPACK ? next : Listpack.next(bytes, next);
  }

  /** Position of a field of a packed hash by its number. */
  static int seekField(Entry hash, int index) {
    return Listpack.seek(hash.bytes(), hash.start(), index * stride(hash));
  }

  static ElementTable table(Entry hash) {
    return (ElementTable) hash.held();
  }

  /** The number of fields. */
  static int size(Entry hash) {
    return switch (hash.encoding()) {
      case LISTPACK -> Listpack.count(hash.bytes(), hash.start()) >> 1;
      case LISTPACK_EX -> Listpack.count(hash.bytes(), hash.start()) / 3;
      default -> table(hash).size();
    };
  }

  /** Position of the field with this name in a packed hash, or -1. */
  static int findPacked(Entry hash, byte[] name, int offset, int length) {
    return Listpack.find(hash.bytes(), firstField(hash), name, offset, length, stride(hash) - 1);
  }

  /** Position of the value of this field in a packed hash, or -1. */
  static int findPackedValue(Entry hash, byte[] name, int offset, int length) {
    int field = findPacked(hash, name, offset, length);
    return field < 0 ? -1 : Listpack.next(hash.bytes(), field);
  }

  static boolean contains(Entry hash, byte[] name, int offset, int length) {
    return packed(hash)
        ? findPacked(hash, name, offset, length) >= 0
        : table(hash).find(name, offset, length) != ElementTable.ABSENT;
  }

  /** The length of a field's value, 0 if the field is not there. */
  static int valueLength(Entry hash, byte[] name, int offset, int length) {
    if (packed(hash)) {
      int value = findPackedValue(hash, name, offset, length);
      return value < 0 ? 0 : Listpack.textLengthAt(hash.bytes(), value);
    }
    ElementTable table = table(hash);
    int field = table.find(name, offset, length);
    return field == ElementTable.ABSENT ? 0 : table.valueLength(field);
  }

  /** A copy of a field's value, or null if the field is not there. */
  public static byte @Nullable [] copyOf(Entry hash, byte[] name, int offset, int length) {
    if (packed(hash)) {
      int value = findPackedValue(hash, name, offset, length);
      return value < 0 ? null : Listpack.entryText(hash.bytes(), value);
    }
    ElementTable table = table(hash);
    int field = table.find(name, offset, length);
    if (field == ElementTable.ABSENT) {
      return null;
    }
    int from = table.valueOffset(field);
    return Arrays.copyOfRange(table.bytes(field), from, from + table.valueLength(field));
  }

  /** Sends a field's value, or nothing if the field is not there. */
  static void send(Entry hash, byte[] name, int offset, int length, Reply reply) {
    if (packed(hash)) {
      int value = findPackedValue(hash, name, offset, length);
      if (value < 0) {
        reply.nothing();
      } else {
        ListpackReply.send(hash.bytes(), value, reply);
      }
      return;
    }
    ElementTable table = table(hash);
    int field = table.find(name, offset, length);
    if (field == ElementTable.ABSENT) {
      reply.nothing();
    } else {
      sendValue(table, field, reply);
    }
  }

  static void sendName(ElementTable table, int field, Reply reply) {
    reply.bulk(table.bytes(field), table.nameOffset(field), table.nameLength(field));
  }

  static void sendValue(ElementTable table, int field, Reply reply) {
    reply.bulk(table.bytes(field), table.valueOffset(field), table.valueLength(field));
  }

  /**
   * The hash at argument 1, made if it is not there, in the encoding that the fields and values
   * from the argument {@code from} on call for.
   *
   * @param present the hash as {@link Database#write} has found it, or null
   */
  static Entry open(Database database, @Nullable Entry present, Request request, int from) {
    LiveSettings settings = database.keyspace().home().settings();
    boolean fits = fits(settings, present, request, from);
    if (present != null) {
      if (!fits && packed(present)) {
        toTable(present);
      }
      return present;
    }
    if (fits) {
      Entry hash =
          database
              .placement()
              .create(request, 1, Type.HASH, Encoding.LISTPACK, roomFor(request, from));
      ListpackEditor.initialize(hash);
      return hash;
    }
    ElementTable table = newTable(database.holderOf(request, 1));
    return database
        .placement()
        .overwrite(null, request, 1, Type.HASH, Encoding.HASHTABLE, table, -1);
  }

  private static boolean fits(
      LiveSettings settings, @Nullable Entry present, Request request, int from) {
    int count = request.count();
    if ((count - from) / 2 > settings.number(Directive.HASH_MAX_LISTPACK_ENTRIES)) {
      return false;
    }
    long most = settings.number(Directive.HASH_MAX_LISTPACK_VALUE);
    long total = 0;
    for (int i = from; i < count; i++) {
      if (request.length(i) > most) {
        return false;
      }
      total += request.length(i);
    }
    if (present != null && packed(present)) {
      total += Listpack.totalBytes(present.bytes(), present.start());
    }
    return total <= MOST_PACKED_BYTES;
  }

  private static int roomFor(Request request, int from) {
    int room = Listpack.EMPTY_BYTES;
    for (int i = from; i < request.count(); i++) {
      room += ListpackEditor.encodedSize(request.bytes(), request.offset(i), request.length(i));
    }
    return room;
  }

  /** Sets a field, which does not expire any more, and says whether it is new. */
  static boolean set(
      Entry hash, byte[] name, int offset, int length, byte[] value, int from, int valueLength) {
    return set(hash, name, offset, length, value, from, valueLength, false);
  }

  /** Sets a field, which expires when it did before, and says whether it is new. */
  static boolean setKeepingTime(
      Entry hash, byte[] name, int offset, int length, byte[] value, int from, int valueLength) {
    return set(hash, name, offset, length, value, from, valueLength, true);
  }

  private static boolean set(
      Entry hash,
      byte[] name,
      int offset,
      int length,
      byte[] value,
      int from,
      int valueLength,
      boolean keepTime) {
    if (packed(hash)) {
      LiveSettings settings = hash.database().keyspace().home().settings();
      long most = settings.number(Directive.HASH_MAX_LISTPACK_VALUE);
      if (length <= most && valueLength <= most) {
        return setPacked(hash, name, offset, length, value, from, valueLength, keepTime, settings);
      }
      toTable(hash);
    }
    ElementTable table = table(hash);
    int before = table.size();
    long time = FieldExpiry.NEVER;
    if (keepTime && table.expiring() > 0) {
      int present = table.find(name, offset, length);
      time = present == ElementTable.ABSENT ? FieldExpiry.NEVER : table.expiry(present);
    }
    table.put(name, offset, length, value, from, valueLength, time);
    return table.size() > before;
  }

  private static boolean setPacked(
      Entry hash,
      byte[] name,
      int offset,
      int length,
      byte[] value,
      int from,
      int valueLength,
      boolean keepTime,
      LiveSettings settings) {
    int field = findPacked(hash, name, offset, length);
    if (field >= 0) {
      int present = Listpack.next(hash.bytes(), field);
      ListpackEditor.replace(hash, present, value, from, valueLength);
      if (hash.encoding() == Encoding.LISTPACK_EX && !keepTime) {
        expireAt(hash, name, offset, length, FieldExpiry.NEVER);
      }
      return false;
    }
    reserve(hash, name, offset, length, value, from, valueLength);
    ListpackEditor.append(hash, name, offset, length);
    ListpackEditor.append(hash, value, from, valueLength);
    if (hash.encoding() == Encoding.LISTPACK_EX) {
      ListpackEditor.appendInteger(hash, 0);
    }
    if (size(hash) > settings.number(Directive.HASH_MAX_LISTPACK_ENTRIES)) {
      toTable(hash);
    }
    return true;
  }

  /** Makes room for a further pair at one go, so that the entry moves once at most. */
  private static void reserve(
      Entry hash, byte[] name, int offset, int length, byte[] value, int from, int valueLength) {
    int total = Listpack.totalBytes(hash.bytes(), hash.start());
    int headers = 2 * 10;
    if (hash.capacity() - total < length + valueLength + headers) {
      hash.reserve(
          total
              + ListpackEditor.encodedSize(name, offset, length)
              + ListpackEditor.encodedSize(value, from, valueLength));
    }
  }

  /** Removes a field, and says whether it was there. The hash may be empty afterwards. */
  static boolean delete(Entry hash, byte[] name, int offset, int length) {
    if (!packed(hash)) {
      return table(hash).remove(name, offset, length);
    }
    int field = findPacked(hash, name, offset, length);
    if (field < 0) {
      return false;
    }
    ListpackEditor.delete(hash, field, stride(hash));
    int total = Listpack.totalBytes(hash.bytes(), hash.start());
    if (total < hash.capacity() - (hash.capacity() >> 2)) {
      hash.shrink(total);
    }
    return true;
  }

  /** When a field that is there expires; {@link FieldExpiry#NEVER} if it does not. */
  static long expiry(Entry hash, byte[] name, int offset, int length) {
    return switch (hash.encoding()) {
      case LISTPACK -> FieldExpiry.NEVER;
      case LISTPACK_EX ->
          FieldExpiry.packedTime(hash.bytes(), findPackedValue(hash, name, offset, length));
      default -> table(hash).expiry(table(hash).find(name, offset, length));
    };
  }

  /** Sets when a field that is there expires; {@link FieldExpiry#NEVER} for never. */
  static void expireAt(Entry hash, byte[] name, int offset, int length, long time) {
    if (expiry(hash, name, offset, length) == time) {
      return;
    }
    if (time != FieldExpiry.NEVER) {
      // First what may find no memory: a hash may stand there though it has no such field yet.
      hash.database().departures().fieldExpires(hash, time);
    }
    if (packed(hash)) {
      if (hash.encoding() == Encoding.LISTPACK) {
        FieldExpiry.makeTriples(hash);
      }
      FieldExpiry.setPacked(hash, findPacked(hash, name, offset, length), time);
    } else {
      ElementTable table = table(hash);
      table.expireAt(table.find(name, offset, length), time);
    }
  }

  private static ElementTable newTable(Database database) {
    return database.begin(new ElementTable(database.pool(), database.account()));
  }

  private static void toTable(Entry hash) {
    ElementTable table = newTable(hash.database());
    byte[] bytes = hash.bytes();
    byte[] digits = new byte[Numbers.MAX_INTEGER_LENGTH];
    int field = Listpack.first(bytes, hash.start());
    while (field >= 0) {
      int value = Listpack.next(bytes, field);
      int reference;
      int valueLength = Listpack.textLengthAt(bytes, value);
      long time =
          hash.encoding() == Encoding.LISTPACK
              ? FieldExpiry.NEVER
              : FieldExpiry.packedTime(bytes, value);
      if (Listpack.isIntegerAt(bytes, field)) {
        int length = Numbers.formatInteger(Listpack.integerAt(bytes, field), digits, 0);
        reference = table.place(digits, 0, length, valueLength, time);
      } else {
        reference =
            table.place(
                bytes,
                Listpack.stringOffsetAt(bytes, field),
                Listpack.stringLengthAt(bytes, field),
                valueLength,
                time);
      }
      Listpack.entryText(bytes, value, table.bytes(reference), table.valueOffset(reference));
      field = nextField(hash, value);
    }
    hash.hold(table, Encoding.HASHTABLE);
  }
}
