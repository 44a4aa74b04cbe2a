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
import io.keyward.engine.builtin.Held;
import io.keyward.engine.builtin.NewValue;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.structure.ByteBlock;
import io.keyward.engine.builtin.structure.IntegerSet;
import io.keyward.engine.builtin.structure.ListpackEditor;
import io.keyward.engine.text.Numbers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A set that no key names yet: what set algebra gathers before it is sent or stored.
 *
 * <p>It takes the same encodings as a set that grows in its key. Whoever makes one ends it with
 * {@link #store}, {@link #replace} or {@link #discard}.
 */
final class NewSet {
  private final Database database;
  private final ByteBlock block = new ByteBlock(64);
  private Encoding encoding;
  private @Nullable ElementTable table;

  NewSet(Database database, Encoding packed) {
    this.database = database;
    encoding = packed;
    PackedSet.initialize(block, packed);
  }

  private LiveSettings settings() {
    return database.keyspace().home().settings();
  }

  int size() {
    ElementTable big = table;
    return big != null ? big.size() : PackedSet.count(block, encoding);
  }

  /** Adds a member, and says whether it was new. */
  boolean add(byte[] member, int offset, int length) {
    ElementTable big = table;
    if (big != null) {
      return big.add(member, offset, length);
    }
    return switch (PackedSet.add(block, encoding, settings(), member, offset, length)) {
      case PRESENT -> false;
      case ADDED -> true;
      case NEEDS_LISTPACK -> {
        PackedSet.toListpack(block);
        encoding = Encoding.LISTPACK;
        ListpackEditor.append(block, member, offset, length);
        yield true;
      }
      case NEEDS_TABLE -> toTable().add(member, offset, length);
    };
  }

  private ElementTable toTable() {
    ElementTable made = SetValue.tableOf(database, block, encoding);
    table = made;
    encoding = Encoding.HASHTABLE;
    return made;
  }

  /** Removes a member, and says whether it was there. */
  boolean remove(byte[] member, int offset, int length) {
    ElementTable big = table;
    return big != null
        ? big.remove(member, offset, length)
        : PackedSet.remove(block, encoding, member, offset, length);
  }

  /** Makes a set whose members are all integers an integer set, if it is not too big for one. */
  void toIntegers() {
    int size = size();
    if (encoding == Encoding.INTSET || size > settings().number(Directive.SET_MAX_INTSET_ENTRIES)) {
      return;
    }
    long[] values = new long[size];
    int[] next = new int[1];
    visit(
        (bytes, offset, length) -> {
          values[next[0]++] = Numbers.parseInteger(bytes, offset, length);
          return true;
        });
    Arrays.sort(values);
    discard();
    table = null;
    encoding = Encoding.INTSET;
    IntegerSet.initialize(block);
    for (long value : values) {
      IntegerSet.add(block, value);
    }
  }

  private void visit(ElementVisitor visitor) {
    ElementTable big = table;
    if (big == null) {
      PackedSet.visit(block, encoding, visitor);
    } else {
      big.forEach(
          member ->
              visitor.visit(big.bytes(member), big.nameOffset(member), big.nameLength(member)));
    }
  }

  /** Sends the set. */
  void send(Reply reply) {
    reply.set(size());
    visit(
        (bytes, offset, length) -> {
          reply.bulk(bytes, offset, length);
          return true;
        });
  }

  /** Makes the set the value of a key, whatever that has been. */
  void store(Request request, int keyArgument) {
    Database acting = Database.of(request);
    Entry present = acting.write(request, keyArgument);
    ElementTable big = table;
    if (big != null) {
      Entry _ =
          acting
              .placement()
              .overwrite(present, request, keyArgument, Type.SET, Encoding.HASHTABLE, big, -1);
    } else {
      int total = PackedSet.totalBytes(block, encoding);
      write(
          acting
              .placement()
              .overwrite(present, request, keyArgument, Type.SET, encoding, total, -1));
    }
  }

  /** The set as a value for a key that is not there. */
  NewValue value() {
    ElementTable big = table;
    return big != null
        ? NewValue.held(Type.SET, Encoding.HASHTABLE, big)
        : NewValue.packed(Type.SET, encoding, block.bytes(), PackedSet.totalBytes(block, encoding));
  }

  /** Puts the set in the place of the table of a key, which is freed. */
  void replace(Entry entry) {
    ElementTable big = table;
    Held former;
    if (big != null) {
      former = entry.unhold(Encoding.LISTPACK, Integer.BYTES);
      entry.hold(big, Encoding.HASHTABLE);
    } else {
      former = entry.unhold(encoding, PackedSet.totalBytes(block, encoding));
      write(entry);
    }
    database.placement().freeLater(former);
  }

  /** Puts the set in the place of a packed set of the same encoding that is no smaller. */
  void replacePacked(Entry entry) {
    write(entry);
    SetValue.shrink(entry);
  }

  private void write(Entry entry) {
    System.arraycopy(
        block.bytes(), 0, entry.bytes(), entry.start(), PackedSet.totalBytes(block, encoding));
  }

  /** Gives back what the set has taken. */
  void discard() {
    ElementTable big = table;
    if (big != null) {
      database.placement().freeLater(big);
    }
  }
}
