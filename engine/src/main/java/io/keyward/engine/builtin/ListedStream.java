package io.keyward.engine.builtin;

import java.util.Comparator;

/**
 * What an operator is told of one stream.
 *
 * @param name its key's first bytes, as UTF-8
 * @param shared whether it is in a namespace that several deployments share
 * @param bytes that key and value take
 * @param oldestMillis when its first entry was added, in milliseconds since 1970; 0 if that is not
 *     known, because it is empty or its ids are no times
 * @param newestMillis when its last entry was added, likewise
 * @param expiry in milliseconds since 1970, or -1
 * @param readers clients that wait for its next entry
 */
public record ListedStream(
    String name,
    int database,
    boolean shared,
    long entries,
    long bytes,
    long oldestMillis,
    long newestMillis,
    int groups,
    long expiry,
    int readers) {

  /** What may stand first in a list. */
  public enum Order {
    /** The ones that take most memory. */
    BYTES(Comparator.comparingLong(ListedStream::bytes).reversed()),
    /** The longest ones. */
    ENTRIES(Comparator.comparingLong(ListedStream::entries).reversed()),
    /** Those of the oldest first entries; behind them those of which that is not known. */
    AGE(Comparator.comparingLong(stream -> orLast(stream.oldestMillis()))),
    /** Those to which nothing has been added for longest. */
    IDLE(Comparator.comparingLong(stream -> orLast(stream.newestMillis())));

    private final Comparator<ListedStream> comparator;

    Order(Comparator<ListedStream> first) {
      comparator = first.thenComparingInt(ListedStream::database).thenComparing(ListedStream::name);
    }

    Comparator<ListedStream> comparator() {
      return comparator;
    }

    private static long orLast(long millis) {
      return millis == 0 ? Long.MAX_VALUE : millis;
    }
  }
}
