package io.keyward.engine.builtin;

import io.keyward.engine.builtin.memory.Dictionary;
import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.EntryVisits;
import io.keyward.engine.builtin.memory.KeyHash;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;
import io.keyward.engine.builtin.memory.SteadyWalk;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/**
 * A big hash or a big set: elements in slots of the pages ({@link ElementSlots}), found by a
 * dictionary, whose mark those bear that expire.
 *
 * <p>Elements are named by their reference in the {@link PagePool}, which changes when a value of
 * another size takes its place.
 */
public final class ElementTable implements Held {
  /** No such element. */
  public static final int ABSENT = Dictionary.ABSENT;

  /** This object, its slots, the dictionary and its outer arrays, with compact object headers. */
  private static final int OBJECT_BYTES = 176;

  private final ElementSlots slots;
  private final Dictionary elements;

  public ElementTable(PagePool pool, MemoryAccount account) {
    slots = new ElementSlots(pool, account);
    elements = new Dictionary(pool, account);
    account.add(OBJECT_BYTES);
  }

  /** A table of the same elements as another one. */
  private ElementTable(ElementTable other, MemoryAccount account) {
    slots = new ElementSlots(other.slots.pool(), account);
    elements = other.elements.share(account);
    slots.share(other.slots);
    account.add(OBJECT_BYTES);
  }

  @Override
  public ElementTable copy(Database target) {
    return copy(target.account());
  }

  /** A table of the same elements, whose bytes are counted there. */
  ElementTable copy(MemoryAccount counted) {
    if (elements.sharedByMany()) {
      return copyOfEach(counted);
    }
    return new ElementTable(this, counted);
  }

  private ElementTable copyOfEach(MemoryAccount counted) {
    ElementTable copy = new ElementTable(slots.pool(), counted);
    try {
      EntryVisits.all(
          elements,
          reference ->
              copy.enter(
                  slots.hash(reference),
                  copy.slots.layCopy(reference, copy.elements.stamp()),
                  slots.expires(reference)));
      return copy;
    } catch (OutOfMemoryError full) {
      boolean _ = copy.free(Integer.MAX_VALUE);
      throw full;
    }
  }

  @Override
  public void adopt(MemoryAccount counted, BuiltinKeyspace keyspace) {
    slots.account(counted);
    elements.account(counted);
  }

  /**
   * Makes an element this table's alone, so that it may be changed where it is.
   *
   * @return the reference that names it from now on
   */
  int own(int reference) {
    if (reference == ABSENT || elements.isOwn(reference)) {
      return reference;
    }
    long hash = slots.hash(reference);
    if (!elements.othersHold(hash, reference)) {
      elements.claim(reference);
      return reference;
    }
    elements.own(hash, reference);
    int laid = slots.layCopy(reference, elements.stamp());
    elements.replace(hash, reference, laid);
    slots.giveBack(reference, true);
    return laid;
  }

  public int size() {
    return elements.size();
  }

  /** The element of this name, or {@link #ABSENT}. */
  public int find(byte[] name, int offset, int length) {
    return elements.find(KeyHash.hash(name, offset, length), name, offset, length);
  }

  /** Adds a member to a set, and says whether it was new. */
  public boolean add(byte[] name, int offset, int length) {
    long hash = KeyHash.hash(name, offset, length);
    if (elements.find(hash, name, offset, length) != ABSENT) {
      return false;
    }
    enter(hash, lay(name, offset, length, 0, -1), false);
    return true;
  }

  /** Lets an element that has been laid be found. */
  private void enter(long hash, int laid, boolean expires) {
    try {
      elements.insert(hash, laid, expires);
    } catch (OutOfMemoryError full) {
      slots.giveBack(laid, false);
      throw full;
    }
  }

  /**
   * Gives a field of a hash, there or not, room for a value of so many bytes, which the caller
   * writes at {@link #valueOffset}; the former value is gone.
   */
  public int place(byte[] name, int offset, int length, int valueLength) {
    return place(name, offset, length, valueLength, -1);
  }

  /**
   * As {@link #place(byte[], int, int, int)}, for a field that expires.
   *
   * @param expiry milliseconds since 1970, or -1 for a field that does not expire
   */
  public int place(byte[] name, int offset, int length, int valueLength, long expiry) {
    long hash = KeyHash.hash(name, offset, length);
    int present = elements.find(hash, name, offset, length);
    boolean own = true;
    if (present != ABSENT) {
      elements.beforeChange(present);
      own = elements.isOwn(present);
    }
    int room = Math.addExact(Entry.lengthBytes(valueLength), valueLength);
    int laid;
    if (present == ABSENT) {
      laid = lay(name, offset, length, room, expiry);
      enter(hash, laid, expiry >= 0);
    } else if (own
        && slots.expires(present) == expiry >= 0
        && slots.pool().slotBytes(present)
            == PagePool.roundedSize(slots.headBytes(present) + room)) {
      laid = present;
      slots.writeExpiry(laid, expiry);
    } else {
      laid = lay(name, offset, length, room, expiry);
      exchange(hash, present, laid, expiry >= 0);
    }
    slots.writeValueLength(laid, valueLength);
    return laid;
  }

  /** Puts one slot in the place of another of the same name, which is given back. */
  private void exchange(long hash, int old, int laid, boolean expires) {
    try {
      elements.own(hash, old);
    } catch (OutOfMemoryError full) {
      slots.giveBack(laid, false);
      throw full;
    }
    if (slots.expires(old) != expires) {
      elements.mark(hash, old, expires);
    }
    elements.replace(hash, old, laid);
    giveBack(hash, old);
  }

  /**
   * Sets a field of a hash and when it expires.
   *
   * @param expiry milliseconds since 1970, or -1 for a field that does not expire
   */
  public void put(
      byte[] name,
      int offset,
      int length,
      byte[] value,
      int valueFrom,
      int valueLength,
      long expiry) {
    int reference = place(name, offset, length, valueLength, expiry);
    System.arraycopy(value, valueFrom, bytes(reference), valueOffset(reference), valueLength);
  }

  /** The number of fields that expire. */
  public int expiring() {
    return elements.marked();
  }

  /**
   * Sets when a field expires, in milliseconds since 1970; -1 for never.
   *
   * @return the reference that names the field from now on
   */
  public int expireAt(int reference, long expiry) {
    elements.beforeChange(reference);
    if (slots.expires(reference) == expiry >= 0) {
      int own = own(reference);
      slots.writeExpiry(own, expiry);
      return own;
    }
    byte[] page = slots.pool().page(reference);
    int at = PagePool.offset(reference);
    int name = EntryLayout.keyOffset(page, at);
    int length = EntryLayout.keyLength(page, at);
    int value = EntryLayout.valueOffset(page, at);
    int valueLength = valueLength(reference);
    int room = Entry.lengthBytes(valueLength) + valueLength;
    int laid = lay(page, name, length, room, expiry);
    byte[] newPage = slots.pool().page(laid);
    int to = EntryLayout.valueOffset(newPage, PagePool.offset(laid));
    System.arraycopy(page, value, newPage, to, room);
    exchange(EntryLayout.keyHash(page, at), reference, laid, expiry >= 0);
    return laid;
  }

  /**
   * Visits the fields that expire in the next few buckets; the visitor may remove the one it is
   * given.
   *
   * @return the bucket to go on with, 0 after the last
   */
  public int visitExpiring(int bucket, int mostBuckets, IntConsumer visitor) {
    return EntryVisits.marked(elements, bucket, mostBuckets, Integer.MAX_VALUE, visitor);
  }

  /** Removes the element of this name, and says whether it was there. */
  public boolean remove(byte[] name, int offset, int length) {
    long hash = KeyHash.hash(name, offset, length);
    int reference = elements.find(hash, name, offset, length);
    if (reference == ABSENT) {
      return false;
    }
    elements.beforeChange(reference);
    elements.remove(hash, reference);
    giveBack(hash, reference);
    return true;
  }

  /** Removes an element that is there. */
  public void remove(int reference) {
    elements.beforeChange(reference);
    long hash = slots.hash(reference);
    elements.remove(hash, reference);
    giveBack(hash, reference);
  }

  /** Gives back the slot of an element that has been taken out, unless others hold it. */
  private void giveBack(long hash, int reference) {
    slots.giveBack(reference, !elements.isOwn(reference) && elements.othersHold(hash, reference));
  }

  private int lay(byte[] name, int offset, int length, int room, long expiry) {
    return slots.lay(name, offset, length, room, expiry, elements.stamp());
  }

  /** When a field expires, in milliseconds since 1970; -1 for never. */
  public long expiry(int reference) {
    return slots.expiry(reference);
  }

  /** The array that holds an element's name and value. */
  public byte[] bytes(int reference) {
    return slots.bytes(reference);
  }

  public int nameOffset(int reference) {
    return slots.nameOffset(reference);
  }

  public int nameLength(int reference) {
    return slots.nameLength(reference);
  }

  /** Where the value of a hash's field begins. */
  public int valueOffset(int reference) {
    return slots.valueOffset(reference);
  }

  /** The length of the value of a hash's field. */
  public int valueLength(int reference) {
    return slots.valueLength(reference);
  }

  /** An element of a table that is not empty, each with the same chance. */
  public int random(RandomGenerator random) {
    return EntryVisits.random(elements, random);
  }

  /** Visits every element; the visitor may remove the one it is given. */
  public void forEach(IntConsumer visitor) {
    EntryVisits.all(elements, visitor);
  }

  /** Visits elements until the visitor says no; the table must not change meanwhile. */
  public void visitWhile(IntPredicate visitor) {
    EntryVisits.whileWanted(elements, visitor);
  }

  /** Visits the elements of the next few buckets; see {@link EntryVisits#scan}. */
  public long scan(long cursor, IntConsumer visitor) {
    return EntryVisits.scan(elements, cursor, visitor);
  }

  /** Begins a walk that shows every element as it is now, whatever becomes of it meanwhile. */
  public SteadyWalk beginWalk(IntConsumer visitor) {
    return elements.beginWalk(visitor, slots::freeLeft);
  }

  @Override
  public boolean outlives(Runnable afterwards) {
    SteadyWalk walk = elements.walk();
    if (walk != null) {
      walk.afterwards(afterwards);
    }
    return walk != null;
  }

  @Override
  public long memoryBytes() {
    return OBJECT_BYTES + elements.memory() + slots.bytes();
  }

  @Override
  public long freeEffort() {
    return elements.size();
  }

  @Override
  public boolean free(int budget) {
    boolean done =
        elements.drain(
            Math.max(1, budget / 8), reference -> giveBack(slots.hash(reference), reference));
    if (done) {
      slots.account().add(-OBJECT_BYTES);
    }
    return done;
  }

  @Override
  public void validate() {
    elements.validate();
    long[] counted = new long[1];
    EntryVisits.all(elements, reference -> counted[0] += slots.pool().slotBytes(reference));
    if (counted[0] != slots.bytes()) {
      throw new IllegalStateException(
          "elements take " + counted[0] + " bytes, recorded " + slots.bytes());
    }
  }
}
