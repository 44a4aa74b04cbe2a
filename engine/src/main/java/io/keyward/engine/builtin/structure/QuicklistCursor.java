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

  @Nullable QuicklistNode node;

  /** Position in the listpack, or 0 in a plain node. */
  int position;

  /** The node's content before compression. */
  private byte[] bytes = NOWHERE;

  private byte[] expanded = NOWHERE;

  /** Makes a cursor that stands nowhere. */
  public QuicklistCursor() {}

  /** Whether there is an element to read. */
  public boolean isPlaced() {
    return node != null;
  }

  /** Whether the element is an integer, to be read by {@link #integer()}, or a text. */
  public boolean isInteger() {
    return !placed().plain && Listpack.isIntegerAt(bytes, position);
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
    return placed().plain ? 0 : Listpack.stringOffsetAt(bytes, position);
  }

  /** Length of the element's text. */
  public int textLength() {
    return placed().plain ? bytes.length : Listpack.stringLengthAt(bytes, position);
  }

  /** Whether the element's text, be it stored as an integer, is the given one. */
  public boolean contentEquals(byte[] other, int offset, int length) {
    return placed().plain
        ? Arrays.equals(bytes, 0, bytes.length, other, offset, offset + length)
        : Listpack.equalsAt(bytes, position, other, offset, length);
  }

  /** A copy of the element's text, be it stored as an integer. */
  public byte[] text() {
    return placed().plain ? bytes.clone() : Listpack.entryText(bytes, position);
  }

  QuicklistNode placed() {
    return Objects.requireNonNull(node, "the cursor stands nowhere");
  }

  /** Leaves the list and lets go of it. */
  public void clear() {
    node = null;
    bytes = NOWHERE;
  }

  /** Moves to the next element, towards the tail; false and nowhere behind the last. */
  public boolean next() {
    QuicklistNode current = placed();
    position = current.plain ? -1 : Listpack.next(bytes, position);
    return position >= 0 || enter(current.next, 0);
  }

  /** Moves to the previous element, towards the head; false and nowhere before the first. */
  public boolean previous() {
    QuicklistNode current = placed();
    position = current.plain ? -1 : Listpack.previous(bytes, 0, position);
    return position >= 0 || enter(current.previous, -1);
  }

  /** Moves to an element of a node, counted from its end if negative. */
  boolean enter(@Nullable QuicklistNode target, int index) {
    if (target == null) {
      clear();
      return false;
    }
    node = target;
    if (target.isCompressed()) {
      int size = target.size();
      // The text of a plain node is as long as its array.
      if (target.plain ? expanded.length != size : expanded.length < size) {
        expanded = new byte[size];
      }
      target.expandInto(expanded);
      bytes = expanded;
    } else {
      bytes = target.bytes();
    }
    position = target.plain ? 0 : Listpack.seek(bytes, 0, index);
    return true;
  }
}
