package io.keyward.engine.builtin;

import io.keyward.engine.builtin.memory.FrequencySketch;
import io.keyward.engine.builtin.memory.MemoryAccount;
import org.jspecify.annotations.Nullable;

/**
 * How often the keys of a database are asked for, under a TinyLFU policy.
 *
 * <p>A key's 24 bits hold a count and the tick of its last access:
 *
 * <pre>
 * bits 23..6  tick, modulo 2^18; there are 256 ticks while as many accesses pass as there are keys
 * bits  5..0  accesses, halved at the end of each epoch of 2560 ticks
 * </pre>
 *
 * <p>Time is counted in accesses, so that a quiet night makes nobody forget. The count of a key
 * that has gone is kept in a {@link FrequencySketch}, from which it begins when it comes back: what
 * comes once, as in a walk over all records, goes before what comes again. This is TinyLFU with
 * sampling in place of its lists: a random draw passes a new key over for a while, as its window
 * does.
 */
public final class AccessFrequencies {
  private static final int COUNT_BITS = 6;
  private static final int MOST = (1 << COUNT_BITS) - 1;
  private static final int TICKS = 1 << (24 - COUNT_BITS);
  private static final int TICKS_OF_A_TURN = 256;
  private static final int TURNS_OF_AN_EPOCH = 10;
  private static final int EPOCH = TURNS_OF_AN_EPOCH * TICKS_OF_A_TURN;

  /** Epochs in which every count has become zero, and which the ticks can tell apart. */
  private static final int FOREVER = COUNT_BITS + 1;

  private final MemoryAccount account;
  private @Nullable FrequencySketch gone;
  private int keys;
  private int accesses;
  private int tick;

  /** Longs of the sketch that are due to be halved, times {@link #EPOCH}. */
  private long ageing;

  AccessFrequencies(MemoryAccount account) {
    this.account = account;
  }

  /** Begins with the clock of another database, whose keys its own has too. */
  void beginAs(AccessFrequencies other) {
    keys = other.keys;
    accesses = other.accesses;
    tick = other.tick;
  }

  /** Exchanges what is known with another database of the keyspace, as the keys are exchanged. */
  void swap(AccessFrequencies other) {
    AccessFrequencies former = new AccessFrequencies(account);
    former.take(this);
    take(other);
    other.take(former);
  }

  private void take(AccessFrequencies other) {
    gone = other.gone;
    keys = other.keys;
    accesses = other.accesses;
    tick = other.tick;
    ageing = other.ageing;
  }

  /** The bits of a key that has come, given its hash. */
  int fresh(long hash) {
    pass();
    FrequencySketch sketch = gone;
    int known = sketch == null ? 0 : sketch.estimate(hash);
    return (tick << COUNT_BITS) | (known + 1);
  }

  /** The bits of a key that is being used, given those it had. */
  int used(int bits) {
    pass();
    return (tick << COUNT_BITS) | Math.min(MOST, count(bits) + 1);
  }

  /** Remembers a key that goes. */
  void leaves(long hash, int bits) {
    FrequencySketch sketch = gone;
    if (sketch == null) {
      sketch = new FrequencySketch(account);
      sketch.fit(keys);
      gone = sketch;
    }
    sketch.remember(hash, count(bits));
  }

  /** How often a key was asked for of late, 0 to 63. */
  public int count(Entry entry) {
    return count(entry.clock());
  }

  /** How often the key of these bits was asked for of late, 0 to 63. */
  int count(int bits) {
    int epochs = epochs(bits >>> COUNT_BITS);
    return (bits & MOST) >>> Math.min(epochs, FOREVER);
  }

  /** Ends of epochs that have passed since a tick. */
  private int epochs(int since) {
    int sinceStart = tick % EPOCH;
    int elapsed = (tick - since) & (TICKS - 1);
    return elapsed <= sinceStart ? 0 : 1 + (elapsed - sinceStart - 1) / EPOCH;
  }

  /** Ticks since a key was last used. */
  int idle(int bits) {
    return (tick - (bits >>> COUNT_BITS)) & (TICKS - 1);
  }

  private void pass() {
    if (++accesses >= Math.max(1, keys / TICKS_OF_A_TURN)) {
      accesses = 0;
      tick = (tick + 1) & (TICKS - 1);
      FrequencySketch sketch = gone;
      if (sketch != null) {
        for (ageing += sketch.longs(); ageing >= EPOCH; ageing -= EPOCH) {
          sketch.age();
        }
      }
    }
  }

  /** Learns how many keys there are. */
  void fit(int present) {
    keys = present;
    FrequencySketch sketch = gone;
    if (sketch != null) {
      sketch.fit(present);
    }
  }

  /** Fits itself to the keys while the policy is a TinyLFU one, or gives up what is remembered. */
  void tend(AccessClock clock, int present) {
    if (clock.tinyLfu()) {
      fit(present);
    } else {
      forget();
    }
  }

  /** Gives up what is remembered. */
  void forget() {
    FrequencySketch sketch = gone;
    if (sketch != null) {
      sketch.discard();
      gone = null;
    }
  }
}
