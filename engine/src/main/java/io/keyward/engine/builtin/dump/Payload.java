package io.keyward.engine.builtin.dump;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import io.keyward.engine.CommandException;
import io.keyward.engine.Request;
import io.keyward.engine.builtin.Database;
import io.keyward.engine.builtin.Entry;
import io.keyward.engine.builtin.Serializer;
import io.keyward.engine.builtin.Slices;
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

  /** So much of a payload is looked at between two check points. */
  private static final int PART_BYTES = 8 * 1024;

  private static final CommandException WRONG_FOOTER =
      CommandException.error("DUMP payload version or checksum are wrong");

  /** Payloads for those who cannot name this class. */
  public static final Serializer SERIALIZER = Payload::of;

  private Payload() {}

  /** A value as DUMP gives it. */
  public static byte[] of(Entry entry) {
    RdbOutput out = write(entry, () -> {});
    return Arrays.copyOf(out.bytes(), out.length());
  }

  /**
   * Writes a value as DUMP gives it.
   *
   * @param between is called between parts of a big one
   */
  static RdbOutput write(Entry entry, Runnable between) {
    LiveSettings settings = entry.database().keyspace().home().settings();
    RdbOutput out =
        new RdbOutput(
            64,
            (int) settings.number(Directive.RDB_VERSION),
            settings.text(Directive.RDBCOMPRESSION).equals("yes"));
    Values.writeValue(entry, out, between);
    close(out, between);
    return out;
  }

  /** Ends a payload with its footer. */
  public static void close(RdbOutput out) {
    close(out, () -> {});
  }

  private static void close(RdbOutput out, Runnable between) {
    out.writeShort(out.version());
    long sum = 0;
    for (int at = 0; at < out.length(); at += PART_BYTES) {
      sum = Crc64.update(sum, out.bytes(), at, Math.min(PART_BYTES, out.length() - at));
      between.run();
    }
    out.writeLong(sum);
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
    int content = length - FOOTER_BYTES;
    checkFooter(bytes, offset + content, Crc64.of(bytes, offset, length - Long.BYTES));
    return RdbInput.of(bytes, offset, content);
  }

  /**
   * As the other, of an argument whose command may run in slices, so that its bytes are not always
   * in the same place: they are looked for part by part, with a check point in between.
   */
  static RdbInput open(Request request, int argument) {
    int length = request.length(argument);
    if (length <= PART_BYTES) {
      return open(request.bytes(), request.offset(argument), length);
    }
    Slices slices = Database.of(request).keyspace().slices();
    int content = length - FOOTER_BYTES;
    long sum = 0;
    for (int at = 0; at < length - Long.BYTES; at += PART_BYTES) {
      int part = Math.min(PART_BYTES, length - Long.BYTES - at);
      sum = Crc64.update(sum, request.bytes(), request.offset(argument) + at, part);
      slices.longStep();
    }
    checkFooter(request.bytes(), request.offset(argument) + content, sum);
    return RdbInput.of(new PartByPart(request, argument, content, slices), content);
  }

  /**
   * Refuses a footer of a version that cannot be read or with another sum than that of the bytes
   * before it.
   */
  private static void checkFooter(byte[] bytes, int offset, long sum) {
    RdbInput footer = RdbInput.of(bytes, offset, FOOTER_BYTES);
    int version = footer.readByte() | footer.readByte() << 8;
    if (version > RdbType.NEWEST_READ || footer.readLong() != sum) {
      throw WRONG_FOOTER;
    }
  }

  /** The bytes of an argument, wherever they are at the time. */
  private static final class PartByPart implements RdbInput.Source {
    private final Request request;
    private final int argument;
    private final int length;
    private final Slices slices;
    private int at;

    PartByPart(Request request, int argument, int length, Slices slices) {
      this.request = request;
      this.argument = argument;
      this.length = length;
      this.slices = slices;
    }

    @Override
    public int read(byte[] target, int offset, int count) {
      if (at == length) {
        return -1;
      }
      slices.longStep();
      int part = Math.min(Math.min(count, PART_BYTES), length - at);
      System.arraycopy(request.bytes(), request.offset(argument) + at, target, offset, part);
      at += part;
      return part;
    }
  }
}
