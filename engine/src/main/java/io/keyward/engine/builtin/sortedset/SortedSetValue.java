package io.keyward.engine.builtin.sortedset;

import io.keyward.config.directive.Directive;
import io.keyward.engine.Reply;
import io.keyward.engine.builtin.BuiltinKeyspace;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackEditor;
import io.keyward.engine.builtin.structure.ListpackReply;
import io.keyward.engine.text.Numbers;

/**
 * Reads and changes the sorted set of an entry, packed or big.
 *
 * <p>A <i>place</i> names a member: its position in the listpack or its reference in the pages,
 * {@link #NONE} for none. It is stale once the set has been changed.
 */
final class SortedSetValue {
  static final int NONE = 0;

  /** Redis does not let a listpack grow beyond this. */
  static final int MOST_PACKED_BYTES = 1 << 30;

  private SortedSetValue() {}

  private static boolean packed(Entry entry) {
    return entry.encoding() == Encoding.LISTPACK;
  }

  private static OrderedMembers list(Entry entry) {
    return (OrderedMembers) entry.held();
  }

  private static int place(int position) {
    return position == PackedMembers.NONE ? NONE : position;
  }

  /** The array into which the home writes the text of a number. */
  private static byte[] scratch(Entry entry) {
    return entry.database().keyspace().home().numberText();
  }

  static int size(Entry entry) {
    return packed(entry) ? PackedMembers.size(entry.bytes(), entry.start()) : list(entry).size();
  }

  /** The member of this name. */
  static int find(Entry entry, byte[] name, int offset, int length) {
    return packed(entry)
        ? place(PackedMembers.find(entry.bytes(), entry.start(), name, offset, length))
        : list(entry).find(name, offset, length);
  }

  static double score(Entry entry, int place) {
    return packed(entry) ? PackedMembers.scoreOf(entry.bytes(), place) : list(entry).score(place);
  }

  /** The rank of a member, counted from 0. */
  static int rank(Entry entry, int place) {
    return packed(entry)
        ? PackedMembers.rank(entry.bytes(), entry.start(), place)
        : list(entry).rank(place);
  }

  /** The member of a rank from 0 to size - 1. */
  static int at(Entry entry, int rank) {
    return packed(entry)
        ? PackedMembers.at(entry.bytes(), entry.start(), rank)
        : list(entry).at(rank);
  }

  static int next(Entry entry, int place) {
    return packed(entry)
        ? place(PackedMembers.next(entry.bytes(), place))
        : list(entry).next(place);
  }

  static int previous(Entry entry, int place) {
    return packed(entry)
        ? place(PackedMembers.previous(entry.bytes(), entry.start(), place))
        : list(entry).previous(place);
  }

  /** How many members lie before the bound. */
  static int countBefore(Entry entry, Bound bound) {
    return packed(entry)
        ? PackedMembers.countBefore(entry.bytes(), entry.start(), bound)
        : list(entry).countBefore(bound);
  }

  /** Writes a member's name as a bulk string. */
  static void sendName(Entry entry, int place, Reply reply) {
    if (!packed(entry)) {
      OrderedMembers list = list(entry);
      reply.bulk(list.bytes(place), list.nameOffset(place), list.nameLength(place));
      return;
    }
    ListpackReply.send(entry.bytes(), place, reply);
  }

  /* Changes. */

  static void score(Entry entry, int place, double score, byte[] name, int offset, int length) {
    if (packed(entry)) {
      PackedMembers.score(entry, place, score, name, offset, length, scratch(entry));
    } else {
      list(entry).score(place, score);
    }
  }

  /** Adds a member that is not there; what is too big for a listpack gets an order. */
  static void insert(Entry entry, double score, byte[] name, int offset, int length) {
    if (packed(entry)) {
      int size = PackedMembers.size(entry.bytes(), entry.start());
      long bytes = (long) Listpack.totalBytes(entry.bytes(), entry.start()) + length;
      if (mayPack(entry.database(), size + 1, length) && bytes <= MOST_PACKED_BYTES) {
        PackedMembers.insert(entry, score, name, offset, length, scratch(entry));
        return;
      }
      unpack(entry);
    }
    list(entry).insert(score, name, offset, length);
  }

  /** Whether a set of so many members, the longest of so many bytes, is kept in a listpack. */
  static boolean mayPack(Database database, int size, int longest) {
    var settings = database.keyspace().home().settings();
    return size <= settings.number(Directive.ZSET_MAX_LISTPACK_ENTRIES)
        && longest <= settings.number(Directive.ZSET_MAX_LISTPACK_VALUE);
  }

  /** Makes a listpack a big set if it is to hold so many members, the longest of this length. */
  static void expect(Entry entry, int size, int longest) {
    if (packed(entry) && !mayPack(entry.database(), size, longest)) {
      unpack(entry);
    }
  }

  private static void unpack(Entry entry) {
    OrderedMembers list = newMembers(entry.database());
    byte[] bytes = entry.bytes();
    byte[] scratch = scratch(entry);
    for (int at = Listpack.first(bytes, entry.start());
        at != PackedMembers.NONE;
        at = PackedMembers.next(bytes, at)) {
      double score = PackedMembers.scoreOf(bytes, at);
      if (Listpack.isIntegerAt(bytes, at)) {
        int length = Numbers.formatInteger(Listpack.integerAt(bytes, at), scratch, 0);
        list.insert(score, scratch, 0, length);
      } else {
        list.insert(
            score, bytes, Listpack.stringOffsetAt(bytes, at), Listpack.stringLengthAt(bytes, at));
      }
    }
    entry.hold(list, Encoding.SKIPLIST);
  }

  /** An empty big set of the database's keyspace. */
  static OrderedMembers newMembers(Database database) {
    BuiltinKeyspace keyspace = database.keyspace();
    Path path = keyspace.attachments().get(Path.class, any -> new Path());
    return database.begin(new OrderedMembers(database.pool(), database.account(), path));
  }

  /** Removes the member of this name, and says whether it was there; an empty set stays. */
  static boolean remove(Entry entry, byte[] name, int offset, int length) {
    int place = find(entry, name, offset, length);
    if (place == NONE) {
      return false;
    }
    if (packed(entry)) {
      ListpackEditor.delete(entry, place, 2);
    } else {
      list(entry).remove(place);
    }
    return true;
  }

  /**
   * Removes some members from a rank on; an empty set stays.
   *
   * <p>Between members of a big set there are check points.
   */
  static void removeRanks(Entry entry, int first, int count) {
    if (packed(entry)) {
      ListpackEditor.deleteRange(entry, first << 1, count << 1);
    } else {
      list(entry).removeRanks(first, count, entry.database().keyspace().slices()::longStep);
    }
  }

  /** Gives back what removals have left free in the slot of a listpack. */
  static void shrink(Entry entry) {
    if (packed(entry)) {
      entry.shrink(Listpack.totalBytes(entry.bytes(), entry.start()));
    }
  }
}
