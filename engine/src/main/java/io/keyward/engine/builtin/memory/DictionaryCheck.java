package io.keyward.engine.builtin.memory;

/** Checks a dictionary: that every entry is where its key's hash says, and every count. */
final class DictionaryCheck {
  private static final int MARK = 0x80;

  private final Dictionary dictionary;
  private final PagePool pool;
  private final Buckets table;
  private int entries;
  private int marked;
  private int longest;

  DictionaryCheck(Dictionary dictionary, PagePool pool) {
    this.dictionary = dictionary;
    this.pool = pool;
    table = dictionary.table();
  }

  void run() {
    for (int bucket = 0; bucket < dictionary.buckets(); bucket++) {
      int home = bucket;
      int chain = ChainVisits.tagged(table, home, (tag, reference) -> check(home, tag, reference));
      longest = Math.max(longest, chain);
    }
    if (entries != dictionary.size()
        || marked != dictionary.marked()
        || longest > dictionary.mostInChain()) {
      throw new IllegalStateException(
          "counted %d entries, %d marked, chain %d; recorded %d, %d, %d"
              .formatted(
                  entries,
                  marked,
                  longest,
                  dictionary.size(),
                  dictionary.marked(),
                  dictionary.mostInChain()));
    }
  }

  private void check(int bucket, int tag, int reference) {
    byte[] page = pool.page(reference);
    int at = PagePool.offset(reference);
    long hash = EntryLayout.keyHash(page, at);
    if (!dictionary.belongs(bucket, tag, hash)) {
      throw new IllegalStateException("entry in the wrong bucket, under a wrong tag");
    }
    if (dictionary.isOwn(page, at) && dictionary.othersHold(hash, reference)) {
      throw new IllegalStateException("an entry that is known as this one's alone is not");
    }
    entries++;
    marked += (tag & MARK) == 0 ? 0 : 1;
  }
}
