package io.keyward.engine.builtin;

import io.keyward.engine.builtin.memory.Bytes;
import io.keyward.engine.builtin.memory.Dictionary;
import io.keyward.engine.builtin.memory.EntryLayout;
import io.keyward.engine.builtin.memory.EntryVisits;
import io.keyward.engine.builtin.memory.MemoryAccount;
import io.keyward.engine.builtin.memory.PagePool;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The pinned keys of a database: which they are, what they take, and how often they are asked for.
 *
 * <p>They stand in the database's dictionary among all keys, bear {@link EntryLayout#PINNED}, and
 * stand in a dictionary of their own beside it, from which those are drawn that may be evicted.
 *
 * <p>The sum of their bytes holds what each took when it was last at rest. A key that is about to
 * change bears {@link EntryLayout#UNSETTLED} until {@link #settle} measures it again; the list of
 * such keys may name some that have gone or moved on, never too few.
 */
final class PinnedKeys {
  /** An entry's part of the two dictionaries: 64 bytes of bucket for eight keys in each. */
  private static final int DICTIONARY_BYTES = 16;

  private static final int MOST_KEPT = 1024;

  private final PagePool pool;
  private final MemoryAccount account;
  private final Pins pins;
  private Dictionary keys;
  private final AccessFrequencies frequencies;
  private long settledBytes;
  private long unsettledBytes;
  private long[] hashes = new long[8];
  private int[] references = new int[8];
  private int unsettled;

  PinnedKeys(Database database) {
    pool = database.pool();
    account = database.keyspace().account();
    pins = database.keyspace().pins();
    keys = new Dictionary(pool, account);
    frequencies = new AccessFrequencies(account);
  }

  int size() {
    return keys.size();
  }

  /** Whether an entry is pinned. */
  boolean hold(int reference) {
    return has(reference, EntryLayout.PINNED);
  }

  private boolean has(int reference, int flag) {
    return (EntryLayout.flags(pool.page(reference), PagePool.offset(reference)) & flag) != 0;
  }

  /** An entry that bears the flags of a pinned one stands in its dictionary now. */
  void added(long hash, int reference) {
    makeRoom();
    keys.insert(hash, reference, false);
    pins.count(1, 0);
    clock(reference, frequencies.fresh(hash));
    note(hash, reference);
    if (Integer.bitCount(keys.size()) == 1) {
      fitFrequencies();
    }
  }

  private void fitFrequencies() {
    try {
      frequencies.fit(keys.size());
    } catch (OutOfMemoryError full) {
      // The regular work comes to it.
    }
  }

  /** Finds the memory for an entry to leave its dictionary or to get another place. */
  void prepare(long hash, int reference) {
    keys.own(hash, reference);
    makeRoom();
    pins.opened();
  }

  /** A pinned entry is about to leave its dictionary. */
  void removed(long hash, int reference) {
    unsettle(reference);
    keys.remove(hash, reference);
    pins.count(-1, 0);
  }

  /** A pinned entry has another place, at which it bears the same flags. */
  void moved(long hash, int former, int reference) {
    open(former);
    keys.replace(hash, former, reference);
    flag(reference, EntryLayout.UNSETTLED, true);
    note(hash, reference);
  }

  /** A copy has taken the place of an entry that others hold too, and bears the same flags. */
  void copied(long hash, int former, int reference) {
    unsettle(former);
    keys.replace(hash, former, reference);
    flag(reference, EntryLayout.UNSETTLED, true);
    note(hash, reference);
  }

  /** Holds what another database holds, all of which is settled, in place of no keys. */
  void holdAs(PinnedKeys other) {
    keys.discard();
    keys = other.keys.shareTable(account);
    settledBytes = other.settledBytes;
    pins.count(keys.size(), settledBytes);
    frequencies.beginAs(other.frequencies);
  }

  /** A pinned entry is about to change. */
  void beforeChange(long hash, int reference) {
    if (!has(reference, EntryLayout.UNSETTLED)) {
      open(reference);
      note(hash, reference);
    }
  }

  /** Pins an entry that was not. */
  void pin(long hash, int reference) {
    flag(reference, EntryLayout.PINNED | EntryLayout.UNSETTLED, true);
    added(hash, reference);
  }

  /** Lets an entry be like any other. */
  void unpin(long hash, int reference) {
    removed(hash, reference);
    flag(reference, EntryLayout.PINNED | EntryLayout.UNSETTLED, false);
  }

  private void open(int reference) {
    unsettle(reference);
    flag(reference, EntryLayout.UNSETTLED, true);
  }

  /** Takes out of the sum of all what an entry took when it was last at rest. */
  private void unsettle(int reference) {
    if (!has(reference, EntryLayout.UNSETTLED)) {
      long size = size(reference);
      settledBytes -= size;
      unsettledBytes += size;
      pins.opened();
    }
  }

  private void makeRoom() {
    if (unsettled == hashes.length) {
      references = Arrays.copyOf(references, unsettled * 2);
      // The last one, since its length is asked for.
      hashes = Arrays.copyOf(hashes, unsettled * 2);
    }
  }

  private void note(long hash, int reference) {
    makeRoom();
    hashes[unsettled] = hash;
    references[unsettled++] = reference;
    pins.opened();
  }

  /** Measures what has been changed. */
  void settle() {
    long before = settledBytes + unsettledBytes;
    unsettledBytes = 0;
    for (int i = 0; i < unsettled; i++) {
      int reference = references[i];
      if (keys.holds(hashes[i], reference) && has(reference, EntryLayout.UNSETTLED)) {
        flag(reference, EntryLayout.UNSETTLED, false);
        settledBytes += size(reference);
      }
    }
    pins.count(0, settledBytes - before);
    unsettled = 0;
    if (hashes.length > MOST_KEPT) {
      hashes = new long[MOST_KEPT];
      references = new int[MOST_KEPT];
    }
  }

  private long size(int reference) {
    byte[] page = pool.page(reference);
    int at = PagePool.offset(reference);
    int code = page[EntryLayout.typeOffset(page, at)] >>> 4 & 0xF;
    long size = (long) pool.slotBytes(reference) + DICTIONARY_BYTES;
    if (Encoding.of(code).held()) {
      int handle = Bytes.getInt(page, EntryLayout.valueOffset(page, at));
      size += ((Held) pool.held(handle)).memoryBytes();
    }
    return size;
  }

  private void flag(int reference, int flags, boolean on) {
    EntryLayout.flag(pool.page(reference), PagePool.offset(reference), flags, on);
  }

  private void clock(int reference, int value) {
    EntryLayout.clock(pool.page(reference), PagePool.offset(reference), value);
  }

  /** How often the keys are asked for, whatever the policy for other keys is. */
  AccessFrequencies frequencies() {
    return frequencies;
  }

  /** The regular work. */
  void tend() {
    frequencies.fit(keys.size());
  }

  /** A key, each with the same chance; {@link Dictionary#ABSENT} if there is none. */
  int random(RandomGenerator random) {
    return EntryVisits.random(keys, random);
  }

  /** The greater, the sooner a key goes. */
  long badness(Entry entry) {
    int clock = entry.clock();
    return ((long) -frequencies.count(clock) << 32) | frequencies.idle(clock);
  }

  /** Gives back what the keys have taken, which are gone. */
  void discard() {
    pins.count(-keys.size(), -settledBytes - unsettledBytes);
    keys.discard();
    frequencies.forget();
  }

  /** Checks that the keys and their bytes are what was counted; for tests. */
  void validate(Dictionary all) {
    settle();
    long[] sums = new long[2];
    EntryVisits.all(
        all,
        reference -> {
          if (hold(reference)) {
            sums[0]++;
            sums[1] += size(reference);
          }
        });
    keys.validate();
    if (sums[0] != keys.size() || sums[1] != settledBytes) {
      throw new IllegalStateException(
          "%d pinned keys of %d bytes; recorded %d of %d"
              .formatted(sums[0], sums[1], keys.size(), settledBytes));
    }
  }
}
