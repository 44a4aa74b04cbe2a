package io.keyward.engine.builtin.list;

import io.keyward.engine.Reply;
import io.keyward.engine.builtin.ElementVisitor;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackReply;
import io.keyward.engine.builtin.structure.QuicklistCursor;
import io.keyward.engine.text.Numbers;

/** Reads the elements of a list key, packed or big. */
public final class ListElements {
  private ListElements() {}

  /** Sends elements {@code from} to {@code to}, in that direction, both within the list. */
  static void send(Entry list, long from, long to, Reply reply) {
    long left = Math.abs(to - from) + 1;
    boolean backward = to < from;
    if (list.encoding() == Encoding.LISTPACK) {
      byte[] bytes = list.bytes();
      int start = list.start();
      int at = Listpack.seek(bytes, start, (int) from);
      for (; left > 0; left--) {
        ListpackReply.send(bytes, at, reply);
        at = backward ? Listpack.previous(bytes, start, at) : Listpack.next(bytes, at);
      }
      return;
    }
    Slices slices = list.database().keyspace().slices();
    QuicklistCursor cursor = cursor(list);
    ListValue.big(list).elements().seek(cursor, from);
    for (; left > 0; left--) {
      slices.step();
      send(cursor, reply);
      if (backward) {
        cursor.previous();
      } else {
        cursor.next();
      }
    }
    cursor.clear();
  }

  /** While a command waits for its next slice, another keyspace may read the list, too. */
  static QuicklistCursor cursor(Entry list) {
    return list.database().keyspace().slices().divided()
        ? new QuicklistCursor()
        : ListValue.big(list).cursor();
  }

  private static void send(QuicklistCursor cursor, Reply reply) {
    if (cursor.isInteger()) {
      reply.bulkInteger(cursor.integer());
    } else {
      reply.bulk(cursor.bytes(), cursor.textOffset(), cursor.textLength());
    }
  }

  /** Shows the elements from an index on until the visitor has enough. */
  public static void visit(Entry list, long first, ElementVisitor visitor) {
    if (first >= ListValue.size(list)) {
      return;
    }
    byte[] digits = new byte[Numbers.MAX_INTEGER_LENGTH];
    if (list.encoding() == Encoding.LISTPACK) {
      byte[] bytes = list.bytes();
      int at = Listpack.seek(bytes, list.start(), (int) first);
      while (at >= 0 && visitPacked(bytes, at, digits, visitor)) {
        at = Listpack.next(bytes, at);
      }
      return;
    }
    QuicklistCursor cursor = cursor(list);
    boolean more = ListValue.big(list).elements().seek(cursor, first);
    while (more && visit(cursor, digits, visitor)) {
      more = cursor.next();
    }
    cursor.clear();
  }

  private static boolean visitPacked(
      byte[] bytes, int position, byte[] digits, ElementVisitor visitor) {
    if (Listpack.isIntegerAt(bytes, position)) {
      int length = Numbers.formatInteger(Listpack.integerAt(bytes, position), digits, 0);
      return visitor.visit(digits, 0, length);
    }
    return visitor.visit(
        bytes, Listpack.stringOffsetAt(bytes, position), Listpack.stringLengthAt(bytes, position));
  }

  private static boolean visit(QuicklistCursor cursor, byte[] digits, ElementVisitor visitor) {
    if (cursor.isInteger()) {
      return visitor.visit(digits, 0, Numbers.formatInteger(cursor.integer(), digits, 0));
    }
    return visitor.visit(cursor.bytes(), cursor.textOffset(), cursor.textLength());
  }

  /** A copy of the element with this index, which is within the list. */
  static byte[] element(Entry list, long index) {
    if (list.encoding() == Encoding.LISTPACK) {
      int at = Listpack.seek(list.bytes(), list.start(), (int) index);
      return Listpack.entryText(list.bytes(), at);
    }
    QuicklistCursor cursor = cursor(list);
    ListValue.big(list).elements().seek(cursor, index);
    byte[] text = cursor.text();
    cursor.clear();
    return text;
  }

  /** Shows elements from one end on until the visitor has enough. */
  static void walk(Entry list, boolean backward, Visitor visitor) {
    long size = ListValue.size(list);
    if (list.encoding() == Encoding.LISTPACK) {
      byte[] bytes = list.bytes();
      int start = list.start();
      int at = backward ? Listpack.last(bytes, start) : Listpack.first(bytes, start);
      long index = backward ? size - 1 : 0;
      while (at >= 0) {
        int here = at;
        if (!visitor.visit(
            index,
            (other, offset, length) -> Listpack.equalsAt(bytes, here, other, offset, length))) {
          return;
        }
        at = backward ? Listpack.previous(bytes, start, at) : Listpack.next(bytes, at);
        index += backward ? -1 : 1;
      }
      return;
    }
    Slices slices = list.database().keyspace().slices();
    QuicklistCursor cursor = cursor(list);
    long index = backward ? size - 1 : 0;
    boolean more = ListValue.big(list).elements().seek(cursor, index);
    while (more && visitor.visit(index, cursor::contentEquals)) {
      slices.step();
      more = backward ? cursor.previous() : cursor.next();
      index += backward ? -1 : 1;
    }
    cursor.clear();
  }

  /** Receives elements; false ends the walk. */
  interface Visitor {
    boolean visit(long index, Element element);
  }

  /** An element that can be compared. */
  interface Element {
    boolean contentEquals(byte[] bytes, int offset, int length);
  }
}
