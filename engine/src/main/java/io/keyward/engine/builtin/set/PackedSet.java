package io.keyward.engine.builtin.set;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.Reply;
import io.keyward.engine.builtin.ElementVisitor;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.structure.Block;
import io.keyward.engine.builtin.structure.IntegerSet;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackEditor;
import io.keyward.engine.builtin.structure.ListpackReply;
import io.keyward.engine.text.Numbers;

/**
 * A small set in one run of bytes: an {@link IntegerSet} as long as every member is an integer,
 * else a {@link Listpack}.
 *
 * <p>An integer set takes up to {@code set-max-intset-entries} members, a listpack up to {@code
 * set-max-listpack-entries} of up to {@code set-max-listpack-value} bytes.
 */
final class PackedSet {
  /** What became of an attempt to add a member. */
  enum Outcome {
    PRESENT,
    ADDED,
    /** Nothing has changed: the member wants the set to be a listpack first. */
    NEEDS_LISTPACK,
    /** Nothing has changed: the set has to be a table first. */
    NEEDS_TABLE
  }

  private static final int MOST_INTEGERS = 1 << 30;
  private static final int MOST_LISTPACK_BYTES = 1 << 30;

  private PackedSet() {}

  static void initialize(Block block, Encoding encoding) {
    if (encoding == Encoding.INTSET) {
      IntegerSet.initialize(block);
    } else {
      ListpackEditor.initialize(block);
    }
  }

  static int count(Block set, Encoding encoding) {
    return encoding == Encoding.INTSET
        ? IntegerSet.count(set.bytes(), set.start())
        : Listpack.count(set.bytes(), set.start());
  }

  static int totalBytes(Block set, Encoding encoding) {
    return encoding == Encoding.INTSET
        ? IntegerSet.totalBytes(set.bytes(), set.start())
        : Listpack.totalBytes(set.bytes(), set.start());
  }

  private static int find(Block set, byte[] member, int offset, int length) {
    byte[] bytes = set.bytes();
    return Listpack.find(bytes, Listpack.first(bytes, set.start()), member, offset, length, 0);
  }

  static boolean contains(Block set, Encoding encoding, byte[] member, int offset, int length) {
    if (encoding == Encoding.INTSET) {
      return Numbers.isInteger(member, offset, length)
          && IntegerSet.contains(
              set.bytes(), set.start(), Numbers.parseInteger(member, offset, length));
    }
    return find(set, member, offset, length) >= 0;
  }

  /** Adds a member if the set may stay as it is. */
  static Outcome add(
      Block set, Encoding encoding, LiveSettings settings, byte[] member, int offset, int length) {
    if (encoding == Encoding.INTSET) {
      return Numbers.isInteger(member, offset, length)
          ? addInteger(set, settings, Numbers.parseInteger(member, offset, length))
          : encodingFor(set, settings, length);
    }
    if (find(set, member, offset, length) >= 0) {
      return Outcome.PRESENT;
    }
    if (Listpack.count(set.bytes(), set.start())
            >= settings.number(Directive.SET_MAX_LISTPACK_ENTRIES)
        || length > settings.number(Directive.SET_MAX_LISTPACK_VALUE)
        || Listpack.totalBytes(set.bytes(), set.start()) + (long) length > MOST_LISTPACK_BYTES) {
      return Outcome.NEEDS_TABLE;
    }
    ListpackEditor.append(set, member, offset, length);
    return Outcome.ADDED;
  }

  private static Outcome addInteger(Block set, LiveSettings settings, long value) {
    byte[] bytes = set.bytes();
    int count = IntegerSet.count(bytes, set.start());
    if (count >= Math.min(settings.number(Directive.SET_MAX_INTSET_ENTRIES), MOST_INTEGERS)) {
      return IntegerSet.contains(bytes, set.start(), value) ? Outcome.PRESENT : Outcome.NEEDS_TABLE;
    }
    return IntegerSet.add(set, value) ? Outcome.ADDED : Outcome.PRESENT;
  }

  /** What a set of integers becomes when a text of this length joins it. */
  private static Outcome encodingFor(Block set, LiveSettings settings, int length) {
    byte[] bytes = set.bytes();
    int start = set.start();
    int count = IntegerSet.count(bytes, start);
    int longest = length;
    if (count > 0) {
      longest = Math.max(longest, Numbers.integerLength(IntegerSet.get(bytes, start, 0)));
      longest = Math.max(longest, Numbers.integerLength(IntegerSet.get(bytes, start, count - 1)));
    }
    return count < settings.number(Directive.SET_MAX_LISTPACK_ENTRIES)
            && longest <= settings.number(Directive.SET_MAX_LISTPACK_VALUE)
        ? Outcome.NEEDS_LISTPACK
        : Outcome.NEEDS_TABLE;
  }

  /** Turns a set of integers into a listpack in the same block. */
  static void toListpack(Block set) {
    byte[] bytes = set.bytes();
    int start = set.start();
    long[] values = new long[IntegerSet.count(bytes, start)];
    int total = Listpack.EMPTY_BYTES;
    for (int i = 0; i < values.length; i++) {
      values[i] = IntegerSet.get(bytes, start, i);
      total += ListpackEditor.encodedSize(values[i]);
    }
    set.reserve(total);
    ListpackEditor.initialize(set);
    for (long value : values) {
      ListpackEditor.appendInteger(set, value);
    }
  }

  /** Removes a member, and says whether it was there. */
  static boolean remove(Block set, Encoding encoding, byte[] member, int offset, int length) {
    if (encoding == Encoding.INTSET) {
      return Numbers.isInteger(member, offset, length)
          && IntegerSet.remove(set, Numbers.parseInteger(member, offset, length));
    }
    int position = find(set, member, offset, length);
    if (position < 0) {
      return false;
    }
    ListpackEditor.delete(set, position);
    return true;
  }

  /** Sends the member at an index and removes it. */
  static void pop(Block set, Encoding encoding, int index, Reply reply) {
    byte[] bytes = set.bytes();
    int start = set.start();
    if (encoding == Encoding.INTSET) {
      long value = IntegerSet.get(bytes, start, index);
      reply.bulkInteger(value);
      IntegerSet.remove(set, value);
    } else {
      int position = Listpack.seek(bytes, start, index);
      ListpackReply.send(bytes, position, reply);
      ListpackEditor.delete(set, position);
    }
  }

  /** Visits every member until the visitor has had enough; the set must not change meanwhile. */
  static void visit(Block set, Encoding encoding, ElementVisitor visitor) {
    byte[] bytes = set.bytes();
    int start = set.start();
    byte[] digits = new byte[Numbers.MAX_INTEGER_LENGTH];
    if (encoding == Encoding.INTSET) {
      int count = IntegerSet.count(bytes, start);
      for (int i = 0; i < count; i++) {
        int length = Numbers.formatInteger(IntegerSet.get(bytes, start, i), digits, 0);
        if (!visitor.visit(digits, 0, length)) {
          return;
        }
      }
      return;
    }
    boolean more = true;
    for (int at = Listpack.first(bytes, start); at >= 0 && more; at = Listpack.next(bytes, at)) {
      if (Listpack.isIntegerAt(bytes, at)) {
        int length = Numbers.formatInteger(Listpack.integerAt(bytes, at), digits, 0);
        more = visitor.visit(digits, 0, length);
      } else {
        more =
            visitor.visit(
                bytes, Listpack.stringOffsetAt(bytes, at), Listpack.stringLengthAt(bytes, at));
      }
    }
  }
}
