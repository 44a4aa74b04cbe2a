package io.keyward.engine.builtin.memory;

import java.util.Arrays;

/**
 * The bytes of an entry in its slot: a key of a database, a field of a hash, a member of a set or
 * of a sorted set.
 *
 * <pre>
 *  0        1            2 ...
 * +--------+------------+------------+----------+--------+---------+-----------+-----------------
 * | flags  | key length | key length | type     | expiry | score   | key bytes | value
 * |        | (255: long)| 4, LONG_KEY| 4, TYPED | 8, EXP | 8,SCORED|           |
 * +--------+------------+------------+----------+--------+---------+-----------+-----------------
 * </pre>
 *
 * The parts after the second byte are there when the flag is set. <i>type</i> is a byte of type
 * (low four bits) and encoding (high four bits), and 24 bits of access clock. Everything is
 * little-endian. What the value is depends on type and encoding; for a field of a hash it is a
 * length (one byte, or 255 and four bytes) and the bytes.
 */
public final class EntryLayout {
  public static final int LONG_KEY = 1;
  public static final int TYPED = 2;
  public static final int EXPIRES = 4;
  public static final int SCORED = 8;

  /** The generation of the entry, one of two: see {@link SteadyWalk}. */
  public static final int ODD = 16;

  /** The entry is of a pinned namespace. */
  public static final int PINNED = 32;

  /** Of a pinned entry: what it takes is not in the sum of all, since it is being changed. */
  public static final int UNSETTLED = 64;

  /** The bit of the entry's birth: see {@link Kinship}. */
  public static final int BIRTH = 128;

  static final int LONGEST_SHORT_KEY = 254;

  private static final byte[] HEADER = headerSizes();

  private EntryLayout() {}

  private static byte[] headerSizes() {
    byte[] sizes = new byte[16];
    for (int flags = 0; flags < sizes.length; flags++) {
      int size = 2;
      size += (flags & LONG_KEY) != 0 ? 4 : 0;
      size += (flags & TYPED) != 0 ? 4 : 0;
      size += (flags & EXPIRES) != 0 ? 8 : 0;
      size += (flags & SCORED) != 0 ? 8 : 0;
      sizes[flags] = (byte) size;
    }
    return sizes;
  }

  /** The bytes before the key under these flags. */
  public static int headerSize(int flags) {
    return HEADER[flags & 15];
  }

  /** The flags with LONG_KEY added if the key needs it. */
  public static int flagsFor(int flags, int keyLength) {
    return keyLength > LONGEST_SHORT_KEY ? flags | LONG_KEY : flags;
  }

  public static int flags(byte[] page, int entry) {
    return page[entry] & 0xFF;
  }

  public static boolean pinned(byte[] page, int entry) {
    return (page[entry] & PINNED) != 0;
  }

  /** Sets or clears flags that change nothing in the layout. */
  public static void flag(byte[] page, int entry, int flags, boolean on) {
    page[entry] = (byte) (on ? page[entry] | flags : page[entry] & ~flags);
  }

  public static int keyLength(byte[] page, int entry) {
    int length = page[entry + 1] & 0xFF;
    return length == 255 ? Bytes.getInt(page, entry + 2) : length;
  }

  public static int keyOffset(byte[] page, int entry) {
    return entry + HEADER[page[entry] & 15];
  }

  /** Where the value begins: right after the key. */
  public static int valueOffset(byte[] page, int entry) {
    return keyOffset(page, entry) + keyLength(page, entry);
  }

  /** The generation of the entry: 0 or {@link #ODD}. */
  static int generation(byte[] page, int entry) {
    return page[entry] & ODD;
  }

  /** Lets the entry belong to a generation. */
  static void generation(byte[] page, int entry, int generation) {
    page[entry] = (byte) ((page[entry] & ~ODD) | generation);
  }

  /** The birth of the entry, 0 for one that several may hold. */
  static int birth(byte[] page, int entry) {
    return page[entry] & BIRTH;
  }

  static void birth(byte[] page, int entry, int birth) {
    page[entry] = (byte) ((page[entry] & ~BIRTH) | birth);
  }

  /** Gives an entry that has been copied the generation and the birth of another dictionary's. */
  public static void stamp(byte[] page, int entry, int stamp) {
    page[entry] = (byte) ((page[entry] & ~(ODD | BIRTH)) | stamp);
  }

  /** Where the four bytes of type and clock stand; only if TYPED. */
  public static int typeOffset(byte[] page, int entry) {
    return entry + ((page[entry] & LONG_KEY) != 0 ? 6 : 2);
  }

  /** Where the expiry stands; only if EXPIRES. */
  public static int expiryOffset(byte[] page, int entry) {
    return entry + HEADER[page[entry] & (LONG_KEY | TYPED)];
  }

  /** Where the score stands; only if SCORED. */
  public static int scoreOffset(byte[] page, int entry) {
    return entry + HEADER[page[entry] & (LONG_KEY | TYPED | EXPIRES)];
  }

  public static boolean expires(byte[] page, int entry) {
    return (page[entry] & EXPIRES) != 0;
  }

  /** Milliseconds since 1970, or -1 for an entry that does not expire. */
  public static long expiry(byte[] page, int entry) {
    return expires(page, entry) ? Bytes.getLong(page, expiryOffset(page, entry)) : -1;
  }

  /** Sets the 24 bits of access clock, which stand behind type and encoding. */
  public static void clock(byte[] page, int entry, int bits) {
    int at = typeOffset(page, entry);
    Bytes.putInt(page, at, (page[at] & 0xFF) | (bits << 8));
  }

  static boolean keyEquals(byte[] page, int entry, byte[] key, int offset, int length) {
    if (keyLength(page, entry) != length) {
      return false;
    }
    int at = keyOffset(page, entry);
    return Arrays.equals(page, at, at + length, key, offset, offset + length);
  }

  public static long keyHash(byte[] page, int entry) {
    return KeyHash.hash(page, keyOffset(page, entry), keyLength(page, entry));
  }

  /** Writes flags and key; the parts between them are left for the caller. */
  public static void writeKey(
      byte[] page, int entry, int flags, byte[] key, int offset, int length) {
    page[entry] = (byte) flags;
    if ((flags & LONG_KEY) != 0) {
      page[entry + 1] = (byte) 255;
      Bytes.putInt(page, entry + 2, length);
    } else {
      page[entry + 1] = (byte) length;
    }
    System.arraycopy(key, offset, page, entry + HEADER[flags & 15], length);
  }
}
