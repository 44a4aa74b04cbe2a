package io.keyward.engine.builtin.rdb;

import io.keyward.engine.builtin.memory.Bytes;

/**
 * The CRC-64 of Redis's dumps: the Jones polynomial, reflected, beginning with zero, eight bytes at
 * a time (M. Kounavis, F. Berry, "Novel table lookup-based algorithms for high-performance CRC
 * generation", 2008).
 */
public final class Crc64 {
  private static final long POLYNOMIAL = 0x95ac9329ac4bc9b5L;

  /** At {@code [n * 256 + b]}: the checksum of a byte b with n zero bytes behind it. */
  private static final long[] TABLE = new long[8 * 256];

  static {
    for (int i = 0; i < 256; i++) {
      long crc = i;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) != 0 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
      }
      TABLE[i] = crc;
    }
    for (int i = 256; i < TABLE.length; i++) {
      long crc = TABLE[i - 256];
      TABLE[i] = TABLE[(int) crc & 0xFF] ^ crc >>> 8;
    }
  }

  private Crc64() {}

  /** The checksum of these bytes. */
  public static long of(byte[] bytes, int offset, int length) {
    return update(0, bytes, offset, length);
  }

  /** The checksum of what has the checksum {@code crc} with these bytes behind it. */
  public static long update(long crc, byte[] bytes, int offset, int length) {
    long sum = crc;
    int at = offset;
    int end = offset + length;
    for (; end - at >= Long.BYTES; at += Long.BYTES) {
      long eight = sum ^ Bytes.getLong(bytes, at);
      sum =
          TABLE[7 * 256 + ((int) eight & 0xFF)]
              ^ TABLE[6 * 256 + ((int) (eight >>> 8) & 0xFF)]
              ^ TABLE[5 * 256 + ((int) (eight >>> 16) & 0xFF)]
              ^ TABLE[4 * 256 + ((int) (eight >>> 24) & 0xFF)]
              ^ TABLE[3 * 256 + ((int) (eight >>> 32) & 0xFF)]
              ^ TABLE[2 * 256 + ((int) (eight >>> 40) & 0xFF)]
              ^ TABLE[256 + ((int) (eight >>> 48) & 0xFF)]
              ^ TABLE[(int) (eight >>> 56)];
    }
    for (; at < end; at++) {
      sum = TABLE[(int) (sum ^ bytes[at]) & 0xFF] ^ sum >>> 8;
    }
    return sum;
  }
}
