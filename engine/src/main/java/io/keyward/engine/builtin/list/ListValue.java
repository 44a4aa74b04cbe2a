package io.keyward.engine.builtin.list;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Held;
import io.keyward.engine.builtin.KeyspaceNotifications;
import io.keyward.engine.builtin.NewValue;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackEditor;
import io.keyward.engine.builtin.structure.Quicklist;
import io.keyward.engine.builtin.structure.QuicklistCursor;
import io.keyward.engine.builtin.structure.QuicklistLimits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes and changes the value of a list key; {@link ListElements} reads it.
 *
 * <p>A list is one listpack in its entry until that would exceed {@code list-max-listpack-size};
 * then it is a {@link BigList}, and it becomes a listpack again when it has shrunk to half of the
 * limit, as it is set by then, so that a list at the limit does not go to and fro.
 */
public final class ListValue {
  /** In one of the steps that {@link Slices#expect} counts a big list compares so many elements. */
  static final int COMPARED_IN_A_STEP = 8;

  private ListValue() {}

  static BigList big(Entry list) {
    return (BigList) list.held();
  }

  static QuicklistLimits limits(Database database) {
    LiveSettings settings = database.keyspace().home().settings();
    return new QuicklistLimits(
        (int) settings.number(Directive.LIST_MAX_LISTPACK_SIZE),
        (int) settings.number(Directive.LIST_COMPRESS_DEPTH),
        database.keyspace().home().plainListElement());
  }

  /** The key's list for changing it, made if it is not there. */
  static Entry writeOrCreate(Request request, int argument, Entry into) {
    Database database = Database.of(request);
    Entry list = database.write(request, argument, Type.LIST, into);
    if (list == null) {
      list =
          database
              .placement()
              .create(
                  request.bytes(),
                  request.offset(argument),
                  request.length(argument),
                  Type.LIST,
                  Encoding.LISTPACK,
                  Listpack.EMPTY_BYTES,
                  -1,
                  into);
      ListpackEditor.initialize(list);
    }
    return list;
  }

  /** Lets a list go that has been made and for whose first element there is no memory. */
  static void giveUpEmpty(Entry list) {
    if (size(list) == 0) {
      list.database().remove(list);
    }
  }

  /** The number of elements. */
  public static long size(Entry list) {
    return list.encoding() == Encoding.LISTPACK
        ? Listpack.count(list.bytes(), list.start())
        : big(list).elements().size();
  }

  /** Makes the list big if so many more bytes in so many elements would exceed the limit. */
  static void widen(Entry list, long moreBytes, int moreElements) {
    if (list.encoding() != Encoding.LISTPACK) {
      return;
    }
    QuicklistLimits limits = limits(list.database());
    long bytes = Listpack.totalBytes(list.bytes(), list.start()) + moreBytes;
    long count = Listpack.count(list.bytes(), list.start()) + (long) moreElements;
    if (limits.exceededBy(bytes, count) || moreBytes >= limits.largeElement()) {
      makeBig(list);
    }
  }

  private static void makeBig(Entry list) {
    Database database = list.database();
    BigList big = BigList.begin(database);
    Quicklist elements = big.elements();
    byte[] bytes = list.bytes();
    int start = list.start();
    if (Listpack.count(bytes, start) > 0) {
      elements.appendListpack(bytes, start, Listpack.totalBytes(bytes, start));
    }
    list.hold(big, Encoding.QUICKLIST);
  }

  /** Makes a big list that has shrunk a listpack again, or gives back slack of a small one. */
  private static void narrow(Entry list) {
    if (list.encoding() == Encoding.LISTPACK) {
      int used = Listpack.totalBytes(list.bytes(), list.start());
      if (used * 2 < list.capacity()) {
        list.shrink(used);
      }
      return;
    }
    Quicklist elements = big(list).elements();
    if (elements.isOneListpack() && isHalfEmpty(elements, limits(list.database()))) {
      Held former = list.unhold(Encoding.LISTPACK, elements.onlyListpackBytes());
      elements.copyOnlyListpack(list.bytes(), list.start());
      former.free(Integer.MAX_VALUE);
    }
  }

  private static boolean isHalfEmpty(Quicklist elements, QuicklistLimits limits) {
    long mostBytes = limits.fill() < 0 ? limits.maxBytes() / 2 : Integer.MAX_VALUE;
    return elements.onlyListpackBytes() <= mostBytes && elements.size() <= limits.maxCount() / 2;
  }

  /** Adds an element at one end; {@link #widen} has been asked before. */
  static void push(Entry list, boolean first, byte[] bytes, int offset, int length) {
    if (list.encoding() == Encoding.LISTPACK) {
      if (first) {
        ListpackEditor.prepend(list, bytes, offset, length);
      } else {
        ListpackEditor.append(list, bytes, offset, length);
      }
      return;
    }
    Quicklist elements = big(list).elements();
    if (first) {
      elements.pushFirst(bytes, offset, length);
    } else {
      elements.pushLast(bytes, offset, length);
    }
  }

  /**
   * Makes a key the list of these elements, of which there are some; it does not expire.
   *
   * @param present the key as it is there, or null
   * @throws OutOfMemoryError if there is no memory for that; then the key is as before
   */
  public static void overwrite(
      @Nullable Entry present, Request request, int argument, List<byte[]> elements) {
    Database database = present == null ? Database.of(request) : present.database();
    NewValue made = ListDump.of(elements, database);
    try {
      Entry _ =
          made.install(
              database,
              request.bytes(),
              request.offset(argument),
              request.length(argument),
              -1,
              database.newView(),
              present);
    } catch (OutOfMemoryError full) {
      made.discard(database);
      throw full;
    }
  }

  /** Replaces the element with this index, which is within the list. */
  static void set(Entry list, long index, byte[] bytes, int offset, int length) {
    widen(list, length, 1);
    if (list.encoding() == Encoding.LISTPACK) {
      int at = Listpack.seek(list.bytes(), list.start(), (int) index);
      ListpackEditor.replace(list, at, bytes, offset, length);
    } else {
      BigList big = big(list);
      big.elements().seek(big.cursor(), index);
      big.elements().set(big.cursor(), bytes, offset, length);
      big.cursor().clear();
    }
    narrow(list);
  }

  /**
   * Adds an element before or after the first one that equals the pivot.
   *
   * @return whether the pivot is there
   */
  static boolean insert(Entry list, boolean before, Request request, int pivot, int value) {
    if (list.encoding() == Encoding.LISTPACK) {
      byte[] bytes = request.bytes();
      int first = Listpack.first(list.bytes(), list.start());
      int at =
          Listpack.find(
              list.bytes(), first, bytes, request.offset(pivot), request.length(pivot), 0);
      if (at < 0) {
        return false;
      }
      int offset = request.offset(value);
      int length = request.length(value);
      if (before) {
        ListpackEditor.insertBefore(list, at, bytes, offset, length);
      } else {
        ListpackEditor.insertAfter(list, at, bytes, offset, length);
      }
      return true;
    }
    BigList big = big(list);
    Slices slices = list.database().keyspace().slices();
    QuicklistCursor cursor = ListElements.cursor(list);
    boolean found = false;
    for (boolean more = big.elements().seek(cursor, 0); more; more = cursor.next()) {
      slices.step();
      if (cursor.contentEquals(request.bytes(), request.offset(pivot), request.length(pivot))) {
        found = true;
        byte[] bytes = request.bytes();
        int offset = request.offset(value);
        int length = request.length(value);
        if (before) {
          big.elements().insertBefore(cursor, bytes, offset, length);
        } else {
          big.elements().insertAfter(cursor, bytes, offset, length);
        }
        break;
      }
    }
    cursor.clear();
    return found;
  }

  /** Removes so many elements from an index on; both are within the list. */
  static void removeRange(Entry list, long index, long count) {
    if (list.encoding() == Encoding.LISTPACK) {
      ListpackEditor.deleteRange(list, (int) index, (int) count);
    } else {
      Quicklist elements = big(list).elements();
      if (count == 1 && index == 0) {
        elements.removeFirst();
      } else if (count == 1 && index == elements.size() - 1) {
        elements.removeLast();
      } else {
        elements.removeRange(index, count);
      }
    }
    narrow(list);
  }

  /**
   * Removes elements that equal an argument: the first so many, the last so many if negative, 0 for
   * all.
   */
  static long remove(Entry list, long limit, Request request, int argument) {
    byte[] bytes = request.bytes();
    int offset = request.offset(argument);
    int length = request.length(argument);
    if (list.encoding() != Encoding.LISTPACK) {
      Slices slices = list.database().keyspace().slices();
      if (slices.divided()) {
        // The request may move at a check point.
        bytes = request.copyOf(argument);
        offset = 0;
      }
      long removed = big(list).elements().remove(limit, bytes, offset, length, slices::longStep);
      narrow(list);
      return removed;
    }
    long most = limit == 0 ? Long.MAX_VALUE : Math.abs(Math.max(limit, -Long.MAX_VALUE));
    long removed = 0;
    int at =
        limit < 0
            ? Listpack.last(list.bytes(), list.start())
            : Listpack.first(list.bytes(), list.start());
    while (at >= 0 && removed < most) {
      boolean equal = Listpack.equalsAt(list.bytes(), at, bytes, offset, length);
      if (limit < 0) {
        int previous = Listpack.previous(list.bytes(), list.start(), at);
        if (equal) {
          ListpackEditor.delete(list, at);
        }
        at = previous;
      } else {
        at = equal ? ListpackEditor.delete(list, at) : Listpack.next(list.bytes(), at);
      }
      removed += equal ? 1 : 0;
    }
    narrow(list);
    return removed;
  }

  /** Removes the key if the list has become empty, and tells so. */
  static void removeIfEmpty(Entry list, Request request, int argument) {
    if (size(list) == 0) {
      Database database = Database.of(request);
      database.remove(list);
      database.alsoChanged(request, argument, KeyspaceNotifications.GENERIC, "del");
    }
  }
}
