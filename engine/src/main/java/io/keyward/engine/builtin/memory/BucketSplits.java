package io.keyward.engine.builtin.memory;

import java.util.function.IntConsumer;

/**
 * Splits a bucket of a dictionary in two when entries have come, and merges two when some have
 * gone.
 *
 * <p>All that takes memory is done before anything is moved. Where there is none, everything stays
 * where it is, in chains that are longer or emptier than they should be, until it is tried again.
 */
final class BucketSplits implements IntConsumer {
  private final Dictionary dictionary;

  /** Keeps what has been read from being read for nothing. */
  int unusedSum;

  BucketSplits(Dictionary dictionary) {
    this.dictionary = dictionary;
  }

  /** Splits the bucket whose turn it is; false if there is no memory for that now. */
  boolean split() {
    Buckets table = dictionary.table();
    ChainEntries moved = dictionary.pool().chainEntries();
    int from = dictionary.split();
    int to = dictionary.buckets();
    try {
      table.add(to);
      table.gather(from, moved);
      table.makeRoom(to, assign(moved, from, to));
    } catch (OutOfMemoryError full) {
      moved.clear();
      return false;
    }
    dictionary.oneMore();
    move(moved, from);
    return true;
  }

  /**
   * Merges the last bucket with the one it was split from; false if there is no memory for that.
   */
  boolean merge() {
    Buckets table = dictionary.table();
    ChainEntries moved = dictionary.pool().chainEntries();
    int last = dictionary.buckets() - 1;
    int into = last ^ Integer.highestOneBit(last);
    try {
      table.gather(last, moved);
      table.makeRoom(into, moved.count());
    } catch (OutOfMemoryError full) {
      moved.clear();
      return false;
    }
    for (int i = 0; i < moved.count(); i++) {
      moved.home(i, into);
    }
    dictionary.oneLess();
    move(moved, last);
    table.removeLast(last);
    return true;
  }

  /** Finds out where entries belong after a split; returns how many of them in the new bucket. */
  private int assign(ChainEntries moved, int from, int to) {
    PagePool pool = dictionary.pool();
    fetch(moved);
    int mask = (2 << dictionary.level()) - 1;
    int there = 0;
    for (int i = 0; i < moved.count(); i++) {
      int reference = moved.reference(i);
      long hash = EntryLayout.keyHash(pool.page(reference), PagePool.offset(reference));
      boolean moves = ((int) hash & mask) == to;
      moved.home(i, moves ? to : from);
      there += moves ? 1 : 0;
    }
    return there;
  }

  /** Takes all entries out of a chain and puts each where it belongs, which takes no memory. */
  private void move(ChainEntries moved, int from) {
    Buckets table = dictionary.table();
    table.clear(from);
    for (int i = 0; i < moved.count(); i++) {
      dictionary.place(moved.home(i), moved.tag(i), moved.reference(i));
    }
    table.shorten(from);
    moved.clear();
  }

  /** Entries lie anywhere in memory: they are fetched all at the same time. */
  private void fetch(ChainEntries entries) {
    PagePool pool = dictionary.pool();
    int sum = 0;
    for (int i = 0; i < entries.count(); i++) {
      int reference = entries.reference(i);
      sum += pool.page(reference)[PagePool.offset(reference)];
    }
    unusedSum = sum;
  }

  /** Fetches the entries of a bucket in the same way. */
  void fetch(int bucket) {
    ChainVisits.all(dictionary.table(), bucket, this);
  }

  @Override
  public void accept(int reference) {
    unusedSum += dictionary.pool().page(reference)[PagePool.offset(reference)];
  }
}
