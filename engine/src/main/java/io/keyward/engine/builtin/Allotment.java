package io.keyward.engine.builtin;

import io.keyward.engine.SharedQuota;
import org.jspecify.annotations.Nullable;

/**
 * What a keyspace may have of one thing, by itself and together with others.
 *
 * <p>The others learn what this one has when {@link #tell} is called.
 */
final class Allotment {
  private long most = Long.MAX_VALUE;
  private @Nullable SharedQuota shared;
  private volatile long told;

  /**
   * Sets the limits; {@link Long#MAX_VALUE} and null are none.
   *
   * @param used what the keyspace has now
   */
  void limit(long own, @Nullable SharedQuota together, long used) {
    leave();
    most = own;
    shared = together;
    tell(used);
  }

  /** The least of the limits, {@link Long#MAX_VALUE} if there is none. */
  long most() {
    SharedQuota together = shared;
    return together == null ? most : Math.min(most, together.most());
  }

  /** Tells the others what the keyspace has. */
  void tell(long used) {
    SharedQuota together = shared;
    if (together != null && used != told) {
      together.tell(used - told);
      told = used;
    }
  }

  /** The keyspace has nothing any more. */
  void leave() {
    SharedQuota together = shared;
    if (together != null) {
      together.tell(-told);
      told = 0;
      shared = null;
    }
  }

  /** What the keyspace had when it told the others last; any thread may ask. */
  long told() {
    return told;
  }

  /** With whom the keyspace has it together, or null. */
  @Nullable SharedQuota together() {
    return shared;
  }

  /** Whether there is a limit for the keyspace and others together. */
  boolean isLimitedTogether() {
    SharedQuota together = shared;
    return together != null && together.most() != Long.MAX_VALUE;
  }

  /** Whether so much is more than the keyspace may have by itself. */
  boolean exceedsOwn(long used) {
    return used > most;
  }

  /** Whether so much is too much. */
  boolean exceededBy(long used) {
    SharedQuota together = shared;
    return used > most || (together != null && together.told() - told + used > together.most());
  }
}
