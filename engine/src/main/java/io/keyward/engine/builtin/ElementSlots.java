package io.keyward.engine.builtin;

import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;

/**
 * The slots of an {@link ElementTable}'s elements, and what stands where in them.
 *
 * <pre>
 *  member of a set        field of a hash
 *  +---------+------+     +---------+-------+--------------+-------+
 *  | header  | name |     | header  | name  | length       | value |
 *  +---------+------+     +---------+-------+--------------+-------+
 *                                            1, or 255 and 4
 * </pre>
 *
 * <p>The header is that of {@link EntryLayout}, two bytes for a name of up to 254, so an element
 * costs its bytes and about ten more, and no object. An element that expires has EXPIRES set.
 */
final class ElementSlots {
  private final PagePool pool;
  private MemoryAccount account;
  private long bytes;

  ElementSlots(PagePool pool, MemoryAccount account) {
    this.pool = pool;
    this.account = account;
  }

  PagePool pool() {
    return pool;
  }

  MemoryAccount account() {
    return account;
  }

  /** Counts there from now on. */
  void account(MemoryAccount counted) {
    account = counted;
  }

  /** Bytes of all slots, those in common with other tables among them. */
  long bytes() {
    return bytes;
  }

  /** Counts the slots of another table, which are all this one's, too. */
  void share(ElementSlots other) {
    bytes = other.bytes;
    account.addCommon(bytes);
  }

  /**
   * Takes a slot and writes the name and when it expires.
   *
   * @param room bytes of the value
   * @param stamp of the dictionary
   */
  int lay(byte[] name, int offset, int length, int room, long expiry, int stamp) {
    int flags = EntryLayout.flagsFor((expiry >= 0 ? EntryLayout.EXPIRES : 0) | stamp, length);
    int size = Math.addExact(EntryLayout.headerSize(flags) + length, room);
    int reference = pool.allocate(size, account);
    EntryLayout.writeKey(
        pool.page(reference), PagePool.offset(reference), flags, name, offset, length);
    writeExpiry(reference, expiry);
    bytes += pool.slotBytes(reference);
    return reference;
  }

  /** A copy of an element, which may be another table's. */
  int layCopy(int reference, int stamp) {
    int size = pool.slotBytes(reference);
    int laid = pool.allocate(size, account);
    byte[] page = pool.page(laid);
    int at = PagePool.offset(laid);
    System.arraycopy(pool.page(reference), PagePool.offset(reference), page, at, size);
    EntryLayout.stamp(page, at, stamp);
    bytes += size;
    return laid;
  }

  /** Gives a slot back, or leaves it to others who hold it. */
  void giveBack(int reference, boolean othersHold) {
    int size = pool.slotBytes(reference);
    bytes -= size;
    if (othersHold) {
      account.addCommon(-size);
    } else {
      pool.free(reference, account);
    }
  }

  /** Gives back the slot of an element that a walk has held longest. */
  void freeLeft(int reference) {
    account.addCommon(pool.slotBytes(reference));
    pool.free(reference, account);
  }

  long hash(int reference) {
    return EntryLayout.keyHash(pool.page(reference), PagePool.offset(reference));
  }

  boolean expires(int reference) {
    return EntryLayout.expires(pool.page(reference), PagePool.offset(reference));
  }

  long expiry(int reference) {
    return EntryLayout.expiry(pool.page(reference), PagePool.offset(reference));
  }

  void writeExpiry(int reference, long expiry) {
    if (expiry >= 0) {
      byte[] page = pool.page(reference);
      Bytes.putLong(page, EntryLayout.expiryOffset(page, PagePool.offset(reference)), expiry);
    }
  }

  /** The bytes before the value. */
  int headBytes(int reference) {
    int at = PagePool.offset(reference);
    return EntryLayout.valueOffset(pool.page(reference), at) - at;
  }

  void writeValueLength(int reference, int length) {
    byte[] page = pool.page(reference);
    int at = EntryLayout.valueOffset(page, PagePool.offset(reference));
    if (length < 255) {
      page[at] = (byte) length;
    } else {
      page[at] = (byte) 255;
      Bytes.putInt(page, at + 1, length);
    }
  }

  byte[] bytes(int reference) {
    return pool.page(reference);
  }

  int nameOffset(int reference) {
    return EntryLayout.keyOffset(pool.page(reference), PagePool.offset(reference));
  }

  int nameLength(int reference) {
    return EntryLayout.keyLength(pool.page(reference), PagePool.offset(reference));
  }

  int valueOffset(int reference) {
    byte[] page = pool.page(reference);
    int at = EntryLayout.valueOffset(page, PagePool.offset(reference));
    return at + ((page[at] & 0xFF) == 255 ? 5 : 1);
  }

  int valueLength(int reference) {
    byte[] page = pool.page(reference);
    int at = EntryLayout.valueOffset(page, PagePool.offset(reference));
    int length = page[at] & 0xFF;
    return length == 255 ? Bytes.getInt(page, at + 1) : length;
  }
}
