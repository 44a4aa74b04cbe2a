package io.keyward.engine.builtin;

import io.keyward.engine.text.Numbers;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A value that no key names yet: bytes that will stand in an entry, or an object beside the pages.
 *
 * <p>Whoever gets one ends it with {@link #install} or {@link #discard}.
 */
public final class NewValue {
  /** Up to so many bytes of text are called EMBSTR. */
  private static final int EMBEDDED = 44;

  private static final byte[] NONE = {};

  private final Type type;
  private final Encoding encoding;
  private final byte[] bytes;
  private final int length;
  private final @Nullable Held held;

  private NewValue(Type type, Encoding encoding, byte[] bytes, int length, @Nullable Held held) {
    this.type = type;
    this.encoding = encoding;
    this.bytes = bytes;
    this.length = length;
    this.held = held;
  }

  /** A string. */
  public static NewValue string(byte[] text) {
    Encoding encoding =
        Numbers.isInteger(text, 0, text.length)
            ? Encoding.INT
            : text.length <= EMBEDDED ? Encoding.EMBSTR : Encoding.RAW;
    return new NewValue(Type.STRING, encoding, text, text.length, null);
  }

  /** A packed collection: the first {@code length} bytes of an array. */
  public static NewValue packed(Type type, Encoding encoding, byte[] bytes, int length) {
    return new NewValue(type, encoding, bytes, length, null);
  }

  /** A big collection. */
  public static NewValue held(Type type, Encoding encoding, Held held) {
    return new NewValue(type, encoding, NONE, 0, held);
  }

  /** The bytes that it holds itself; none of a big collection, which lies elsewhere. */
  public int bytes() {
    return length;
  }

  /** The object of a big collection. */
  public <T extends Held> T held(Class<T> kind) {
    return kind.cast(Objects.requireNonNull(held));
  }

  /**
   * Gives the value to a key.
   *
   * @param expiry milliseconds since 1970, or -1 for a key that does not expire
   * @param former the key as it is there, or null
   * @throws OutOfMemoryError if there is no memory for that; then all is as before
   */
  public Entry install(
      Database database,
      byte[] key,
      int offset,
      int keyLength,
      long expiry,
      Entry into,
      @Nullable Entry former) {
    Held big = held;
    if (big != null) {
      return noted(
          database
              .placement()
              .create(key, offset, keyLength, type, encoding, big, expiry, into, former));
    }
    Entry entry =
        database
            .placement()
            .create(key, offset, keyLength, type, encoding, room(), expiry, into, former);
    switch (encoding) {
      case INT -> entry.integer(Numbers.parseInteger(bytes, 0, length));
      case RAW, EMBSTR -> entry.writeString(bytes, 0, length);
      default -> System.arraycopy(bytes, 0, entry.bytes(), entry.start(), length);
    }
    return noted(entry);
  }

  private Entry noted(Entry entry) {
    if (type == Type.HASH && FieldExpiry.any(entry)) {
      entry.database().departures().fieldExpires(entry, 0);
    }
    return entry;
  }

  private int room() {
    return switch (encoding) {
      case INT -> Long.BYTES;
      case RAW, EMBSTR -> Math.addExact(Entry.lengthBytes(length), length);
      default -> length;
    };
  }

  /** Gives back what the value has taken. */
  public void discard(Database database) {
    Held big = held;
    if (big != null) {
      database.placement().freeLater(big);
    }
  }
}
