package io.keyward.engine.builtin.rdb;

import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.structure.Lzf;
import io.keyward.engine.text.Numbers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Reads RDB format from a payload in memory or from a file, which are not trusted.
 *
 * <p>What is left of the source is always known, so no length, however great, makes it allocate
 * more than the source can hold. The forms are drawn at {@link RdbOutput}.
 */
public final class RdbInput {
  /** LZF makes at most 264 bytes of three. */
  private static final int MOST_EXPANSION = 88;

  private static final int LENGTH_32 = 0x80;
  private static final int LENGTH_64 = 0x81;
  private static final int BUFFER_BYTES = 1 << 16;

  /** Where further bytes come from. */
  @FunctionalInterface
  public interface Source {
    /** Reads at least one byte; -1 at the end. */
    int read(byte[] target, int offset, int count) throws IOException;
  }

  private final Source source;
  private final long end;
  private final byte[] buffer;
  private int at;
  private int filled;

  /** Position of the buffer's first byte in the source. */
  private long base;

  private boolean summing;
  private int summedTo;
  private long sum;

  private RdbInput(Source source, byte[] buffer, int at, int filled, long end) {
    this.source = source;
    this.buffer = buffer;
    this.at = at;
    this.filled = filled;
    this.end = end;
  }

  /** Reads bytes in memory. */
  public static RdbInput of(byte[] bytes, int offset, int length) {
    return new RdbInput(
        (target, from, count) -> -1, bytes, offset, offset + length, offset + length);
  }

  /**
   * Reads from a source.
   *
   * @param size the bytes that the source has
   */
  public static RdbInput of(Source source, long size) {
    return new RdbInput(source, new byte[BUFFER_BYTES], 0, 0, size);
  }

  /** Sums up what is read from here on. */
  public void beginChecksum() {
    summing = true;
    summedTo = at;
    sum = 0;
  }

  /** The checksum of what has been read since {@link #beginChecksum()}. */
  public long checksum() {
    sum = Crc64.update(sum, buffer, summedTo, at - summedTo);
    summedTo = at;
    return sum;
  }

  /** Where the next byte stands in the source. */
  public long position() {
    return base + at;
  }

  /** The bytes that are left. */
  public long remaining() {
    return end - position();
  }

  /** An error at the present position. */
  public MalformedRdbException malformed(String what) {
    return new MalformedRdbException(what, position());
  }

  /** Sees to it that so many bytes, at most a buffer's length, can be read. */
  private void need(int count) {
    if (filled - at < count) {
      fill(count);
    }
  }

  private void fill(int count) {
    if (count > remaining()) {
      throw malformed("it ends too early");
    }
    if (summing) {
      checksum();
    }
    System.arraycopy(buffer, at, buffer, 0, filled - at);
    base += at;
    filled -= at;
    at = 0;
    summedTo = 0;
    while (filled < count) {
      filled += read(buffer, filled, buffer.length - filled);
    }
  }

  private int read(byte[] target, int offset, int count) {
    try {
      int got = source.read(target, offset, count);
      if (got <= 0) {
        throw malformed("it ends too early");
      }
      return got;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** A byte without sign. */
  public int readByte() {
    need(1);
    return buffer[at++] & 0xFF;
  }

  /** Eight bytes, the lowest first. */
  public long readLong() {
    need(Long.BYTES);
    long value = Bytes.getLong(buffer, at);
    at += Long.BYTES;
    return value;
  }

  /** Four bytes, the lowest first. */
  public int readInt() {
    need(Integer.BYTES);
    int value = Bytes.getInt(buffer, at);
    at += Integer.BYTES;
    return value;
  }

  private int readShort() {
    int low = readByte();
    return low | readByte() << 8;
  }

  /** Eight bytes, the highest first. */
  public long readBigEndian() {
    return Long.reverseBytes(readLong());
  }

  /** A double in binary form. */
  public double readDouble() {
    return Double.longBitsToDouble(readLong());
  }

  /** A double as text with a length of one byte, as before RDB 8. */
  public double readDoubleText() {
    int length = readByte();
    return switch (length) {
      case 255 -> Double.NEGATIVE_INFINITY;
      case 254 -> Double.POSITIVE_INFINITY;
      case 253 -> Double.NaN;
      default -> {
        byte[] text = readBytes(length);
        if (!Numbers.isDouble(text, 0, length)) {
          throw malformed("a score is no number");
        }
        yield Numbers.parseDouble(text, 0, length);
      }
    };
  }

  /** A length or another number without sign; negative if it is beyond 2^63. */
  public long readLength() {
    int first = readByte();
    if (first >> 6 == 3) {
      throw malformed("an encoded string where a length is due");
    }
    return lengthBehind(first);
  }

  private long lengthBehind(int first) {
    return switch (first >> 6) {
      case 0 -> first & 0x3F;
      case 1 -> (first & 0x3FL) << 8 | readByte();
      default ->
          switch (first) {
            case LENGTH_32 -> Integer.toUnsignedLong(Integer.reverseBytes(readInt()));
            case LENGTH_64 -> readBigEndian();
            default -> throw malformed("unknown form of a length");
          };
    };
  }

  /**
   * How many items follow that take so many bytes each at least.
   *
   * @throws MalformedRdbException if the source cannot hold so many
   */
  public int readCount(int leastBytes) {
    long count = readLength();
    if (count < 0 || count > Integer.MAX_VALUE || count > remaining() / leastBytes) {
      throw malformed("more items are announced than there is room for");
    }
    return (int) count;
  }

  /** So many bytes. */
  public byte[] readBytes(long count) {
    if (count < 0 || count > remaining() || count > Integer.MAX_VALUE - 8) {
      throw malformed("a string is longer than what is left");
    }
    byte[] bytes = new byte[(int) count];
    readBytes(bytes, bytes.length);
    return bytes;
  }

  /** So many bytes, which come to stand at the beginning of an array. */
  public void readBytes(byte[] target, int count) {
    if (count > remaining()) {
      throw malformed("a string is longer than what is left");
    }
    int present = Math.min(count, filled - at);
    System.arraycopy(buffer, at, target, 0, present);
    at += present;
    if (present < count) {
      readPast(target, present, count);
    }
  }

  /** Reads the rest from the source, beside the buffer, which is used up. */
  private void readPast(byte[] bytes, int present, int count) {
    if (summing) {
      checksum();
    }
    base += at;
    at = 0;
    filled = 0;
    summedTo = 0;
    int done = present;
    while (done < count) {
      int got = read(bytes, done, count - done);
      done += got;
      base += got;
    }
    if (summing) {
      sum = Crc64.update(sum, bytes, present, count - present);
    }
  }

  /** Passes over so many bytes. */
  public void skip(long count) {
    if (count < 0 || count > remaining()) {
      throw malformed("it ends too early");
    }
    long left = count;
    while (left > 0) {
      need(1);
      int passed = (int) Math.min(left, filled - at);
      at += passed;
      left -= passed;
    }
  }

  /** Passes over a string in any form. */
  void skipString() {
    int first = readByte();
    switch (first) {
      case 0xC0 -> skip(1);
      case 0xC1 -> skip(2);
      case 0xC2 -> skip(4);
      case 0xC3 -> {
        long packed = readLength();
        long _ = readLength();
        skip(packed);
      }
      default -> {
        if (first >> 6 == 3) {
          throw malformed("unknown form of a string");
        }
        skip(lengthBehind(first));
      }
    }
  }

  /** How long the next string is, if it is long and stands there as it is; else -1. */
  public long longStringLength() {
    need(1);
    int first = buffer[at] & 0xFF;
    if (first != LENGTH_32 && first != LENGTH_64) {
      return -1;
    }
    if (first == LENGTH_32) {
      need(1 + Integer.BYTES);
      return Integer.toUnsignedLong(Integer.reverseBytes(Bytes.getInt(buffer, at + 1)));
    }
    need(1 + Long.BYTES);
    return Long.reverseBytes(Bytes.getLong(buffer, at + 1));
  }

  /** A string in any form. */
  public byte[] readString() {
    int first = readByte();
    return switch (first) {
      case 0xC0 -> text((byte) readByte());
      case 0xC1 -> text((short) readShort());
      case 0xC2 -> text(readInt());
      case 0xC3 -> readCompressed();
      default -> {
        if (first >> 6 == 3) {
          throw malformed("unknown form of a string");
        }
        yield readBytes(lengthBehind(first));
      }
    };
  }

  private static byte[] text(long value) {
    byte[] text = new byte[Numbers.integerLength(value)];
    Numbers.formatInteger(value, text, 0);
    return text;
  }

  private byte[] readCompressed() {
    long packedLength = readLength();
    long length = readLength();
    if (packedLength < 0
        || packedLength > remaining()
        || length < 0
        || length > Integer.MAX_VALUE - 8
        || length > packedLength * MOST_EXPANSION) {
      throw malformed("a compressed string does not hold what it announces");
    }
    byte[] packed = readBytes(packedLength);
    byte[] plain = new byte[(int) length];
    if (!Lzf.decompress(packed, 0, packed.length, plain, 0, plain.length)) {
      throw malformed("a compressed string does not expand");
    }
    return plain;
  }

  /** A string as text, for what is not data. */
  public String readText() {
    return new String(readString(), StandardCharsets.ISO_8859_1);
  }
}
