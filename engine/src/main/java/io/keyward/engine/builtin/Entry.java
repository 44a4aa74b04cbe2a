package io.keyward.engine.builtin;

import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.PagePool;
import io.keyward.engine.builtin.structure.Block;
import io.keyward.engine.builtin.structure.IntegerSet;
import io.keyward.engine.builtin.structure.Listpack;

/**
 * A view of one key and its value in the pages, reused from look-up to look-up.
 *
 * <p>It is valid until its key is removed or changed through another view. As a {@link Block} it is
 * the value's bytes: {@link #start()} is where the value begins, and {@link #reserve} may move the
 * whole entry to a larger slot.
 */
public final class Entry implements Block {
  private final PagePool pool;
  private Database database;
  private long hash;
  private int reference;
  private byte[] page = {};
  private int offset;
  private int valueOffset;

  Entry(Database database) {
    this.database = database;
    this.pool = database.pool();
  }

  /** Makes this the view of another entry. */
  Entry at(Database where, long keyHash, int entryReference) {
    database = where;
    hash = keyHash;
    reference = entryReference;
    locate();
    return this;
  }

  private void locate() {
    page = pool.page(reference);
    offset = PagePool.offset(reference);
    valueOffset = EntryLayout.valueOffset(page, offset);
  }

  public Database database() {
    return database;
  }

  long hash() {
    return hash;
  }

  /** The reference that names the entry in its dictionary; it changes when the entry moves. */
  public int reference() {
    return reference;
  }

  /** Whether the entry is known to be its database's alone; if not, it may all the same. */
  boolean isOwn() {
    return database.keys().isOwn(page, offset);
  }

  /** The bytes that the entry takes, those of a big value included. */
  long bytesTaken() {
    return slotBytes() + (encoding().held() ? held().memoryBytes() : 0);
  }

  private int typeBits() {
    return page[EntryLayout.typeOffset(page, offset)];
  }

  /** Whether the key is of a pinned namespace. */
  public boolean pinned() {
    return EntryLayout.pinned(page, offset);
  }

  public Type type() {
    return Type.of(typeBits() & 0xF);
  }

  public Encoding encoding() {
    return Encoding.of(typeBits() >>> 4 & 0xF);
  }

  /** Says that the value is now kept in another way. */
  public void encoding(Encoding changed) {
    int at = EntryLayout.typeOffset(page, offset);
    page[at] = (byte) ((page[at] & 0xF) | (changed.ordinal() << 4));
  }

  void retype(Type type, Encoding encoding) {
    page[EntryLayout.typeOffset(page, offset)] = (byte) (type.ordinal() | encoding.ordinal() << 4);
  }

  /** The 24 bits of access clock: seconds of LRU, or minutes and counter of LFU. */
  public int clock() {
    return Bytes.getInt(page, EntryLayout.typeOffset(page, offset)) >>> 8;
  }

  void clock(int value) {
    EntryLayout.clock(page, offset, value);
  }

  /** The bytes that hold key and value. */
  @Override
  public byte[] bytes() {
    return page;
  }

  public int keyOffset() {
    return EntryLayout.keyOffset(page, offset);
  }

  public int keyLength() {
    return EntryLayout.keyLength(page, offset);
  }

  /** Milliseconds since 1970, or -1 if the key does not expire. */
  public long expiry() {
    return EntryLayout.expiry(page, offset);
  }

  /** Whether the key's time is up. */
  boolean expired(long now) {
    long expiry = expiry();
    return expiry >= 0 && expiry <= now;
  }

  /** Where the value begins in {@link #bytes()}. */
  @Override
  public int start() {
    return valueOffset;
  }

  /** The bytes from {@link #start()} to the end of the slot. */
  @Override
  public int capacity() {
    return pool.slotBytes(reference) - (valueOffset - offset);
  }

  /** The bytes of the slot that holds key and value. */
  public int slotBytes() {
    return pool.slotBytes(reference);
  }

  /** Makes room for so many bytes of value; the present ones are kept. */
  @Override
  public void reserve(int capacity) {
    int present = capacity();
    if (capacity > present) {
      move(capacity, present);
    }
  }

  /** Gives back what the slot has beyond so many bytes of value, if a smaller slot would do. */
  public void shrink(int used) {
    int wanted = PagePool.roundedSize(valueOffset - offset + used);
    if (wanted < pool.slotBytes(reference)) {
      try {
        move(used, used);
      } catch (OutOfMemoryError full) {
        // It keeps the room.
      }
    }
  }

  private void move(int capacity, int kept) {
    int head = valueOffset - offset;
    int moved = pool.allocate(Math.addExact(head, capacity), database.account());
    System.arraycopy(page, offset, pool.page(moved), PagePool.offset(moved), head + kept);
    int old = reference;
    database.index().exchange(hash, old, moved, expiry() >= 0);
    pool.free(old, database.account());
    reference = moved;
    locate();
  }

  /** The object of a held value. */
  public Held held() {
    return (Held) pool.held(Bytes.getInt(page, valueOffset));
  }

  /** Makes the value an object beside the pages, in this encoding; the former bytes are gone. */
  public void hold(Held value, Encoding encoding) {
    int handle = pool.hold(value);
    try {
      reserve(Integer.BYTES);
    } catch (OutOfMemoryError full) {
      pool.drop(handle);
      throw full;
    }
    database.keyspace().unfinished().end(value);
    Bytes.putInt(page, valueOffset, handle);
    encoding(encoding);
    shrink(Integer.BYTES);
  }

  /** Takes the object out of the entry, to be freed or put back in another encoding. */
  Held release() {
    Held value = held();
    pool.drop(Bytes.getInt(page, valueOffset));
    Bytes.putInt(page, valueOffset, 0);
    return value;
  }

  /** Replaces a held value by bytes in the entry: room for so many, in this encoding. */
  public Held unhold(Encoding encoding, int capacity) {
    // First what may find no memory.
    reserve(capacity);
    Held value = release();
    encoding(encoding);
    return value;
  }

  /* Strings that are not INT: a length in one byte, or 255 and four bytes, and the bytes. */

  /** The number of bytes that a string's length takes before it. */
  public static int lengthBytes(int length) {
    return length < 255 ? 1 : 5;
  }

  /** The length of the string value, which is not INT. */
  public int stringLength() {
    int length = page[valueOffset] & 0xFF;
    return length == 255 ? Bytes.getInt(page, valueOffset + 1) : length;
  }

  /** Where the string value's bytes begin. */
  public int stringOffset() {
    return valueOffset + ((page[valueOffset] & 0xFF) == 255 ? 5 : 1);
  }

  /** Writes a string value that fits the slot. */
  public void writeString(byte[] source, int from, int length) {
    System.arraycopy(source, from, page, writeStringLength(length), length);
  }

  /** Writes a string's length, and says where its bytes belong. */
  public int writeStringLength(int length) {
    if (length < 255) {
      page[valueOffset] = (byte) length;
      return valueOffset + 1;
    }
    page[valueOffset] = (byte) 255;
    Bytes.putInt(page, valueOffset + 1, length);
    return valueOffset + 5;
  }

  /** The value of an INT. */
  public long integer() {
    return Bytes.getLong(page, valueOffset);
  }

  public void integer(long value) {
    Bytes.putLong(page, valueOffset, value);
  }

  /** Checks the structure of the value. */
  void validate() {
    boolean sound =
        switch (encoding()) {
          case LISTPACK, LISTPACK_EX -> {
            int total = Listpack.totalBytes(page, valueOffset);
            yield total <= capacity() && Listpack.validate(page, valueOffset, total);
          }
          case INTSET -> {
            int total = IntegerSet.totalBytes(page, valueOffset);
            yield total <= capacity() && IntegerSet.validate(page, valueOffset, total);
          }
          default -> true;
        };
    if (!sound) {
      throw new IllegalStateException("damaged " + encoding().wireName());
    }
    if (encoding().held()) {
      held().validate();
    }
  }
}
