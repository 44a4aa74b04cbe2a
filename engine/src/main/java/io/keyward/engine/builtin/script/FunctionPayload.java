package io.keyward.engine.builtin.script;

import io.keyward.engine.CommandException;
import io.keyward.engine.builtin.structure.Lzf;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What FUNCTION DUMP gives and FUNCTION RESTORE takes, in Redis's RDB format.
 *
 * <pre>
 * 245 length text   for each library
 * version           2 bytes, little endian
 * CRC64             8 bytes, little endian, of all before
 * </pre>
 */
final class FunctionPayload {
  private static final int LIBRARY = 245;
  private static final int OLD_LIBRARY = 246;
  private static final int VERSION = 11;
  private static final int FOOTER = 10;
  private static final CommandException WRONG_FOOTER =
      CommandException.error("DUMP payload version or checksum are wrong");
  private static final CommandException BROKEN =
      CommandException.error("failed loading the given functions payload");

  private final byte[] bytes;
  private final int end;
  private int at;

  private FunctionPayload(byte[] bytes) {
    this.bytes = bytes;
    this.end = bytes.length - FOOTER;
  }

  static byte[] write(Collection<Library> libraries) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Library library : libraries) {
      out.write(LIBRARY);
      int length = library.code().length;
      if (length < 64) {
        out.write(length);
      } else if (length < 16384) {
        out.write(0x40 | length >> 8);
        out.write(length);
      } else {
        out.write(0x80);
        for (int shift = 24; shift >= 0; shift -= 8) {
          out.write(length >> shift);
        }
      }
      out.writeBytes(library.code());
    }
    out.write(VERSION);
    out.write(0);
    byte[] body = out.toByteArray();
    long checksum = Crc64.of(body, 0, body.length);
    for (int shift = 0; shift < 64; shift += 8) {
      out.write((int) (checksum >>> shift));
    }
    return out.toByteArray();
  }

  /**
   * The texts of the libraries in a payload.
   *
   * @throws CommandException if it is not whole or holds something else
   */
  static List<byte[]> read(byte[] bytes) {
    if (bytes.length < FOOTER) {
      throw WRONG_FOOTER;
    }
    int version = (bytes[bytes.length - 10] & 0xff) | (bytes[bytes.length - 9] & 0xff) << 8;
    long checksum = 0;
    for (int i = 1; i <= 8; i++) {
      checksum = (checksum << 8) | (bytes[bytes.length - i] & 0xff);
    }
    if (version > VERSION || checksum != Crc64.of(bytes, 0, bytes.length - 8)) {
      throw WRONG_FOOTER;
    }
    return new FunctionPayload(bytes).libraries();
  }

  private List<byte[]> libraries() {
    List<byte[]> codes = new ArrayList<>();
    while (at < end) {
      int type = next();
      if (type == OLD_LIBRARY) {
        throw CommandException.error("Pre-GA function format not supported");
      }
      if (type != LIBRARY) {
        throw CommandException.error("given type is not a function");
      }
      codes.add(string());
    }
    return codes;
  }

  private int next() {
    if (at >= end) {
      throw BROKEN;
    }
    return bytes[at++] & 0xff;
  }

  /** A string: plain, or compressed, which is marked by 0xC3. */
  private byte[] string() {
    int first = next();
    if (first == 0xC3) {
      int compressed = length(next());
      int plain = length(next());
      return decompressed(take(compressed), plain);
    }
    return take(length(first));
  }

  private int length(int first) {
    long length =
        switch (first >> 6) {
          case 0 -> first & 0x3f;
          case 1 -> (first & 0x3f) << 8 | next();
          default -> {
            if (first != 0x80) {
              throw BROKEN;
            }
            long wide = 0;
            for (int i = 0; i < 4; i++) {
              wide = (wide << 8) | next();
            }
            yield wide;
          }
        };
    if (length > Integer.MAX_VALUE - 64) {
      throw BROKEN;
    }
    return (int) length;
  }

  private byte[] take(int length) {
    if (length > end - at) {
      throw BROKEN;
    }
    byte[] taken = java.util.Arrays.copyOfRange(bytes, at, at + length);
    at += length;
    return taken;
  }

  private static byte[] decompressed(byte[] source, int length) {
    // LZF makes at most 264 bytes of 3.
    if (length > source.length * 88L) {
      throw BROKEN;
    }
    byte[] plain = new byte[length];
    if (!Lzf.decompress(source, 0, source.length, plain, 0, length)) {
      throw BROKEN;
    }
    return plain;
  }
}
