package io.keyward.engine.builtin.list;

import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.NewValue;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.rdb.PackedInput;
import io.keyward.engine.builtin.rdb.PiecewiseValue;
import io.keyward.engine.builtin.rdb.RdbInput;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.rdb.RdbType;
import io.keyward.engine.builtin.structure.Listpack;
import io.keyward.engine.builtin.structure.Quicklist;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list in RDB format: its nodes, each a listpack or a single element, behind a number that says
 * which.
 */
public final class ListDump {
  private static final int SINGLE = 1;
  private static final int PACKED = 2;

  private ListDump() {}

  /**
   * Writes type and value.
   *
   * @param between is called between nodes of a big list
   */
  public static void write(Entry list, RdbOutput out, Runnable between) {
    out.writeType(RdbType.LIST_QUICKLIST_2);
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
        (plain, bytes, offset, length) -> {
          out.writeLength(plain ? SINGLE : PACKED);
          out.writeString(bytes, offset, length);
          between.run();
        });
  }

  /** Begins to write type and value of a big list. */
  public static PiecewiseValue inPieces(Entry list, RdbOutput out) {
    Quicklist elements = ListValue.big(list).elements();
    out.writeType(RdbType.LIST_QUICKLIST_2);
    out.writeLength(elements.nodeCount());
    return new PiecewiseValue() {
      private int node = elements.firstNode();

      @Override
      public boolean writePiece() {
        node =
            elements.visitNode(
                node,
                (plain, bytes, offset, length) -> {
                  out.writeLength(plain ? SINGLE : PACKED);
                  out.writeString(bytes, offset, length);
                });
        return node == Quicklist.NO_NODE;
      }

      @Override
      public boolean steady() {
        return false;
      }
    };
  }

  /** The list of these elements, of which there are some. */
  static NewValue of(List<byte[]> elements, Database database) {
    BigList big = BigList.begin(database);
    Quicklist made = big.elements();
    for (byte[] element : elements) {
      made.pushLast(element, 0, element.length);
    }
    if (!fitsEntry(made)) {
      return NewValue.held(Type.LIST, Encoding.QUICKLIST, big);
    }
    NewValue packed = packed(made);
    database.placement().freeLater(big);
    return packed;
  }

  /** Reads a value whose type has been read; null if it has no elements. */
  public static @Nullable NewValue read(int type, RdbInput in, Database database) {
    BigList big = BigList.begin(database);
    Quicklist elements = big.elements();
    NewValue made = NewValue.held(Type.LIST, Encoding.QUICKLIST, big);
    try {
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
    } catch (RuntimeException | OutOfMemoryError broken) {
      made.discard(database);
      throw broken;
    }
    if (elements.size() > 0 && !fitsEntry(elements)) {
      return made;
    }
    NewValue packed = elements.size() == 0 ? null : packed(elements);
    made.discard(database);
    return packed;
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
        elements.appendPlain(element, 0, element.length);
      } else {
        throw in.malformed("a list has a node of unknown kind");
      }
    }
  }

  private static void append(byte[] listpack, Quicklist elements) {
    int total = Listpack.totalBytes(listpack, 0);
    if (total > Listpack.EMPTY_BYTES) {
      elements.appendListpack(listpack, 0, total);
    }
  }

  /** Whether there is one node, not too big to be the value itself. */
  private static boolean fitsEntry(Quicklist elements) {
    return elements.isOneListpack()
        && !elements.limits().exceededBy(elements.onlyListpackBytes(), elements.size());
  }

  private static NewValue packed(Quicklist elements) {
    byte[] listpack = new byte[elements.onlyListpackBytes()];
    elements.copyOnlyListpack(listpack, 0);
    return NewValue.packed(Type.LIST, Encoding.LISTPACK, listpack, listpack.length);
  }
}
