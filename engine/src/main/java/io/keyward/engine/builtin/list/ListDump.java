package io.keyward.engine.builtin.list;

import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.NewValue;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.rdb.PackedInput;
import io.keyward.engine.builtin.rdb.RdbInput;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.rdb.RdbType;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.Quicklist;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A list in RDB format: its nodes, each a listpack or a single element, behind a number that says
 * which.
 */
public final class ListDump {
  private static final int SINGLE = 1;
  private static final int PACKED = 2;

  private ListDump() {}

  /** Writes type and value. */
  public static void write(Entry list, RdbOutput out) {
    out.writeByte(RdbType.LIST_QUICKLIST_2);
    if (list.encoding() == Encoding.LISTPACK) {
      out.writeLength(1);
      out.writeLength(PACKED);
      int start = list.start();
      out.writeString(list.bytes(), start, Listpack.totalBytes(list.bytes(), start));
      return;
    }
    Quicklist elements = ListValue.big(list).elements();
    out.writeLength(elements.nodeCount());
    elements.forEachNode(
        (plain, bytes, length) -> {
          out.writeLength(plain ? SINGLE : PACKED);
          out.writeString(bytes, 0, length);
        });
  }

  /** Reads a value whose type has been read; null if it has no elements. */
  public static @Nullable NewValue read(int type, RdbInput in, Database database) {
    Quicklist elements = new Quicklist(ListValue.limits(database));
    switch (type) {
      case RdbType.LIST -> readElements(in, elements);
      case RdbType.LIST_ZIPLIST -> append(PackedInput.ziplist(in), elements);
      case RdbType.LIST_QUICKLIST -> {
        int nodes = in.readCount(1);
        for (int i = 0; i < nodes; i++) {
          append(PackedInput.ziplist(in), elements);
        }
      }
      default -> readNodes(in, elements);
    }
    if (elements.size() == 0) {
      return null;
    }
    NewValue packed = elements.isOneListpack() ? packed(elements) : null;
    return packed != null
        ? packed
        : NewValue.held(Type.LIST, Encoding.QUICKLIST, new BigList(elements, database.account()));
  }

  private static void readElements(RdbInput in, Quicklist elements) {
    int count = in.readCount(1);
    for (int i = 0; i < count; i++) {
      byte[] element = in.readString();
      elements.pushLast(element, 0, element.length);
    }
  }

  private static void readNodes(RdbInput in, Quicklist elements) {
    int nodes = in.readCount(2);
    for (int i = 0; i < nodes; i++) {
      long kind = in.readLength();
      if (kind == PACKED) {
        append(PackedInput.listpack(in), elements);
      } else if (kind == SINGLE) {
        byte[] element = in.readString();
        if (element.length == 0) {
          throw in.malformed("a list has an empty node");
        }
        elements.appendPlain(element);
      } else {
        throw in.malformed("a list has a node of unknown kind");
      }
    }
  }

  private static void append(byte[] listpack, Quicklist elements) {
    int total = Listpack.totalBytes(listpack, 0);
    if (total > Listpack.EMPTY_BYTES) {
      elements.appendListpack(total == listpack.length ? listpack : Arrays.copyOf(listpack, total));
    }
  }

  /** The only node as the value itself, if that is not too big for it. */
  private static @Nullable NewValue packed(Quicklist elements) {
    NewValue[] made = new NewValue[1];
    elements.forEachNode(
        (plain, bytes, length) -> {
          if (!elements.limits().exceededBy(length, elements.size())) {
            made[0] = NewValue.packed(Type.LIST, Encoding.LISTPACK, bytes, length);
          }
        });
    return made[0];
  }
}
