package io.keyward.engine.builtin.set;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.ElementTable;
import io.keyward.engine.builtin.ElementVisitor;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.structure.Block;
import io.keyward.engine.builtin.structure.IntegerSet;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.ListpackEditor;
import io.keyward.engine.text.Numbers;

/**
 * Reads and writes the value of a set key: a {@link PackedSet} in the entry while it is small, else
 * an {@link ElementTable}.
 */
public final class SetValue {
  private SetValue() {}

  static ElementTable table(Entry set) {
    return (ElementTable) set.held();
  }

  private static LiveSettings settings(Database database) {
    return database.keyspace().home().settings();
  }

  /** The number of members. */
  public static int size(Entry set) {
    Encoding encoding = set.encoding();
    return encoding == Encoding.HASHTABLE ? table(set).size() : PackedSet.count(set, encoding);
  }

  static boolean contains(Entry set, byte[] member, int offset, int length) {
    Encoding encoding = set.encoding();
    return encoding == Encoding.HASHTABLE
        ? table(set).find(member, offset, length) != ElementTable.ABSENT
        : PackedSet.contains(set, encoding, member, offset, length);
  }

  /** Adds a member; a set that has been made for it goes if there is no memory for that. */
  static boolean addFirst(Entry set, byte[] bytes, int offset, int length) {
    try {
      return add(set, bytes, offset, length);
    } catch (OutOfMemoryError full) {
      if (size(set) == 0) {
        set.database().remove(set);
      }
      throw full;
    }
  }

  /**
   * Makes an empty set that is ready for the arguments from {@code from} to {@code to}.
   *
   * @param keyArgument a key that is not there
   */
  static Entry create(Database database, Request request, int keyArgument, int from, int to) {
    LiveSettings settings = settings(database);
    int members = to - from + 1;
    byte[] bytes = request.bytes();
    int offset = request.offset(from);
    int length = request.length(from);
    if (members <= settings.number(Directive.SET_MAX_INTSET_ENTRIES)
        && Numbers.isInteger(bytes, offset, length)) {
      int room =
          IntegerSet.EMPTY_BYTES + members * width(Numbers.parseInteger(bytes, offset, length));
      Entry set =
          database.placement().create(request, keyArgument, Type.SET, Encoding.INTSET, room);
      IntegerSet.initialize(set);
      return set;
    }
    if (members <= settings.number(Directive.SET_MAX_LISTPACK_ENTRIES)) {
      int room = listpackRoom(settings, request, from, to);
      Entry set =
          database.placement().create(request, keyArgument, Type.SET, Encoding.LISTPACK, room);
      ListpackEditor.initialize(set);
      return set;
    }
    ElementTable table = newTable(database.holderOf(request, keyArgument));
    return database
        .placement()
        .overwrite(null, request, keyArgument, Type.SET, Encoding.HASHTABLE, table, -1);
  }

  private static int width(long value) {
    return value == (short) value ? Short.BYTES : value == (int) value ? Integer.BYTES : Long.BYTES;
  }

  private static int listpackRoom(LiveSettings settings, Request request, int from, int to) {
    long most = settings.number(Directive.SET_MAX_LISTPACK_VALUE);
    int room = Listpack.EMPTY_BYTES;
    for (int i = from; i <= to && request.length(i) <= most; i++) {
      room += ListpackEditor.encodedSize(request.bytes(), request.offset(i), request.length(i));
    }
    return room;
  }

  /** Makes a packed set a table if so many members at once are too many for it. */
  static void expect(Entry set, int members) {
    Encoding encoding = set.encoding();
    LiveSettings settings = settings(set.database());
    if ((encoding == Encoding.LISTPACK
            && members > settings.number(Directive.SET_MAX_LISTPACK_ENTRIES))
        || (encoding == Encoding.INTSET
            && members > settings.number(Directive.SET_MAX_INTSET_ENTRIES))) {
      toTable(set);
    }
  }

  /** Adds a member, and says whether it was new. */
  static boolean add(Entry set, byte[] member, int offset, int length) {
    Encoding encoding = set.encoding();
    if (encoding == Encoding.HASHTABLE) {
      return table(set).add(member, offset, length);
    }
    LiveSettings settings = settings(set.database());
    return switch (PackedSet.add(set, encoding, settings, member, offset, length)) {
      case PRESENT -> false;
      case ADDED -> true;
      case NEEDS_LISTPACK -> {
        PackedSet.toListpack(set);
        set.encoding(Encoding.LISTPACK);
        ListpackEditor.append(set, member, offset, length);
        yield true;
      }
      case NEEDS_TABLE -> {
        toTable(set);
        yield table(set).add(member, offset, length);
      }
    };
  }

  private static void toTable(Entry set) {
    set.hold(tableOf(set.database(), set, set.encoding()), Encoding.HASHTABLE);
  }

  private static ElementTable newTable(Database database) {
    return database.begin(new ElementTable(database.pool(), database.account()));
  }

  /** A table of the members of a packed set. */
  static ElementTable tableOf(Database database, Block set, Encoding encoding) {
    ElementTable table = newTable(database);
    PackedSet.visit(
        set,
        encoding,
        (bytes, offset, length) -> {
          table.add(bytes, offset, length);
          return true;
        });
    return table;
  }

  /** Removes a member, and says whether it was there. The set may be empty afterwards. */
  static boolean remove(Entry set, byte[] member, int offset, int length) {
    Encoding encoding = set.encoding();
    if (encoding == Encoding.HASHTABLE) {
      return table(set).remove(member, offset, length);
    }
    if (!PackedSet.remove(set, encoding, member, offset, length)) {
      return false;
    }
    shrink(set);
    return true;
  }

  /** Gives room back when a packed set has become much smaller. */
  static void shrink(Entry set) {
    int total = PackedSet.totalBytes(set, set.encoding());
    if (total < set.capacity() - (set.capacity() >> 2)) {
      set.shrink(total);
    }
  }

  /**
   * Visits every member until the visitor has had enough; the set must not change meanwhile.
   *
   * <p>Between members of a big set there is a check point.
   */
  public static void visit(Entry set, ElementVisitor visitor) {
    Encoding encoding = set.encoding();
    if (encoding != Encoding.HASHTABLE) {
      PackedSet.visit(set, encoding, visitor);
      return;
    }
    ElementTable table = table(set);
    Slices slices = set.database().keyspace().slices();
    table.visitWhile(
        member -> {
          slices.step();
          return visitor.visit(
              table.bytes(member), table.nameOffset(member), table.nameLength(member));
        });
  }

  /** Sends every member, without the header of the aggregate. */
  static void sendAll(Entry set, Reply reply) {
    visit(
        set,
        (bytes, offset, length) -> {
          reply.bulk(bytes, offset, length);
          return true;
        });
  }

  /** Sends a member of a big set. */
  static void send(ElementTable table, int member, Reply reply) {
    reply.bulk(table.bytes(member), table.nameOffset(member), table.nameLength(member));
  }
}
