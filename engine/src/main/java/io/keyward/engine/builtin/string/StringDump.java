package io.keyward.engine.builtin.string;

import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.NewValue;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.builtin.rdb.PiecewiseValue;
import io.keyward.engine.builtin.rdb.RdbInput;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.rdb.RdbType;
import io.keyward.engine.bytes.Pieces;
import java.util.Arrays;

/** A string in RDB format. */
public final class StringDump {
  private static final int PIECE_BYTES = 256 * 1024;

  private StringDump() {}

  /**
   * Writes type and value.
   *
   * @param between is called between parts of a long string
   */
  public static void write(Entry entry, RdbOutput out, Runnable between) {
    out.writeType(RdbType.STRING);
    if (entry.encoding() == Encoding.INT) {
      out.writeIntegerText(entry.integer());
    } else if (entry.encoding() == Encoding.PIECES) {
      Pieces bytes = LongString.of(entry).bytes();
      out.writeLength(bytes.length());
      bytes.read(
          0,
          bytes.length(),
          (array, offset, length) -> {
            out.write(array, offset, length);
            between.run();
          });
    } else {
      out.writeString(entry.bytes(), entry.stringOffset(), entry.stringLength());
    }
  }

  /** Begins to write type and value of a long string. */
  public static PiecewiseValue inPieces(Entry entry, RdbOutput out) {
    out.writeType(RdbType.STRING);
    if (entry.encoding() == Encoding.PIECES) {
      return inPieces(LongString.of(entry).bytes().share(), out);
    }
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

  /** The bytes are given back when the last of them has been written. */
  private static PiecewiseValue inPieces(Pieces bytes, RdbOutput out) {
    out.writeLength(bytes.length());
    return new PiecewiseValue() {
      private int next;

      @Override
      public boolean writePiece() {
        if (next < bytes.count()) {
          out.write(bytes.array(next), 0, bytes.used(next));
          next++;
        }
        boolean last = next == bytes.count();
        if (last) {
          bytes.release();
        }
        return last;
      }

      @Override
      public boolean steady() {
        return true;
      }
    };
  }

  /** Reads a value whose type has been read. */
  public static NewValue read(RdbInput in, Database database) {
    long length = in.longStringLength();
    if (length >= Pieces.LEAST) {
      return readLong(in, length, database);
    }
    byte[] text = in.readString();
    if (text.length < Pieces.LEAST) {
      return NewValue.string(text);
    }
    Pieces bytes = new Pieces(database.pool());
    bytes.append(text, 0, text.length);
    return held(bytes, database);
  }

  private static NewValue held(Pieces bytes, Database database) {
    return NewValue.held(Type.STRING, Encoding.PIECES, new LongString(bytes, database.account()));
  }

  /** Reads piece by piece, so that it takes no more memory than the value does. */
  private static NewValue readLong(RdbInput in, long length, Database database) {
    long _ = in.readLength();
    if (length > in.remaining() || length > Integer.MAX_VALUE) {
      throw in.malformed("a string is longer than what is left");
    }
    Pieces bytes = new Pieces(database.pool());
    try {
      byte[] piece = new byte[Pieces.SIZE];
      for (int left = (int) length; left > 0; left -= Pieces.SIZE) {
        int part = Math.min(left, Pieces.SIZE);
        in.readBytes(piece, part);
        if (part == Pieces.SIZE && isZero(piece)) {
          bytes.appendZeros(part);
        } else {
          bytes.append(piece, 0, part);
        }
      }
      return held(bytes, database);
    } catch (RuntimeException | OutOfMemoryError broken) {
      bytes.release();
      throw broken;
    }
  }

  private static boolean isZero(byte[] piece) {
    return piece[0] == 0 && Arrays.equals(piece, 0, piece.length - 1, piece, 1, piece.length);
  }
}
