package io.keyward.engine.builtin.rdb;

import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.structure.Lzf;
import io.keyward.engine.text.Numbers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in RDB format that grow at their end.
 *
 * <pre>
 * length   00LLLLLL                          up to 63
 *          01LLLLLL LLLLLLLL                 up to 16383
 *          10000000 4 bytes, big endian
 *          10000001 8 bytes, big endian
 * string   length bytes
 *          11000000 1 byte  / 11000001 2 bytes / 11000010 4 bytes, little endian: an integer
 *          11000011 length (compressed) length (plain) LZF
 * </pre>
 */
public final class RdbOutput {
  /** Shorter strings are not worth compressing. */
  private static final int LEAST_COMPRESSED = 21;

  private static final int LEAST_GAIN = 4;

  /** Longer strings would hold up whoever writes for more than a millisecond. */
  private static final int MOST_COMPRESSED = 128 * 1024;

  private static final int LONGEST_INTEGER = 11;

  private final Lzf.Table compression;
  private boolean compress;
  private int version;
  private byte[] bytes;
  private int length;
  private byte @Nullable [] name;
  private int nameOffset;
  private int nameLength;

  /**
   * @param version the RDB version whose readers are to understand it
   * @param compress whether strings are compressed where that makes them shorter
   */
  public RdbOutput(int capacity, int version, boolean compress) {
    this(capacity, version, compress, new Lzf.Table());
  }

  private RdbOutput(int capacity, int version, boolean compress, Lzf.Table compression) {
    bytes = new byte[capacity];
    this.version = version;
    this.compress = compress;
    this.compression = compression;
  }

  /** The RDB version whose readers are to understand it. */
  public int version() {
    return version;
  }

  /** The array that holds what has been written, from index 0 on. */
  public byte[] bytes() {
    return bytes;
  }

  /** The number of bytes written. */
  public int length() {
    return length;
  }

  /** Begins anew, in the same array. */
  public void clear() {
    length = 0;
  }

  /** Gives the array away and begins anew in another one. */
  public byte[] exchange(byte[] other) {
    byte[] full = bytes;
    bytes = other;
    length = 0;
    return full;
  }

  private void reserve(int more) {
    if (more > bytes.length - length) {
      int needed = Math.addExact(length, more);
      int grown = (int) Math.min(Integer.MAX_VALUE - 8, needed + (needed >> 1) + 64L);
      bytes = Arrays.copyOf(bytes, Math.max(needed, grown));
    }
  }

  public void writeByte(int value) {
    reserve(1);
    bytes[length++] = (byte) value;
  }

  /** Writes a type, and behind it the name that has been given for it. */
  public void writeType(int type) {
    writeByte(type);
    byte[] given = name;
    if (given != null) {
      name = null;
      writeString(given, nameOffset, nameLength);
    }
  }

  /** Writes a type that readers know since a version only, which the output then states. */
  public void writeNewerType(int type, int since) {
    version = Math.max(version, since);
    writeType(type);
  }

  /** Gives the key that is to stand behind the next type; it must not change until then. */
  public void nameNext(byte[] key, int offset, int count) {
    name = key;
    nameOffset = offset;
    nameLength = count;
  }

  /** An empty output of the same kind, for the same thread. */
  public RdbOutput another() {
    return new RdbOutput(256, version, compress, compression);
  }

  /** Takes over what another output holds, which is empty then. */
  public void append(RdbOutput other) {
    write(other.bytes, 0, other.length);
    other.length = 0;
  }

  /** Does something while strings are not compressed. */
  public void withoutCompression(Runnable writing) {
    boolean before = compress;
    compress = false;
    try {
      writing.run();
    } finally {
      compress = before;
    }
  }

  /** Writes bytes as they are. */
  public void write(byte[] source, int offset, int count) {
    reserve(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
  }

  /** Writes a length or another number without a sign. */
  public void writeLength(long value) {
    reserve(9);
    if (value >= 0 && value < 1 << 6) {
      bytes[length++] = (byte) value;
    } else if (value >= 0 && value < 1 << 14) {
      bytes[length++] = (byte) (0x40 | value >> 8);
      bytes[length++] = (byte) value;
    } else if (value >= 0 && value <= 0xFFFF_FFFFL) {
      bytes[length++] = (byte) 0x80;
      putBigEndian(value, 4);
    } else {
      bytes[length++] = (byte) 0x81;
      putBigEndian(value, 8);
    }
  }

  /**
   * Writes a length of less than 2^31 in the form of four bytes, even if a shorter one would do.
   */
  public void writeWideLength(int value) {
    writeByte(0x80);
    reserve(Integer.BYTES);
    putBigEndian(value, Integer.BYTES);
  }

  private void putBigEndian(long value, int count) {
    for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
      bytes[length++] = (byte) (value >> shift);
    }
  }

  /** Writes eight bytes, the highest first. */
  public void writeBigEndian(long value) {
    reserve(Long.BYTES);
    putBigEndian(value, Long.BYTES);
  }

  /** Writes eight bytes, the lowest first: milliseconds, or the bits of a double. */
  public void writeLong(long value) {
    reserve(Long.BYTES);
    Bytes.putLong(bytes, length, value);
    length += Long.BYTES;
  }

  /** Writes two bytes, the lowest first. */
  public void writeShort(int value) {
    writeByte(value);
    writeByte(value >> 8);
  }

  /** Writes a string in the shortest form. */
  public void writeString(byte[] source, int offset, int count) {
    if (count <= LONGEST_INTEGER && Numbers.isInteger(source, offset, count)) {
      long value = Numbers.parseInteger(source, offset, count);
      if (value == (int) value) {
        writeInteger((int) value);
        return;
      }
    }
    if (compress
        && count >= LEAST_COMPRESSED
        && count <= MOST_COMPRESSED
        && writeCompressed(source, offset, count)) {
      return;
    }
    writeLength(count);
    write(source, offset, count);
  }

  /**
   * Writes a string as it is. What stands but once in a file is written so: code compiled for a
   * million keys that are all alike need not be compiled anew since the file has a word that is
   * not.
   */
  public void writePlainString(byte[] source) {
    writeWideLength(source.length);
    write(source, 0, source.length);
  }

  private void writeInteger(int value) {
    if (value == (byte) value) {
      writeByte(0xC0);
      writeByte(value);
    } else if (value == (short) value) {
      writeByte(0xC1);
      writeShort(value);
    } else {
      writeByte(0xC2);
      writeShort(value);
      writeShort(value >> 16);
    }
  }

  /** Writes the decimal text of an integer as a string. */
  public void writeIntegerText(long value) {
    if (value == (int) value) {
      writeInteger((int) value);
      return;
    }
    reserve(1 + Numbers.MAX_INTEGER_LENGTH);
    int digits = Numbers.formatInteger(value, bytes, length + 1);
    bytes[length] = (byte) digits;
    length += 1 + digits;
  }

  private boolean writeCompressed(byte[] source, int offset, int count) {
    int before = length;
    // The compressed bytes are written where the longest header lets them begin, then moved up.
    int room = 1 + 5 + 5;
    reserve(Math.addExact(room, count));
    int packed =
        Lzf.compress(source, offset, count, bytes, before + room, count - LEAST_GAIN, compression);
    if (packed == 0) {
      return false;
    }
    writeByte(0xC3);
    writeLength(packed);
    writeLength(count);
    System.arraycopy(bytes, before + room, bytes, length, packed);
    length += packed;
    return true;
  }
}
