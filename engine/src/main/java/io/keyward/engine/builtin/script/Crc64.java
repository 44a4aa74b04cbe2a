package io.keyward.engine.builtin.script;

/** The CRC-64 of Redis's dumps: the Jones polynomial, reflected, beginning with zero. */
final class Crc64 {
  private static final long POLYNOMIAL = 0x95ac9329ac4bc9b5L;
  private static final long[] TABLE = new long[256];

  static {
    for (int i = 0; i < 256; i++) {
      long crc = i;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) != 0 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
      }
      TABLE[i] = crc;
    }
  }

  private Crc64() {}

  static long of(byte[] bytes, int offset, int length) {
    long crc = 0;
    for (int i = offset; i < offset + length; i++) {
      crc = TABLE[(int) (crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
    }
    return crc;
  }
}
