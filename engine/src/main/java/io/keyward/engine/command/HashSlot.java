package io.keyward.engine.command;

/**
 * The slot of a key in a Redis Cluster: CRC-16 (XMODEM) of the key, or of what stands between its
 * first brace pair if that is not empty, modulo {@link #COUNT}.
 *
 * @see <a href="https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/">The
 *     cluster specification</a>
 */
public final class HashSlot {
  public static final int COUNT = 16384;

  private static final char[] REMAINDERS = remainders();

  private HashSlot() {}

  private static char[] remainders() {
    char[] table = new char[256];
    for (int value = 0; value < table.length; value++) {
      int remainder = value << 8;
      for (int bit = 0; bit < 8; bit++) {
        remainder = (remainder & 0x8000) == 0 ? remainder << 1 : (remainder << 1) ^ 0x1021;
      }
      table[value] = (char) remainder;
    }
    return table;
  }

  /** The slot of a key. */
  public static int of(byte[] key, int offset, int length) {
    int end = offset + length;
    int open = find(key, offset, end, '{');
    if (open < end) {
      int close = find(key, open + 1, end, '}');
      if (close < end && close > open + 1) {
        return crc(key, open + 1, close) % COUNT;
      }
    }
    return crc(key, offset, end) % COUNT;
  }

  private static int find(byte[] key, int from, int end, char wanted) {
    int at = from;
    while (at < end && key[at] != wanted) {
      at++;
    }
    return at;
  }

  private static int crc(byte[] key, int from, int to) {
    int crc = 0;
    for (int at = from; at < to; at++) {
      crc = ((crc << 8) ^ REMAINDERS[((crc >>> 8) ^ key[at]) & 0xFF]) & 0xFFFF;
    }
    return crc;
  }
}
