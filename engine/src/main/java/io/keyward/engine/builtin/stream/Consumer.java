package io.keyward.engine.builtin.stream;

import io.keyward.engine.builtin.Key;
import io.keyward.engine.builtin.memory.MemoryAccount;

/** One reader of a consumer group, with the ids that it has been given and not acknowledged. */
final class Consumer {
  /** The active time of a consumer that has never been given an entry. */
  static final long NEVER = -1;

  private final Key name;
  private final int number;
  private final IdTable pending;
  private long seenTime;
  private long activeTime = NEVER;

  Consumer(Key name, int number, long now, MemoryAccount tally) {
    this.name = name;
    this.number = number;
    pending = new IdTable(0, tally);
    seenTime = now;
  }

  Key name() {
    return name;
  }

  /** What names the consumer in the group's table of pending entries. */
  int number() {
    return number;
  }

  /** The ids of its pending entries; what else is known of them stands in the group's table. */
  IdTable pending() {
    return pending;
  }

  /** When it last tried to read or claim, in milliseconds since 1970. */
  long seenTime() {
    return seenTime;
  }

  void seenTime(long now) {
    seenTime = now;
  }

  /** When it was last given an entry, or {@link #NEVER}. */
  long activeTime() {
    return activeTime;
  }

  void activeTime(long now) {
    activeTime = now;
  }
}
