package io.keyward.engine.builtin.string;

import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.NewValue;
import io.keyward.engine.builtin.rdb.PiecewiseValue;
import io.keyward.engine.builtin.rdb.RdbInput;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.rdb.RdbType;

/** A string in RDB format. */
public final class StringDump {
  private static final int PIECE_BYTES = 256 * 1024;

  private StringDump() {}

  /** Writes type and value. */
  public static void write(Entry entry, RdbOutput out) {
    out.writeType(RdbType.STRING);
    if (entry.encoding() == Encoding.INT) {
      out.writeIntegerText(entry.integer());
    } else {
      out.writeString(entry.bytes(), entry.stringOffset(), entry.stringLength());
    }
  }

  /** Begins to write type and value of a long string. */
  public static PiecewiseValue inPieces(Entry entry, RdbOutput out) {
    out.writeType(RdbType.STRING);
    int length = entry.stringLength();
    out.writeLength(length);
    byte[] bytes = entry.bytes();
    int end = entry.stringOffset() + length;
    return new PiecewiseValue() {
      private int at = end - length;

      @Override
      public boolean writePiece() {
        int piece = Math.min(PIECE_BYTES, end - at);
        out.write(bytes, at, piece);
        at += piece;
        return at == end;
      }

      @Override
      public boolean steady() {
        return false;
      }
    };
  }

  /** Reads a value whose type has been read. */
  public static NewValue read(RdbInput in) {
    return NewValue.string(in.readString());
  }
}
