package io.keyward.engine.builtin;

import io.keyward.config.directive.Directive;
import io.keyward.config.directive.LiveSettings;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * The 24 bits that each key has to tell how recently or how often it was used.
 *
 * <p>Under an LFU policy: 16 bits of minutes since the last decrement and an 8-bit logarithmic
 * counter; under a TinyLFU policy, and of pinned keys always, what {@link AccessFrequencies} says;
 * under every other: seconds, modulo 2^24. The layout and the arithmetic are those of Redis, so
 * that OBJECT IDLETIME and FREQ, and files, mean the same.
 */
public final class AccessClock {
  private static final int MASK = 0xFFFFFF;
  private static final int NEW_KEY_COUNT = 5;

  private boolean frequency;
  private boolean tinyLfu;
  private int seconds;
  private int minutes;
  private long logFactor = 10;
  private long decayMinutes = 1;

  void refresh(LiveSettings settings, long now) {
    String policy = settings.text(Directive.MAXMEMORY_POLICY).toLowerCase(Locale.ROOT);
    frequency = policy.endsWith("-lfu");
    tinyLfu = policy.endsWith("-tinylfu");
    logFactor = settings.number(Directive.LFU_LOG_FACTOR);
    decayMinutes = settings.number(Directive.LFU_DECAY_TIME);
    seconds = (int) (now / 1000) & MASK;
    minutes = (int) (now / 60_000) & 0xFFFF;
  }

  /** Whether keys count how often they are used, instead of when. */
  public boolean frequency() {
    return frequency;
  }

  /** Whether keys hold what {@link AccessFrequencies} reads and writes. */
  public boolean tinyLfu() {
    return tinyLfu;
  }

  int fresh() {
    return frequency ? minutes << 8 | NEW_KEY_COUNT : seconds;
  }

  int used(int former, RandomGenerator random) {
    if (!frequency) {
      return seconds;
    }
    int count = count(former);
    if (count < 255) {
      double base = Math.max(0, count - NEW_KEY_COUNT);
      if (random.nextDouble() < 1.0 / (base * logFactor + 1)) {
        count++;
      }
    }
    return minutes << 8 | count;
  }

  /**
   * Sets how a key has been used, as far as the policy keeps that.
   *
   * @param idleSeconds since the last use, or -1
   * @param count the LFU counter, or -1
   */
  public void set(Entry entry, long idleSeconds, int count) {
    if (entry.pinned()) {
      return;
    }
    if (frequency && count >= 0) {
      entry.clock(counted(count));
    } else if (!frequency && idleSeconds >= 0) {
      entry.clock(idleFor(idleSeconds));
    }
  }

  /** The LFU counter of a key after the decay that is due. */
  public int count(int clock) {
    int count = clock & 0xFF;
    if (decayMinutes == 0) {
      return count;
    }
    int elapsed = (minutes - (clock >>> 8)) & 0xFFFF;
    return (int) Math.max(0, count - elapsed / decayMinutes);
  }

  /** Seconds since a key was last used. */
  public int idleSeconds(int clock) {
    return (seconds - clock) & MASK;
  }

  /** The clock of a key that has been idle for so many seconds. */
  int idleFor(long idleSeconds) {
    return (int) (seconds - idleSeconds) & MASK;
  }

  /** The clock of a key with this LFU counter. */
  public int counted(int count) {
    return minutes << 8 | count;
  }
}
