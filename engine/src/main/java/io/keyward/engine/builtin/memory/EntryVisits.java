package io.keyward.engine.builtin.memory;

import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/**
 * Shows the entries of a dictionary: step by step over several commands, all, those that are
 * marked, or one by chance.
 *
 * <p>The cursor of a {@link #scan} counts in reversed bits over the {@code 2^level} buckets that
 * the round of splits began with, as in Redis's {@code dictScan}, so it survives growth and
 * shrinking, never misses an entry that was there throughout, and stays below 2^31.
 */
public final class EntryVisits {
  private EntryVisits() {}

  private static int mask(Dictionary dictionary) {
    return (1 << dictionary.level()) - 1;
  }

  /** Fetches from memory, at the same time, the entries that come next in a scan. */
  static void fetchNext(Dictionary dictionary, long cursor) {
    dictionary.fetchEntries((int) cursor & mask(dictionary));
  }

  /**
   * Visits the entries of the next few buckets of a scan.
   *
   * @param cursor 0 to begin, else what the last call returned
   * @return the next cursor, 0 when every entry has been visited
   */
  public static long scan(Dictionary dictionary, long cursor, IntConsumer visitor) {
    int mask = mask(dictionary);
    int bucket = (int) cursor & mask;
    dictionary.hold();
    try {
      ChainVisits.all(dictionary.table(), bucket, visitor);
      if (bucket < dictionary.split()) {
        ChainVisits.all(dictionary.table(), bucket + mask + 1, visitor);
      }
    } finally {
      dictionary.release();
    }
    int reversed = Integer.reverse((int) cursor | ~mask) + 1;
    return Integer.toUnsignedLong(Integer.reverse(reversed));
  }

  /**
   * Visits the marked entries of buckets from {@code bucket} on, until {@code most} of them have
   * been visited or {@code mostBuckets} buckets looked at.
   *
   * @return the bucket to go on with, 0 after the last
   */
  public static int marked(
      Dictionary dictionary, int bucket, int mostBuckets, int most, IntConsumer visitor) {
    int at = bucket < dictionary.buckets() ? bucket : 0;
    int visited = 0;
    dictionary.hold();
    try {
      for (int looked = 0; looked < mostBuckets && visited < most; looked++) {
        visited += ChainVisits.marked(dictionary.table(), at, visitor);
        at++;
        if (at >= dictionary.buckets()) {
          at = 0;
          break;
        }
      }
    } finally {
      dictionary.release();
    }
    return at;
  }

  /** Visits every entry; the visitor may remove the one it is given. */
  public static void all(Dictionary dictionary, IntConsumer visitor) {
    dictionary.hold();
    try {
      for (int bucket = 0, end = dictionary.buckets(); bucket < end; bucket++) {
        ChainVisits.all(dictionary.table(), bucket, visitor);
      }
    } finally {
      dictionary.release();
    }
  }

  /** Visits entries in the order of the buckets until the visitor says no; nothing may change. */
  public static void whileWanted(Dictionary dictionary, IntPredicate visitor) {
    boolean wanted = true;
    for (int bucket = 0, end = dictionary.buckets(); bucket < end && wanted; bucket++) {
      wanted = ChainVisits.whileWanted(dictionary.table(), bucket, visitor);
    }
  }

  /** An entry, each with the same chance; {@link Dictionary#ABSENT} if there is none. */
  public static int random(Dictionary dictionary, RandomGenerator random) {
    if (dictionary.size() == 0) {
      return Dictionary.ABSENT;
    }
    int buckets = dictionary.buckets();
    while (true) {
      int draw = random.nextInt(dictionary.mostInChain() * Buckets.SLOTS);
      int reference =
          ChainVisits.at(
              dictionary.table(),
              random.nextInt(buckets),
              draw / Buckets.SLOTS,
              draw % Buckets.SLOTS);
      if (reference != Dictionary.ABSENT) {
        return reference;
      }
    }
  }
}
