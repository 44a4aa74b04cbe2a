package io.keyward.engine.builtin;

import io.keyward.engine.builtin.memory.MemoryAccount;

/** A value that is an object beside the pages: a big collection. */
public interface Held {
  /** Bytes that the value takes, its slots in the pages included. */
  long memoryBytes();

  /**
   * A value of its own in a database of the same home, which counts all its bytes; what it has in
   * common with this one is copied when one of the two changes it.
   */
  Held copy(Database target);

  /** Counts there from now on what it takes and gives back; what it has taken, the caller moves. */
  void adopt(MemoryAccount account, BuiltinKeyspace keyspace);

  /**
   * Counts in a keyspace what there is to count beside bytes, for a holder that has the value in
   * common with others, or does so no longer.
   *
   * @param change 1 or -1
   */
  default void count(BuiltinKeyspace keyspace, int change) {}

  /** How many pieces have to be freed one by one; 1 for what the collector takes as a whole. */
  long freeEffort();

  /**
   * Frees at most about {@code budget} pieces.
   *
   * @return whether nothing is left to be freed
   */
  boolean free(int budget);

  /**
   * Whether the value is still being written to a snapshot, so that it is not to be freed yet.
   *
   * @param afterwards is done when that is over, if so
   */
  default boolean outlives(Runnable afterwards) {
    return false;
  }

  /** A command that was changing the value has broken off for want of memory. */
  default void brokenOff() {}

  /** Checks every invariant of the value, and throws if one does not hold; for tests. */
  default void validate() {}
}
