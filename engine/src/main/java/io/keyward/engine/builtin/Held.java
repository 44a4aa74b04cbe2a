package io.keyward.engine.builtin;

/** A value that is an object beside the pages: a big collection. */
public interface Held {
  /** Bytes that the value takes, its slots in the pages included. */
  long memoryBytes();

  /** A copy of its own in a database of the same home, to whose keyspace its bytes are counted. */
  Held copy(Database target);

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

  /** Checks every invariant of the value, and throws if one does not hold; for tests. */
  default void validate() {}
}
