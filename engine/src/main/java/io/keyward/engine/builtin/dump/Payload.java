package io.keyward.engine.builtin.dump;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.CommandException;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Serializer;
import io.keyward.engine.builtin.rdb.Crc64;
import io.keyward.engine.builtin.rdb.RdbInput;
import io.keyward.engine.builtin.rdb.RdbOutput;
import io.keyward.engine.builtin.rdb.RdbType;
import java.util.Arrays;

/**
 * What travels from server to server: content in RDB format with a footer.
 *
 * <pre>
 * content
 * version   2 bytes, little endian
 * CRC64     8 bytes, little endian, of all before
 * </pre>
 */
public final class Payload {
  private static final int FOOTER_BYTES = 10;
  private static final CommandException WRONG_FOOTER =
      CommandException.error("DUMP payload version or checksum are wrong");

  /** Payloads for those who cannot name this class. */
  public static final Serializer SERIALIZER = Payload::of;

  private Payload() {}

  /** A value as DUMP gives it. */
  public static byte[] of(Entry entry) {
    RdbOutput out = write(entry);
    return Arrays.copyOf(out.bytes(), out.length());
  }

  static RdbOutput write(Entry entry) {
    LiveSettings settings = entry.database().keyspace().home().settings();
    RdbOutput out =
        new RdbOutput(
            64,
            (int) settings.number(Directive.RDB_VERSION),
            settings.text(Directive.RDBCOMPRESSION).equals("yes"));
    Values.writeValue(entry, out);
    close(out);
    return out;
  }

  /** Ends a payload with its footer. */
  public static void close(RdbOutput out) {
    out.writeShort(out.version());
    out.writeLong(Crc64.of(out.bytes(), 0, out.length()));
  }

  /**
   * Checks the footer of a payload.
   *
   * @return its content
   * @throws CommandException if the footer does not fit
   */
  public static RdbInput open(byte[] bytes, int offset, int length) {
    if (length < FOOTER_BYTES) {
      throw WRONG_FOOTER;
    }
    RdbInput footer = RdbInput.of(bytes, offset + length - FOOTER_BYTES, FOOTER_BYTES);
    int version = footer.readByte() | footer.readByte() << 8;
    if (version > RdbType.NEWEST_READ
        || footer.readLong() != Crc64.of(bytes, offset, length - Long.BYTES)) {
      throw WRONG_FOOTER;
    }
    return RdbInput.of(bytes, offset, length - FOOTER_BYTES);
  }
}
