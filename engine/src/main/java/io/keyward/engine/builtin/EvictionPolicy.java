package io.keyward.engine.builtin;

/**
 * What {@code maxmemory-policy} says: which keys may go, and which of them goes first.
 *
 * @param order which goes first
 * @param onlyExpiring whether only keys with an expiry may go
 */
record EvictionPolicy(Order order, boolean onlyExpiring) {
  /** Which of several keys goes first. */
  enum Order {
    /** None goes. */
    NONE,
    /** Any. */
    RANDOM,
    /** The one that would expire first. */
    EXPIRY,
    /** The one that was not used for the longest time. */
    IDLE,
    /** The one with the lowest counter, which decays with time. */
    COUNTED,
    /** The one asked for least of late by {@link AccessFrequencies}; of equals, the more idle. */
    ASKED_LEAST
  }

  static final EvictionPolicy NONE = new EvictionPolicy(Order.NONE, false);

  /** Reads the value of the directive, which has been checked. */
  static EvictionPolicy of(String text) {
    int dash = text.indexOf('-');
    if (dash < 0) {
      return NONE;
    }
    Order order =
        switch (text.substring(dash + 1)) {
          case "random" -> Order.RANDOM;
          case "ttl" -> Order.EXPIRY;
          case "lru" -> Order.IDLE;
          case "lfu" -> Order.COUNTED;
          case "tinylfu" -> Order.ASKED_LEAST;
          default -> throw new IllegalArgumentException("no eviction policy: " + text);
        };
    return new EvictionPolicy(order, text.startsWith("volatile"));
  }
}
