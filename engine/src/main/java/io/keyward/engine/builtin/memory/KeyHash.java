package io.keyward.engine.builtin.memory;

import java.security.SecureRandom;

/**
 * A 64-bit hash of a key, seeded anew for each process so that colliding keys cannot be prepared.
 *
 * <p>Folded 128-bit multiplications, after wyhash (Wang Yi, public domain): two words at a time for
 * long keys, one round for keys up to 16 bytes.
 */
public final class KeyHash {
  private static final long SEED = new SecureRandom().nextLong();
  private static final long A = 0xa0761d6478bd642fL ^ SEED;
  private static final long B = 0xe7037ed1a0b428dbL ^ Long.rotateLeft(SEED, 23);
  private static final long C = 0x8ebc6af09c88c6e3L ^ Long.rotateLeft(SEED, 41);

  private KeyHash() {}

  private static long fold(long a, long b) {
    return Math.unsignedMultiplyHigh(a, b) ^ (a * b);
  }

  public static long hash(byte[] bytes, int offset, int length) {
    long first;
    long second;
    long state = A;
    if (length <= 16) {
      if (length >= 8) {
        first = Bytes.getLong(bytes, offset);
        second = Bytes.getLong(bytes, offset + length - 8);
      } else if (length >= 4) {
        first = Bytes.getInt(bytes, offset);
        second = Bytes.getInt(bytes, offset + length - 4);
      } else if (length > 0) {
        first =
            (bytes[offset] & 0xFFL) << 16
                | (bytes[offset + (length >>> 1)] & 0xFFL) << 8
                | (bytes[offset + length - 1] & 0xFFL);
        second = 0;
      } else {
        first = 0;
        second = 0;
      }
    } else {
      int at = offset;
      int left = length;
      while (left > 16) {
        state = fold(Bytes.getLong(bytes, at) ^ C, Bytes.getLong(bytes, at + 8) ^ state);
        at += 16;
        left -= 16;
      }
      first = Bytes.getLong(bytes, offset + length - 16);
      second = Bytes.getLong(bytes, offset + length - 8);
    }
    return fold(C ^ length, fold(first ^ B, second ^ state));
  }
}
