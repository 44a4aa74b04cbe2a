package io.keyward.engine.builtin.string;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.bytes.Pieces;
import io.keyward.engine.text.Numbers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the value of a string key.
 *
 * <p>A canonical 64-bit integer is kept as eight bytes (INT); up to {@value #EMBEDDED} bytes are
 * called EMBSTR and longer ones RAW, as Redis names them; both stand in the entry as they are. From
 * {@link Pieces#LEAST} bytes on it is a {@link LongString}, called RAW too.
 */
public final class StringValue {
  static final int EMBEDDED = 44;

  /** Bytes that are copied in the time of one step. */
  private static final int COPIED_IN_A_STEP = 256;

  private StringValue() {}

  /** Sends the value. */
  public static void send(Entry entry, Reply reply) {
    Encoding encoding = entry.encoding();
    if (encoding == Encoding.INT) {
      reply.bulkInteger(entry.integer());
    } else if (encoding == Encoding.PIECES) {
      Pieces bytes = LongString.of(entry).bytes();
      reply.bulk(bytes, 0, bytes.length());
    } else {
      reply.bulk(entry.bytes(), entry.stringOffset(), entry.stringLength());
    }
  }

  /** Lets a command begin in slices that looks at or copies so many bytes. */
  public static void expectLength(Request request, int length) {
    Slices.expect(request, length / COPIED_IN_A_STEP);
  }

  /** The length of the value's text. */
  public static int length(Entry entry) {
    Encoding encoding = entry.encoding();
    if (encoding == Encoding.PIECES) {
      return LongString.of(entry).bytes().length();
    }
    return encoding == Encoding.INT ? Numbers.integerLength(entry.integer()) : entry.stringLength();
  }

  /**
   * The array that holds the value's text, for reading: the entry's, or for an INT the one into
   * which the home writes numbers, which stays as it is until the next such number, or for a long
   * string a copy.
   */
  public static byte[] bytes(Entry entry) {
    Encoding encoding = entry.encoding();
    if (encoding == Encoding.PIECES) {
      return LongString.of(entry).bytes().toArray();
    }
    if (encoding != Encoding.INT) {
      return entry.bytes();
    }
    byte[] text = entry.database().keyspace().home().numberText();
    Numbers.formatInteger(entry.integer(), text, 0);
    return text;
  }

  /** Where the value's text begins in {@link #bytes}. */
  public static int offset(Entry entry) {
    Encoding encoding = entry.encoding();
    return encoding == Encoding.INT || encoding == Encoding.PIECES ? 0 : entry.stringOffset();
  }

  /**
   * Makes the value a RAW string of another length (of an INT, a greater one) that keeps the bytes
   * it has; what follows them is undefined. Neither length is that of a long string.
   *
   * @return where its bytes begin
   */
  public static int resize(Entry entry, int length) {
    int kept = Math.min(length(entry), length);
    if (entry.encoding() == Encoding.INT) {
      long value = entry.integer();
      entry.reserve(Entry.lengthBytes(length) + length);
      int offset = entry.writeStringLength(length);
      Numbers.formatInteger(value, entry.bytes(), offset);
      entry.encoding(Encoding.RAW);
      return offset;
    }
    int needed = Entry.lengthBytes(length) + length;
    if (needed > entry.capacity()) {
      // A string that grows is given room to go on growing: half as much again, at most 1 MiB.
      entry.reserve(
          (int) Math.min(Integer.MAX_VALUE - 4096L, needed + Math.min(needed / 2L, 1 << 20)));
    }
    int from = entry.stringOffset();
    int to = entry.start() + Entry.lengthBytes(length);
    if (from != to) {
      System.arraycopy(entry.bytes(), from, entry.bytes(), to, kept);
    }
    entry.writeStringLength(length);
    entry.encoding(Encoding.RAW);
    return to;
  }

  /**
   * Makes the value a RAW string of at least this length, with zeros behind its present bytes.
   * Neither length is that of a long string.
   *
   * @return where its bytes begin
   */
  public static int extend(Entry entry, int length) {
    int before = length(entry);
    if (length <= before) {
      return resize(entry, before);
    }
    int offset = resize(entry, length);
    Arrays.fill(entry.bytes(), offset + before, offset + length, (byte) 0);
    return offset;
  }

  /**
   * Adds a key that is not there, with a RAW string of so many zeros, too few for a long string.
   *
   * @return where its bytes begin in the database's view
   */
  public static int createZeros(Database database, Request request, int keyArgument, int length) {
    int room = Entry.lengthBytes(length) + length;
    Entry entry =
        database.placement().create(request, keyArgument, Type.STRING, Encoding.RAW, room);
    int offset = entry.writeStringLength(length);
    Arrays.fill(entry.bytes(), offset, offset + length, (byte) 0);
    return offset;
  }

  /**
   * Gives a key these bytes as a RAW string; too few for a long one.
   *
   * @param present the key as {@link Database#write} has found it, or null
   * @param expiry milliseconds since 1970, or -1 for a key that does not expire
   */
  public static void setRaw(
      Database database,
      @Nullable Entry present,
      Request request,
      int keyArgument,
      byte[] value,
      long expiry) {
    int room = Math.addExact(Entry.lengthBytes(value.length), value.length);
    database
        .placement()
        .overwrite(present, request, keyArgument, Type.STRING, Encoding.RAW, room, expiry)
        .writeString(value, 0, value.length);
  }

  /**
   * Gives a key the value of an argument, whether the key is there or not.
   *
   * @param present the key as {@link Database#write} has found it, or null
   * @param expiry milliseconds since 1970, or -1 for a key that does not expire
   */
  public static void set(
      Database database,
      @Nullable Entry present,
      Request request,
      int keyArgument,
      int valueArgument,
      long expiry) {
    Pieces pieces = request.pieces(valueArgument);
    if (pieces != null) {
      LongString _ =
          LongString.set(database, present, request, keyArgument, pieces.share(), expiry);
      return;
    }
    set(
        database,
        present,
        request,
        keyArgument,
        request.bytes(),
        request.offset(valueArgument),
        request.length(valueArgument),
        expiry);
  }

  /** Gives a key the value of these bytes, kept as text even if they are an integer. */
  static void setText(
      Database database,
      @Nullable Entry present,
      Request request,
      int keyArgument,
      byte[] value,
      long expiry) {
    setText(database, present, request, keyArgument, value, 0, value.length, expiry);
  }

  private static void set(
      Database database,
      @Nullable Entry present,
      Request request,
      int keyArgument,
      byte[] bytes,
      int offset,
      int length,
      long expiry) {
    if (length <= Numbers.MAX_INTEGER_LENGTH && Numbers.isInteger(bytes, offset, length)) {
      database
          .placement()
          .overwrite(present, request, keyArgument, Type.STRING, Encoding.INT, Long.BYTES, expiry)
          .integer(Numbers.parseInteger(bytes, offset, length));
    } else {
      setText(database, present, request, keyArgument, bytes, offset, length, expiry);
    }
  }

  private static void setText(
      Database database,
      @Nullable Entry present,
      Request request,
      int keyArgument,
      byte[] bytes,
      int offset,
      int length,
      long expiry) {
    if (length >= Pieces.LEAST) {
      LongString.set(database, present, request, keyArgument, bytes, offset, length, expiry);
      return;
    }
    database
        .placement()
        .overwrite(
            present,
            request,
            keyArgument,
            Type.STRING,
            length <= EMBEDDED ? Encoding.EMBSTR : Encoding.RAW,
            Entry.lengthBytes(length) + length,
            expiry)
        .writeString(bytes, offset, length);
  }
}
