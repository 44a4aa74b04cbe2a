package io.keyward.engine.builtin.hyperloglog;

import io.keyward.engine.builtin.memory.Bytes;

/**
 * The hash that decides which register an element falls into, and what rank it has there.
 *
 * <p>It is MurmurHash64A (Austin Appleby) with the seed that Redis uses, so that registers from
 * both can be merged. The low 14 bits name the register; the rank is the place of the lowest one in
 * the other 50, counted from 1, or 51 if there is none.
 */
final class ElementHash {
  private static final long SEED = 0xadc83b19L;
  private static final long FACTOR = 0xc6a4a7935bd1e995L;
  private static final int ROTATION = 47;

  private static final int REGISTER_BITS = 14;
  private static final int RANK_BITS = Long.SIZE - REGISTER_BITS;

  private ElementHash() {}

  static long of(byte[] bytes, int offset, int length) {
    long hash = SEED ^ length * FACTOR;
    int at = offset;
    int end = offset + length;
    for (; end - at >= Long.BYTES; at += Long.BYTES) {
      long word = Bytes.getLong(bytes, at) * FACTOR;
      word = (word ^ (word >>> ROTATION)) * FACTOR;
      hash = (hash ^ word) * FACTOR;
    }
    if (at < end) {
      long word = 0;
      for (int shift = 0; at < end; at++, shift += Byte.SIZE) {
        word |= (bytes[at] & 0xFFL) << shift;
      }
      hash = (hash ^ word) * FACTOR;
    }
    hash = (hash ^ (hash >>> ROTATION)) * FACTOR;
    return hash ^ (hash >>> ROTATION);
  }

  static int register(long hash) {
    return (int) hash & ((1 << REGISTER_BITS) - 1);
  }

  static int rank(long hash) {
    return Long.numberOfTrailingZeros((hash >>> REGISTER_BITS) | (1L << RANK_BITS)) + 1;
  }
}
