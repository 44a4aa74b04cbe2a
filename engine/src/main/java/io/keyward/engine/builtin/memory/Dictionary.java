package io.keyward.engine.builtin.memory;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A hash table from keys to the references of the entries that hold them.
 *
 * <p>Buckets of one cache line, twelve entries each ({@link Buckets}), in linear hashing (W.
 * Litwin, VLDB 1980): with every eight insertions one bucket is split in two, with deletions one is
 * merged back, so there is no rehashing of the whole, no second table, and the memory per key does
 * not jump.
 *
 * <p>With {@code 2^level + split} buckets, a hash belongs to bucket {@code h mod 2^level}, or, if
 * that lies below {@code split}, to {@code h mod 2^(level+1)}. {@link EntryVisits} shows the
 * entries.
 *
 * <p>Find, insert and remove cost O(1); no operation touches more than a few dozen entries. Hash
 * values are never stored: a split hashes the keys of one bucket anew.
 *
 * <p>Where memory runs out, the entry that was to come is not there and all others are.
 */
public final class Dictionary {
  /** An entry is not there. */
  public static final int ABSENT = 0;

  private static final int SPLIT_LOAD = 8;
  private static final int MERGE_LOAD = 3;
  private static final int MARK = 0x80;

  private final PagePool pool;
  private final Buckets table;
  private final BucketSplits splits = new BucketSplits(this);
  private int level;
  private int split;
  private int count;
  private int marked;
  private int longestChain = 1;
  private int longestChainBefore = 1;
  private int holds;

  /** Of an image: its entries in the buckets before this one are not held any more. */
  private int passed;

  private int generation;
  private @Nullable SteadyWalk walk;

  /** Which entries others may hold as well; null if none has ever been shared. */
  private @Nullable Kinship kinship;

  /** The birth that entries bear that are laid now, and of those that no other dictionary holds. */
  private int birth;

  private int alone;

  public Dictionary(PagePool pool, MemoryAccount account) {
    this.pool = pool;
    table = new Buckets(pool.spareSegments(), account);
  }

  private Dictionary(Dictionary other, MemoryAccount account, boolean kin) {
    pool = other.pool;
    kinship = kin ? new Kinship(this) : null;
    // The last one that takes memory, since from then on each of the two has what is in common.
    table = other.table.share(account);
    level = other.level;
    split = other.split;
    count = other.count;
    marked = other.marked;
    longestChain = other.longestChain;
    longestChainBefore = other.longestChainBefore;
    generation = other.generation;
  }

  /**
   * A dictionary of the same entries, in the time that it takes to name the segments of its table.
   * Both go on by themselves; what they have in common must not be changed by either, see {@link
   * #isOwn}.
   *
   * @param account counts the table, which the other one's account has counted too
   */
  public Dictionary share(MemoryAccount account) {
    Kinship shared = kinship();
    shared.makeRoom();
    Dictionary made = new Dictionary(this, account, true);
    shared.add(made.kinship());
    return made;
  }

  /**
   * Whether so many dictionaries have been shared from one another that entries had better be
   * copied than shared once more: each is looked into when an entry changes that may be in common.
   */
  public boolean sharedByMany() {
    return kinship != null && kinship.full();
  }

  /**
   * As {@link #share}, of a dictionary that only names entries which others hold for it: what is in
   * common is the table alone.
   */
  public Dictionary shareTable(MemoryAccount account) {
    return new Dictionary(this, account, false);
  }

  /**
   * The regular work of a dictionary that has been shared, until {@code deadline} on the clock of
   * {@link System#nanoTime()}: that entries can be known as its alone when they are laid.
   */
  public void tend(long deadline) {
    if (kinship != null && walk == null) {
      kinship.tend(deadline);
    }
  }

  void forgetBirth(int reference) {
    EntryLayout.birth(pool.page(reference), PagePool.offset(reference), 0);
  }

  Kinship kinship() {
    Kinship present = kinship;
    if (present == null) {
      present = new Kinship(this);
      kinship = present;
    }
    return present;
  }

  /** Takes on another birth; {@code known} says whether entries that bear it are no others'. */
  void birth(int bits, boolean known) {
    birth = bits;
    alone = known ? bits : -1;
  }

  /** Counts the table there from now on. */
  public void account(MemoryAccount account) {
    table.account(account);
  }

  /**
   * Whether an entry is known to be this dictionary's alone. If not, it may all the same: see
   * {@link #othersHold}.
   */
  public boolean isOwn(byte[] page, int entry) {
    return EntryLayout.birth(page, entry) == alone;
  }

  /** As {@link #isOwn(byte[], int)}. */
  public boolean isOwn(int reference) {
    return isOwn(pool.page(reference), PagePool.offset(reference));
  }

  /** Whether another dictionary holds an entry, given the hash of its key. */
  public boolean othersHold(long hash, int reference) {
    return kinship != null && kinship.othersHold(hash, reference);
  }

  /** Makes an entry known as this dictionary's alone, which no other holds. */
  public void claim(int reference) {
    EntryLayout.birth(pool.page(reference), PagePool.offset(reference), birth);
  }

  public int size() {
    return count;
  }

  /** The generation of entries that are laid now: 0 or {@link EntryLayout#ODD}. */
  int generation() {
    return generation;
  }

  /** The flags of entries that are laid now: their generation and their birth. */
  public int stamp() {
    return generation | birth;
  }

  /**
   * Begins a walk that shows every entry as it is now, whatever becomes of it meanwhile; there may
   * be one at a time.
   *
   * @param left frees an entry that nobody holds any more but the walk, when this has shown it
   */
  public SteadyWalk beginWalk(IntConsumer visitor, IntConsumer left) {
    if (walk != null) {
      throw new IllegalStateException("another walk is not over");
    }
    SteadyWalk begun;
    if (kinship != null) {
      begun = SteadyWalk.ofImage(this, pool, visitor, left);
    } else {
      generation ^= EntryLayout.ODD;
      begun = new SteadyWalk(this, pool, visitor);
    }
    walk = begun;
    return begun;
  }

  /** The same entries for a walk, whose table counts only where each byte counts once. */
  Dictionary image() {
    Dictionary image = share(table.account().outermost());
    kinship().walkBegins();
    return image;
  }

  void walkIsOver() {
    walk = null;
  }

  /** The walk that has been begun and is not over, or null. */
  public @Nullable SteadyWalk walk() {
    return walk;
  }

  /** Says that an entry is about to be changed or removed. */
  public void beforeChange(int reference) {
    SteadyWalk present = walk;
    if (present != null) {
      present.beforeChange(reference);
    }
  }

  /** How many entries bear the mark. */
  public int marked() {
    return marked;
  }

  Buckets table() {
    return table;
  }

  PagePool pool() {
    return pool;
  }

  /** The logarithm of how many buckets there were when the present round of splits began. */
  int level() {
    return level;
  }

  /** How many buckets have been split in this round. */
  int split() {
    return split;
  }

  /** The number of buckets, overflow left out. */
  public int buckets() {
    return (1 << level) + split;
  }

  private static int tag(long hash) {
    int tag = (int) (hash >>> 57);
    return tag == 0 ? 1 : tag;
  }

  private int bucket(long hash) {
    int bucket = (int) hash & ((1 << level) - 1);
    return bucket < split ? (int) hash & ((2 << level) - 1) : bucket;
  }

  /** The reference of the entry with this key, or {@link #ABSENT}. */
  public int find(long hash, byte[] key, int offset, int length) {
    int pattern = Buckets.pattern(tag(hash));
    int bucket = bucket(hash);
    do {
      int[] array = table.array(bucket);
      int base = Buckets.base(bucket);
      for (int word = 0; word < 3; word++) {
        int found = Buckets.matches(array[base + word], pattern);
        while (found != 0) {
          int reference = array[base + Buckets.REFERENCES + Buckets.slot(word, found)];
          if (EntryLayout.keyEquals(
              pool.page(reference), PagePool.offset(reference), key, offset, length)) {
            return reference;
          }
          found &= found - 1;
        }
      }
      bucket = Buckets.next(array, base);
    } while (bucket != 0);
    return ABSENT;
  }

  /**
   * Reads a word of the bucket that a hash belongs to, so that it is in the processor's cache when
   * the key is looked for: done for several keys in a row, their buckets are fetched from memory at
   * the same time, where looking for one key after the other waits for each.
   *
   * @return what must not be thrown away, lest nothing be read; it means nothing
   */
  public int fetch(long hash) {
    int bucket = bucket(hash);
    return table.array(bucket)[Buckets.base(bucket)];
  }

  /**
   * As {@link #fetch}, of the entry that this hash leads to first, once its bucket is in the cache.
   */
  public int fetchEntry(long hash) {
    int pattern = Buckets.pattern(tag(hash));
    int bucket = bucket(hash);
    int[] array = table.array(bucket);
    int base = Buckets.base(bucket);
    for (int word = 0; word < 3; word++) {
      int found = Buckets.matches(array[base + word], pattern);
      if (found != 0) {
        int reference = array[base + Buckets.REFERENCES + Buckets.slot(word, found)];
        return pool.page(reference)[PagePool.offset(reference)];
      }
    }
    return 0;
  }

  /** Adds an entry whose key is not there yet. */
  public void insert(long hash, int reference, boolean mark) {
    place(bucket(hash), tag(hash) | (mark ? MARK : 0), reference);
    count++;
    if (mark) {
      marked++;
    }
    if (count > buckets() * SPLIT_LOAD && holds == 0) {
      boolean _ = splits.split();
    }
  }

  /** Puts an entry into the first free slot of a chain. */
  void place(int bucket, int tag, int reference) {
    longestChain = Math.max(longestChain, table.place(bucket, tag, reference));
  }

  private long locate(long hash, int reference) {
    long at = table.search(bucket(hash), tag(hash), reference);
    if (at == Buckets.NOWHERE) {
      throw new IllegalStateException("the entry is not in this dictionary");
    }
    return at;
  }

  /**
   * Sees to it that an entry can be taken out, marked or replaced without any memory.
   *
   * @throws OutOfMemoryError if there is none
   */
  public void own(long hash, int reference) {
    if (table.mayBeCommon()) {
      int[] _ = table.ownArray((int) (locate(hash, reference) >> 4));
    }
  }

  /** Lets the dictionary name an entry by another reference; the entry keeps key and mark. */
  public void replace(long hash, int oldReference, int newReference) {
    long at = locate(hash, oldReference);
    int bucket = (int) (at >> 4);
    table.ownArray(bucket)[Buckets.base(bucket) + Buckets.REFERENCES + (int) (at & 15)] =
        newReference;
  }

  /** Sets or clears the mark of an entry. */
  public void mark(long hash, int reference, boolean mark) {
    long at = locate(hash, reference);
    int bucket = (int) (at >> 4);
    int slot = (int) (at & 15);
    int word = Buckets.base(bucket) + (slot >>> 2);
    int bit = MARK << ((slot & 3) << 3);
    boolean was = (table.array(bucket)[word] & bit) != 0;
    if (was != mark) {
      table.ownArray(bucket)[word] ^= bit;
      marked += mark ? 1 : -1;
    }
  }

  /** Takes an entry out; its slot stays the caller's. */
  public void remove(long hash, int reference) {
    long at = locate(hash, reference);
    if (table.remove(bucket(hash), (int) (at >> 4), (int) (at & 15))) {
      marked--;
    }
    count--;
    if (holds == 0) {
      boolean _ = shrink();
    }
  }

  private boolean shrink() {
    return count < (long) buckets() * MERGE_LOAD && buckets() > 1 && splits.merge();
  }

  /** Whether an entry of this reference is there, given the hash of its key. */
  public boolean holds(long hash, int reference) {
    int bucket = bucket(hash);
    return bucket >= passed && table.search(bucket, tag(hash), reference) != Buckets.NOWHERE;
  }

  /**
   * Shows the entries of the next bucket, which this image of a dictionary does not hold
   * afterwards.
   *
   * @param left is shown those that no other dictionary holds either
   * @return whether that was the last bucket
   */
  boolean pass(IntConsumer visitor, IntConsumer left) {
    int bucket = passed;
    ChainVisits.all(table, bucket, visitor);
    passed++;
    ChainVisits.all(
        table,
        bucket,
        reference -> {
          long hash = EntryLayout.keyHash(pool.page(reference), PagePool.offset(reference));
          if (!othersHold(hash, reference)) {
            left.accept(reference);
          }
        });
    return passed == buckets();
  }

  /** Gives back the table of a dictionary that is not used any more, and holds nothing. */
  public void discard() {
    if (kinship != null) {
      kinship.leave();
    }
    table.free();
  }

  /** No bucket is split or merged until {@link #release()}, so that a walk may remove entries. */
  public void hold() {
    holds++;
  }

  /** Ends a {@link #hold()} and makes up for the splits or merges that were put off. */
  public void release() {
    if (--holds == 0) {
      boolean goesOn = true;
      while (goesOn && count > buckets() * SPLIT_LOAD) {
        goesOn = splits.split();
      }
      trim();
    }
  }

  /** Makes room for so many entries at once, if there are none yet. */
  public void reserve(int entries) {
    if (count > 0 || buckets() > 1 || holds > 0) {
      return;
    }
    boolean goesOn = true;
    while (goesOn && buckets() * (long) SPLIT_LOAD < entries) {
      goesOn = splits.split();
    }
  }

  /** Gives back the room that is reserved for more entries than there are. */
  public void trim() {
    boolean goesOn = holds == 0;
    while (goesOn) {
      goesOn = shrink();
    }
  }

  /** Another bucket of this round has been split. */
  void oneMore() {
    split++;
    if (split == 1 << level) {
      level++;
      split = 0;
      // Every bucket has been laid anew since the last round began, so chains of before are gone.
      longestChainBefore = longestChain;
      longestChain = 1;
    }
  }

  /** The last bucket is one no more. */
  void oneLess() {
    if (split == 0) {
      level--;
      split = 1 << level;
      longestChain = longestChain();
    }
    split--;
  }

  /** No chain is longer: the longest made in this round of splits and in the one before. */
  private int longestChain() {
    return Math.max(longestChain, longestChainBefore);
  }

  /** Fetches from memory, at the same time, the entries of a bucket. */
  void fetchEntries(int bucket) {
    splits.fetch(bucket);
  }

  /**
   * Gives the entries of a few buckets to the visitor, who frees their slots. The dictionary does
   * not hold them any more, and is good for nothing but to be drained to its end: the buckets are
   * not written to, since they may be in common with others, which would have them copied.
   *
   * @return whether nothing is left and the dictionary has given its own memory back
   */
  public boolean drain(int mostBuckets, IntConsumer visitor) {
    IntConsumer counting =
        reference -> {
          visitor.accept(reference);
          count--;
        };
    hold();
    int looked = 0;
    while (count > 0 && looked++ < mostBuckets) {
      drainLast(counting);
    }
    holds--;
    if (count == 0) {
      discard();
    }
    return count == 0;
  }

  private void drainLast(IntConsumer visitor) {
    int bucket = buckets() - 1;
    fetchEntries(bucket);
    ChainVisits.all(table, bucket, visitor);
    if (bucket > 0) {
      oneLess();
      table.removeLast(bucket);
    }
  }

  /** Bytes of buckets and overflow, the entries left out. */
  public long memory() {
    return table.memory();
  }

  /** Checks that every entry is where its key's hash says, and every count; for tests. */
  public void validate() {
    new DictionaryCheck(this, pool).run();
  }

  /** Whether an entry under a tag belongs to a bucket by its hash. */
  boolean belongs(int bucket, int tag, long hash) {
    return bucket(hash) == bucket && tag(hash) == (tag & ~MARK);
  }

  /** No chain of the table is said to be longer. */
  int mostInChain() {
    return longestChain();
  }
}
