package io.keyward.engine.builtin;

import io.keyward.engine.builtin.structure.ByteBlock;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackEditor;

/**
 * When the fields of a hash expire, and what becomes of those whose time is up.
 *
 * <p>A small hash of which any field has ever had a time to live is LISTPACK_EX: a listpack of
 * triples, as Redis 7.4 keeps and writes it. The soonest to expire stands first, and fields that do
 * not expire stand last:
 *
 * <pre>
 * | field | value | milliseconds since 1970, 0 for never | field | value | ... |
 * </pre>
 *
 * In a big hash the {@link ElementTable} has the time in the field's own slot. A hash none of whose
 * fields expires pays for neither.
 *
 * <p>Every time is in milliseconds since 1970; {@link #NEVER} stands for none.
 */
public final class FieldExpiry {
  /** The time of a field that does not expire. */
  public static final long NEVER = -1;

  /** The latest time that a field may have, as in Redis: 46 bits. */
  public static final long LATEST = (1L << 46) - 1;

  private static final int TRIPLE = 3;

  private FieldExpiry() {}

  /** Whether any field of a hash may expire. */
  public static boolean any(Entry hash) {
    return switch (hash.encoding()) {
      case LISTPACK_EX -> soonest(hash) != NEVER;
      case HASHTABLE -> hash.type() == Type.HASH && table(hash).expiring() > 0;
      default -> false;
    };
  }

  private static ElementTable table(Entry hash) {
    return (ElementTable) hash.held();
  }

  /* Small hashes. */

  /** The time in the triple whose value stands at this position. */
  public static long packedTime(byte[] bytes, int value) {
    long time = Listpack.integerAt(bytes, Listpack.next(bytes, value));
    return time == 0 ? NEVER : time;
  }

  /** The earliest time of a small hash with fields that expire. */
  static long soonest(Entry hash) {
    byte[] bytes = hash.bytes();
    int field = Listpack.first(bytes, hash.start());
    return field < 0 ? NEVER : packedTime(bytes, Listpack.next(bytes, field));
  }

  /** Makes the pairs of a LISTPACK triples, none of which expires yet. */
  public static void makeTriples(Entry hash) {
    byte[] bytes = hash.bytes();
    int pairs = Listpack.count(bytes, hash.start()) >> 1;
    int total = Listpack.totalBytes(bytes, hash.start());
    ByteBlock triples = new ByteBlock(total + pairs * ListpackEditor.encodedSize(0));
    ListpackEditor.initialize(triples);
    int at = Listpack.first(bytes, hash.start());
    for (boolean value = false; at >= 0; value = !value) {
      if (Listpack.isIntegerAt(bytes, at)) {
        ListpackEditor.appendInteger(triples, Listpack.integerAt(bytes, at));
      } else {
        ListpackEditor.append(
            triples, bytes, Listpack.stringOffsetAt(bytes, at), Listpack.stringLengthAt(bytes, at));
      }
      if (value) {
        ListpackEditor.appendInteger(triples, 0);
      }
      at = Listpack.next(bytes, at);
    }
    int length = Listpack.totalBytes(triples.bytes(), 0);
    hash.reserve(length);
    System.arraycopy(triples.bytes(), 0, hash.bytes(), hash.start(), length);
    hash.encoding(Encoding.LISTPACK_EX);
  }

  /** Sets when the field at a position of a LISTPACK_EX expires, and moves it to its place. */
  public static void setPacked(Entry hash, int field, long time) {
    byte[] name = Listpack.entryText(hash.bytes(), field);
    byte[] value = Listpack.entryText(hash.bytes(), Listpack.next(hash.bytes(), field));
    ListpackEditor.delete(hash, field, TRIPLE);
    insertPacked(hash, name, value, time);
  }

  private static void insertPacked(Entry hash, byte[] name, byte[] value, long time) {
    byte[] bytes = hash.bytes();
    int before = Listpack.first(bytes, hash.start());
    while (before >= 0 && precedes(packedTime(bytes, Listpack.next(bytes, before)), time)) {
      before = Listpack.next(bytes, Listpack.next(bytes, Listpack.next(bytes, before)));
    }
    int at =
        before < 0
            ? ListpackEditor.append(hash, name, 0, name.length)
            : ListpackEditor.insertBefore(hash, before, name, 0, name.length);
    at = ListpackEditor.insertAfter(hash, at, value, 0, value.length);
    ListpackEditor.insertIntegerAfter(hash, at, time == NEVER ? 0 : time);
  }

  private static boolean precedes(long one, long other) {
    return one != NEVER && (other == NEVER || one <= other);
  }

  /* What has expired. */

  /**
   * Removes every field of a hash whose time is up.
   *
   * @return whether the hash is still there: one that has lost its last field is gone
   */
  public static boolean removeDue(Entry hash, long now) {
    hash.database().beforeChange(hash);
    int removed = hash.encoding().held() ? removeFromTable(hash, now) : removePacked(hash, now);
    return removed == 0 || hash.database().departures().fieldsExpired(hash, removed, isEmpty(hash));
  }

  private static boolean isEmpty(Entry hash) {
    return hash.encoding().held()
        ? table(hash).size() == 0
        : Listpack.first(hash.bytes(), hash.start()) < 0;
  }

  private static int removePacked(Entry hash, long now) {
    byte[] bytes = hash.bytes();
    int due = 0;
    int first = Listpack.first(bytes, hash.start());
    for (int field = first; field >= 0; due++) {
      int value = Listpack.next(bytes, field);
      long time = packedTime(bytes, value);
      if (time == NEVER || time > now) {
        break;
      }
      byte[] name = Listpack.entryText(bytes, field);
      hash.database().departures().fieldGone(hash, name, 0, name.length);
      field = Listpack.next(bytes, Listpack.next(bytes, value));
    }
    if (due > 0) {
      ListpackEditor.delete(hash, first, due * TRIPLE);
      hash.shrink(Listpack.totalBytes(hash.bytes(), hash.start()));
    }
    return due;
  }

  private static int removeFromTable(Entry hash, long now) {
    ElementTable table = table(hash);
    ExpiringHashes names = hash.database().expiringHashes();
    if (names.due(hash) > now) {
      return 0;
    }
    int before = table.size();
    names.due(hash, removeDue(hash, table, 0, Integer.MAX_VALUE, now).soonest());
    return before - table.size();
  }

  /**
   * What a walk over some fields of a big hash has found.
   *
   * @param bucket the bucket to go on with, 0 after the last
   * @param visited how many fields that expire it has met
   * @param soonest the earliest time of those that are left, or {@link Long#MAX_VALUE}
   */
  record Walk(int bucket, int visited, long soonest) {}

  /** Removes the fields that are due from the next few buckets of a big hash. */
  static Walk removeDue(Entry hash, ElementTable table, int bucket, int mostBuckets, long now) {
    long[] soonest = {Long.MAX_VALUE};
    int[] visited = new int[1];
    int next =
        table.visitExpiring(
            bucket,
            mostBuckets,
            field -> {
              visited[0]++;
              long time = table.expiry(field);
              if (time <= now) {
                hash.database()
                    .departures()
                    .fieldGone(
                        hash, table.bytes(field), table.nameOffset(field), table.nameLength(field));
                table.remove(field);
              } else {
                soonest[0] = Math.min(soonest[0], time);
              }
            });
    return new Walk(next, visited[0], soonest[0]);
  }
}
