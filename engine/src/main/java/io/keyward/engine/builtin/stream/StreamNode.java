package io.keyward.engine.builtin.stream;

import io.keyward.engine.Request;
import io.keyward.engine.builtin.structure.Block;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackEditor;

/**
 * Reads and writes one node of a stream: a listpack in Redis's layout.
 *
 * <pre>
 * master entry:  entries | deleted | fields | field 1 … field n | 0
 * entry:         flags | ms - node's ms | seq - node's seq
 *                      | value 1 … value n | pieces              if SAME_FIELDS
 *                      | fields | field 1 | value 1 … | pieces   else
 * </pre>
 *
 * <p>The master entry has the fields of the first entry that was added, but is none itself. The
 * number of pieces, itself not counted, lets a walk go backwards. A deleted entry stays with a flag
 * until its whole node goes.
 */
final class StreamNode {
  static final int DELETED = 1;
  static final int SAME_FIELDS = 2;

  /** flags, ms and seq. */
  private static final int HEAD_PIECES = 3;

  /** By how many bytes two numbers may grow at most. */
  private static final int MOST_GROWTH = 18;

  private StreamNode() {}

  /** Position of the number of entries that are not deleted. */
  static int entriesAt(byte[] bytes) {
    return Listpack.first(bytes, 0);
  }

  static long entries(byte[] bytes) {
    return Listpack.integerAt(bytes, entriesAt(bytes));
  }

  static long deleted(byte[] bytes) {
    return Listpack.integerAt(bytes, Listpack.next(bytes, entriesAt(bytes)));
  }

  /** Position of the number of fields in the master entry; the fields follow. */
  static int fieldsAt(byte[] bytes) {
    return Listpack.next(bytes, Listpack.next(bytes, entriesAt(bytes)));
  }

  /** Position of the first entry's flags, or -1. */
  static int firstEntry(byte[] bytes) {
    int fieldsAt = fieldsAt(bytes);
    return skip(bytes, fieldsAt, (int) Listpack.integerAt(bytes, fieldsAt) + 2);
  }

  /** Position so many pieces further on, or -1 at the end. */
  static int skip(byte[] bytes, int position, int pieces) {
    int at = position;
    for (int i = 0; i < pieces; i++) {
      at = Listpack.next(bytes, at);
    }
    return at;
  }

  /**
   * Writes the master entry of a new node.
   *
   * @param first the argument that is the first field; values and fields alternate from there
   */
  static void create(Block block, Request request, int first, int fields) {
    ListpackEditor.initialize(block);
    ListpackEditor.appendInteger(block, 0);
    ListpackEditor.appendInteger(block, 0);
    ListpackEditor.appendInteger(block, fields);
    for (int i = 0; i < fields; i++) {
      append(block, request, first + 2 * i);
    }
    ListpackEditor.appendInteger(block, 0);
  }

  /**
   * Adds an entry; its id is given as the difference to the node's.
   *
   * @throws OutOfMemoryError if there is no memory for it; then the node is as before
   */
  static void append(
      Block block, long msDelta, long seqDelta, Request request, int first, int fields) {
    long mark = ListpackEditor.mark(block);
    try {
      appendPieces(block, msDelta, seqDelta, request, first, fields);
      addTo(block, entriesAt(block.bytes()), 1);
    } catch (OutOfMemoryError full) {
      ListpackEditor.takeBack(block, mark);
      throw full;
    }
  }

  private static void appendPieces(
      Block block, long msDelta, long seqDelta, Request request, int first, int fields) {
    boolean same = sameFields(block.bytes(), request, first, fields);
    ListpackEditor.appendInteger(block, same ? SAME_FIELDS : 0);
    ListpackEditor.appendInteger(block, msDelta);
    ListpackEditor.appendInteger(block, seqDelta);
    if (!same) {
      ListpackEditor.appendInteger(block, fields);
    }
    for (int i = 0; i < fields; i++) {
      if (!same) {
        append(block, request, first + 2 * i);
      }
      append(block, request, first + 2 * i + 1);
    }
    ListpackEditor.appendInteger(block, HEAD_PIECES + (same ? fields : 2L * fields + 1));
  }

  private static void append(Block block, Request request, int argument) {
    ListpackEditor.append(
        block, request.bytes(), request.offset(argument), request.length(argument));
  }

  private static boolean sameFields(byte[] bytes, Request request, int first, int fields) {
    int at = fieldsAt(bytes);
    if (Listpack.integerAt(bytes, at) != fields) {
      return false;
    }
    for (int i = 0; i < fields; i++) {
      at = Listpack.next(bytes, at);
      int argument = first + 2 * i;
      if (!Listpack.equalsAt(
          bytes, at, request.bytes(), request.offset(argument), request.length(argument))) {
        return false;
      }
    }
    return true;
  }

  /** Marks an entry as deleted, where it is: flags always take one byte. */
  static void markDeleted(byte[] bytes, int flagsAt) {
    bytes[flagsAt] |= DELETED;
  }

  /** Finds the memory for what {@link #countDeleted} writes. */
  static void makeRoom(Block block) {
    block.reserve(Listpack.totalBytes(block.bytes(), 0) + MOST_GROWTH);
  }

  /** Says that so many entries have been marked; positions may change. */
  static void countDeleted(Block block, long marked) {
    addTo(block, entriesAt(block.bytes()), -marked);
    addTo(block, Listpack.next(block.bytes(), entriesAt(block.bytes())), marked);
  }

  private static void addTo(Block block, int position, long change) {
    long value = Listpack.integerAt(block.bytes(), position);
    ListpackEditor.replaceInteger(block, position, value + change);
  }

  /**
   * Checks that a listpack, which is sound as such, is a node: for data from elsewhere and for
   * tests.
   */
  static boolean validate(byte[] bytes) {
    int at = Listpack.first(bytes, 0);
    long entries = 0;
    long deleted = 0;
    long fields = 0;
    for (int i = 0; i < 3; i++) {
      if (at < 0 || !Listpack.isIntegerAt(bytes, at)) {
        return false;
      }
      entries = deleted;
      deleted = fields;
      fields = Listpack.integerAt(bytes, at);
      at = Listpack.next(bytes, at);
    }
    if (entries < 0 || deleted < 0 || fields < 0 || fields > Integer.MAX_VALUE / 4) {
      return false;
    }
    at = skipPresent(bytes, at, fields);
    if (at < 0 || !isInteger(bytes, at, 0)) {
      return false;
    }
    at = Listpack.next(bytes, at);
    long live = 0;
    long gone = 0;
    while (at >= 0) {
      long flags = flags(bytes, at);
      at = flags < 0 ? -1 : afterEntry(bytes, at, flags, fields);
      if (at == -1) {
        return false;
      }
      if ((flags & DELETED) != 0) {
        gone++;
      } else {
        live++;
      }
      at = Listpack.next(bytes, at);
    }
    return live == entries && gone == deleted;
  }

  private static long flags(byte[] bytes, int at) {
    boolean known = bytes[at] >= 0 && bytes[at] <= (DELETED | SAME_FIELDS);
    return known ? bytes[at] : -1;
  }

  /** Position of an entry's number of pieces, or -1 if the entry is damaged. */
  private static int afterEntry(byte[] bytes, int flagsAt, long flags, long masterFields) {
    int at = flagsAt;
    for (int i = 0; i < 2; i++) {
      at = Listpack.next(bytes, at);
      if (at < 0 || !Listpack.isIntegerAt(bytes, at)) {
        return -1;
      }
    }
    at = Listpack.next(bytes, at);
    long pieces = masterFields;
    long counted = HEAD_PIECES + masterFields;
    if ((flags & SAME_FIELDS) == 0) {
      if (at < 0 || !Listpack.isIntegerAt(bytes, at)) {
        return -1;
      }
      long own = Listpack.integerAt(bytes, at);
      if (own < 0 || own > Integer.MAX_VALUE / 4) {
        return -1;
      }
      at = Listpack.next(bytes, at);
      pieces = 2 * own;
      counted = HEAD_PIECES + 2 * own + 1;
    }
    at = skipPresent(bytes, at, pieces);
    return at >= 0 && isInteger(bytes, at, counted) ? at : -1;
  }

  private static int skipPresent(byte[] bytes, int position, long pieces) {
    int at = position;
    for (long i = 0; i < pieces && at >= 0; i++) {
      at = Listpack.next(bytes, at);
    }
    return at;
  }

  private static boolean isInteger(byte[] bytes, int at, long value) {
    return Listpack.isIntegerAt(bytes, at) && Listpack.integerAt(bytes, at) == value;
  }
}
