package io.keyward.engine.builtin.string;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Slices;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.text.Numbers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the value of a string key.
 *
 * <p>A canonical 64-bit integer is kept as eight bytes (INT); up to {@value #EMBEDDED} bytes are
 * called EMBSTR and longer ones RAW, as Redis names them; both stand in the entry as they are.
 */
public final class StringValue {
  static final int EMBEDDED = 44;

  /** A longer value is copied in pieces of this length, between which there are check points. */
  private static final int PIECE = 128 * 1024;

  /** Bytes that are copied in the time of one step. */
  private static final int COPIED_IN_A_STEP = 256;

  private StringValue() {}

  /** Sends the value. */
  public static void send(Entry entry, Reply reply) {
    if (entry.encoding() == Encoding.INT) {
      reply.bulkInteger(entry.integer());
    } else if (entry.stringLength() <= 2 * PIECE || !reply.drains()) {
      reply.bulk(entry.bytes(), entry.stringOffset(), entry.stringLength());
    } else {
      sendInPieces(entry, reply);
    }
  }

  private static void sendInPieces(Entry entry, Reply reply) {
    Slices slices = entry.database().keyspace().slices();
    byte[] bytes = entry.bytes();
    int from = entry.stringOffset();
    int length = entry.stringLength();
    reply.beginBulk(length);
    for (int done = 0; done < length; done += PIECE) {
      slices.longStep();
      reply.raw(bytes, from + done, Math.min(PIECE, length - done));
    }
    reply.endBulk();
  }

  /** Lets a command begin in slices that sends or keeps a string of this length. */
  static void expectLength(Request request, int length) {
    Slices.expect(request, length / COPIED_IN_A_STEP);
  }

  private static void write(Entry entry, byte[] source, int offset, int length) {
    if (length <= 2 * PIECE) {
      entry.writeString(source, offset, length);
      return;
    }
    Slices slices = entry.database().keyspace().slices();
    byte[] bytes = entry.bytes();
    int to = entry.writeStringLength(length);
    for (int done = 0; done < length; done += PIECE) {
      slices.longStep();
      System.arraycopy(source, offset + done, bytes, to + done, Math.min(PIECE, length - done));
    }
  }

  /** The length of the value's text. */
  public static int length(Entry entry) {
    return entry.encoding() == Encoding.INT
        ? Numbers.integerLength(entry.integer())
        : entry.stringLength();
  }

  /**
   * The array that holds the value's text: the entry's, or for an INT the one into which the home
   * writes numbers, which stays as it is until the next such number.
   */
  public static byte[] bytes(Entry entry) {
    if (entry.encoding() != Encoding.INT) {
      return entry.bytes();
    }
    byte[] text = entry.database().keyspace().home().numberText();
    Numbers.formatInteger(entry.integer(), text, 0);
    return text;
  }

  /** Where the value's text begins in {@link #bytes}. */
  public static int offset(Entry entry) {
    return entry.encoding() == Encoding.INT ? 0 : entry.stringOffset();
  }

  /**
   * Makes the value a RAW string of another length (of an INT, a greater one) that keeps the bytes
   * it has; what follows them is undefined.
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
   * Adds a key that is not there, with a RAW string of so many zeros.
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
   * Gives a key these bytes as a RAW string.
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
    Entry written =
        database
            .placement()
            .overwrite(
                present,
                request,
                keyArgument,
                Type.STRING,
                length <= EMBEDDED ? Encoding.EMBSTR : Encoding.RAW,
                Entry.lengthBytes(length) + length,
                expiry);
    write(written, bytes, offset, length);
  }
}
