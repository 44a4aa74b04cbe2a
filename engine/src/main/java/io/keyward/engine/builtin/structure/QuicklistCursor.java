package io.keyward.engine.builtin.structure;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A place in a {@link Quicklist} and a view of the element there.
 *
 * <p>A cursor is made once and used again: it reads compressed nodes into a buffer of its own and
 * leaves the list as it is. Any change of the list ends its validity, until it is placed anew.
 */
public final class QuicklistCursor {

  private static final byte[] NOWHERE = new byte[0];

  private @Nullable QuicklistNodes nodes;
  private int node = QuicklistNodes.NONE;
  private boolean plain;

  /** Position in the listpack, or where the text of a plain node begins. */
  private int position;

  /** The node's content before compression, from {@link #start} on. */
  private byte[] bytes = NOWHERE;

  private int start;
  private byte[] expanded = NOWHERE;

  /** Makes a cursor that stands nowhere. */
  public QuicklistCursor() {}

  /** Whether the element is an integer, to be read by {@link #integer()}, or a text. */
  public boolean isInteger() {
    return !plain && Listpack.isIntegerAt(bytes, position);
  }

  /** The element, if it is an integer. */
  public long integer() {
    return Listpack.integerAt(bytes, position);
  }

  /** The array that holds the element's text. */
  public byte[] bytes() {
    return bytes;
  }

  /** Where the element's text begins. */
  public int textOffset() {
    return plain ? position : Listpack.stringOffsetAt(bytes, position);
  }

  /** Length of the element's text. */
  public int textLength() {
    return plain ? placed().size(node) : Listpack.stringLengthAt(bytes, position);
  }

  /** Whether the element's text, be it stored as an integer, is the given one. */
  public boolean contentEquals(byte[] other, int offset, int length) {
    return plain
        ? Arrays.equals(bytes, position, position + textLength(), other, offset, offset + length)
        : Listpack.equalsAt(bytes, position, other, offset, length);
  }

  /** A copy of the element's text, be it stored as an integer. */
  public byte[] text() {
    return plain
        ? Arrays.copyOfRange(bytes, position, position + textLength())
        : Listpack.entryText(bytes, position);
  }

  private QuicklistNodes placed() {
    return Objects.requireNonNull(nodes, "the cursor stands nowhere");
  }

  /** The node of the element. */
  int node() {
    if (node == QuicklistNodes.NONE) {
      throw new IllegalStateException("the cursor stands nowhere");
    }
    return node;
  }

  /** Where the element begins, counted from the start of its node's content. */
  int offsetInNode() {
    return position - start;
  }

  /** Position of the first element with that text from this one on in the same listpack, or -1. */
  int find(byte[] text, int offset, int length) {
    return Listpack.find(bytes, position, text, offset, length, 0);
  }

  /** Leaves the list and lets go of it. */
  public void clear() {
    nodes = null;
    node = QuicklistNodes.NONE;
    plain = false;
    bytes = NOWHERE;
    expanded = NOWHERE;
  }

  /** Moves to the next element, towards the tail; false and nowhere behind the last. */
  public boolean next() {
    position = plain ? -1 : Listpack.next(bytes, position);
    return position >= 0 || enter(placed(), placed().next(node), 0);
  }

  /** Moves to the previous element, towards the head; false and nowhere before the first. */
  public boolean previous() {
    position = plain ? -1 : Listpack.previous(bytes, start, position);
    return position >= 0 || enter(placed(), placed().previous(node), -1);
  }

  /** Moves to an element of a node, counted from its end if negative. */
  boolean enter(QuicklistNodes list, int target, int index) {
    if (target == QuicklistNodes.NONE) {
      clear();
      return false;
    }
    nodes = list;
    node = target;
    plain = list.plain(target);
    if (list.compressed(target)) {
      int size = list.size(target);
      if (expanded.length < size) {
        expanded = new byte[size];
      }
      list.expandInto(target, expanded, 0);
      bytes = expanded;
      start = 0;
    } else {
      bytes = list.bytes(target);
      start = list.start(target);
    }
    position = plain ? start : Listpack.seek(bytes, start, index);
    return true;
  }
}
