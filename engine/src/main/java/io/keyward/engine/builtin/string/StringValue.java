package io.keyward.engine.builtin.string;

import io.keyward.engine.Reply;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Encoding;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Type;
import io.keyward.engine.text.Numbers;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the value of a string key.
 *
 * <p>A canonical 64-bit integer is kept as eight bytes (INT); up to {@value #EMBEDDED} bytes are
 * called EMBSTR and longer ones RAW, as Redis names them; both stand in the entry as they are.
 */
public final class StringValue {
  static final int EMBEDDED = 44;

  private StringValue() {}

  /** Sends the value. */
  public static void send(Entry entry, Reply reply) {
    if (entry.encoding() == Encoding.INT) {
      reply.bulkInteger(entry.integer());
    } else {
      reply.bulk(entry.bytes(), entry.stringOffset(), entry.stringLength());
    }
  }

  /** The length of the value's text. */
  public static int length(Entry entry) {
    return entry.encoding() == Encoding.INT
        ? Numbers.integerLength(entry.integer())
        : entry.stringLength();
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
          .overwrite(
              present, request, keyArgument, Type.STRING, Encoding.INT, Long.BYTES, expiry)
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
    database
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
