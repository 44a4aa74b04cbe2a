package io.keyward.engine.builtin.string;

import io.keyward.engine.builtin.memory.Bytes;
import java.util.HexFormat;

/**
 * XXH3 with 64 bits, no seed and the standard secret: the hash that DIGEST and the IFDEQ and IFDNE
 * options speak of.
 *
 * <p>Short inputs have a formula for each range of lengths; longer ones are read in stripes of 64
 * bytes into eight accumulators, which are stirred after every 16 stripes. Source: the
 * specification of xxHash, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md.
 */
final class Xxh3 {
  private static final byte[] SECRET =
      HexFormat.of()
          .parseHex(
              "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f"
                  + "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
                  + "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
                  + "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364"
                  + "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e"
                  + "2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e");

  private static final long PRIME32_1 = 0x9E3779B1L;
  private static final long PRIME32_2 = 0x85EBCA77L;
  private static final long PRIME32_3 = 0xC2B2AE3DL;
  private static final long PRIME64_1 = 0x9E3779B185EBCA87L;
  private static final long PRIME64_2 = 0xC2B2AE3D27D4EB4FL;
  private static final long PRIME64_3 = 0x165667B19E3779F9L;
  private static final long PRIME64_4 = 0x85EBCA77C2B2AE63L;
  private static final long PRIME64_5 = 0x27D4EB2F165667C5L;
  private static final long MIX_1 = 0x165667919E3779F9L;
  private static final long MIX_2 = 0x9FB21C651E98DF25L;

  private static final int STRIPE = 64;
  private static final int STRIPES_IN_BLOCK = (SECRET.length - STRIPE) / 8;
  private static final int BLOCK = STRIPE * STRIPES_IN_BLOCK;

  private Xxh3() {}

  /** The hash of {@code length} bytes. */
  static long hash(byte[] bytes, int offset, int length) {
    if (length <= 16) {
      return shortest(bytes, offset, length);
    }
    if (length <= 128) {
      return upTo128(bytes, offset, length);
    }
    return length <= 240 ? upTo240(bytes, offset, length) : striped(bytes, offset, length);
  }

  private static long shortest(byte[] in, int at, int length) {
    if (length > 8) {
      long low = Bytes.getLong(in, at) ^ secret(24) ^ secret(32);
      long high = Bytes.getLong(in, at + length - 8) ^ secret(40) ^ secret(48);
      return avalanche(length + Long.reverseBytes(low) + high + folded(low, high));
    }
    if (length >= 4) {
      long first = Bytes.getInt(in, at) & 0xFFFFFFFFL;
      long last = Bytes.getInt(in, at + length - 4) & 0xFFFFFFFFL;
      long h = (last + (first << 32)) ^ secret(8) ^ secret(16);
      h ^= Long.rotateLeft(h, 49) ^ Long.rotateLeft(h, 24);
      h *= MIX_2;
      h ^= (h >>> 35) + length;
      h *= MIX_2;
      return h ^ h >>> 28;
    }
    if (length > 0) {
      long first = in[at] & 0xFF;
      long middle = in[at + (length >> 1)] & 0xFF;
      long last = in[at + length - 1] & 0xFF;
      long word = first << 16 | middle << 24 | last | (long) length << 8;
      return oldAvalanche(word ^ ((secret(0) ^ secret(4)) & 0xFFFFFFFFL));
    }
    return oldAvalanche(secret(56) ^ secret(64));
  }

  private static long upTo128(byte[] in, int at, int length) {
    long sum = length * PRIME64_1;
    for (int pair = (length - 1) / 32; pair >= 0; pair--) {
      sum += mixed(in, at + 16 * pair, 32 * pair);
      sum += mixed(in, at + length - 16 * (pair + 1), 32 * pair + 16);
    }
    return avalanche(sum);
  }

  private static long upTo240(byte[] in, int at, int length) {
    long sum = length * PRIME64_1;
    for (int i = 0; i < 8; i++) {
      sum += mixed(in, at + 16 * i, 16 * i);
    }
    sum = avalanche(sum);
    for (int i = 8; i < length / 16; i++) {
      sum += mixed(in, at + 16 * i, 16 * (i - 8) + 3);
    }
    return avalanche(sum + mixed(in, at + length - 16, 136 - 17));
  }

  private static long striped(byte[] in, int offset, int length) {
    long[] lanes = {
      PRIME32_3, PRIME64_1, PRIME64_2, PRIME64_3, PRIME64_4, PRIME32_2, PRIME64_5, PRIME32_1
    };
    int end = offset + length;
    int at = offset;
    for (; end - at > BLOCK; at += BLOCK) {
      for (int stripe = 0; stripe < STRIPES_IN_BLOCK; stripe++) {
        accumulate(lanes, in, at + stripe * STRIPE, stripe * 8);
      }
      stir(lanes);
    }
    for (int stripe = 0; end - at > STRIPE; at += STRIPE, stripe++) {
      accumulate(lanes, in, at, stripe * 8);
    }
    accumulate(lanes, in, end - STRIPE, SECRET.length - STRIPE - 7);
    long sum = length * PRIME64_1;
    for (int i = 0; i < 8; i += 2) {
      sum += folded(lanes[i] ^ secret(11 + 8 * i), lanes[i + 1] ^ secret(19 + 8 * i));
    }
    return avalanche(sum);
  }

  private static void accumulate(long[] lanes, byte[] in, int at, int secret) {
    for (int i = 0; i < 8; i++) {
      long value = Bytes.getLong(in, at + 8 * i);
      long key = value ^ secret(secret + 8 * i);
      lanes[i ^ 1] += value;
      lanes[i] += (key & 0xFFFFFFFFL) * (key >>> 32);
    }
  }

  private static void stir(long[] lanes) {
    for (int i = 0; i < 8; i++) {
      long lane = lanes[i];
      lanes[i] = (lane ^ lane >>> 47 ^ secret(SECRET.length - STRIPE + 8 * i)) * PRIME32_1;
    }
  }

  private static long secret(int at) {
    return Bytes.getLong(SECRET, at);
  }

  private static long mixed(byte[] in, int at, int secret) {
    return folded(
        Bytes.getLong(in, at) ^ secret(secret), Bytes.getLong(in, at + 8) ^ secret(secret + 8));
  }

  /** The two halves of the 128-bit product, one xor the other. */
  private static long folded(long one, long other) {
    return one * other ^ Math.unsignedMultiplyHigh(one, other);
  }

  private static long avalanche(long hash) {
    long h = hash ^ hash >>> 37;
    h *= MIX_1;
    return h ^ h >>> 32;
  }

  /** The avalanche of XXH64, which the shortest inputs have kept. */
  private static long oldAvalanche(long hash) {
    long h = hash ^ hash >>> 33;
    h *= PRIME64_2;
    h ^= h >>> 29;
    h *= PRIME64_3;
    return h ^ h >>> 32;
  }
}
