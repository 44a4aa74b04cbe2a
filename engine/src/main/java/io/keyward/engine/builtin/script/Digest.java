package io.keyward.engine.builtin.script;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The SHA-1 by which a script is called: 160 bits, refilled for look-ups. */
final class Digest {
  static final int HEX_LENGTH = 40;

  private static final int DIGESTED_AT_ONCE = 8 * 1024;

  private long high;
  private long middle;
  private int low;

  /** The digest of some bytes as 40 hexadecimal digits. */
  static String hex(byte[] bytes) {
    return hex(bytes, digested -> {});
  }

  /**
   * The digest of some bytes as 40 hexadecimal digits.
   *
   * @param before is told how many bytes are digested next, again and again
   */
  static String hex(byte[] bytes, IntConsumer before) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      for (int at = 0; at < bytes.length; at += DIGESTED_AT_ONCE) {
        int next = Math.min(DIGESTED_AT_ONCE, bytes.length - at);
        before.accept(next);
        digest.update(bytes, at, next);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java platform has SHA-1", missing);
    }
  }

  /** Reads hexadecimal digits in any case; false if they are none. */
  boolean fill(byte[] bytes, int offset, int length) {
    if (length != HEX_LENGTH) {
      return false;
    }
    high = 0;
    middle = 0;
    low = 0;
    for (int i = 0; i < HEX_LENGTH; i++) {
      int digit = digit(bytes[offset + i]);
      if (digit < 0) {
        return false;
      }
      if (i < 16) {
        high = high << 4 | digit;
      } else if (i < 32) {
        middle = middle << 4 | digit;
      } else {
        low = low << 4 | digit;
      }
    }
    return true;
  }

  private static int digit(int c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    int lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }

  @Override
  public int hashCode() {
    return (int) high;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Digest digest
        && high == digest.high
        && middle == digest.middle
        && low == digest.low;
  }
}
