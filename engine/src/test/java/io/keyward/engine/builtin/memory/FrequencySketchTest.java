package io.keyward.engine.builtin.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** How often keys were asked for that are gone, as the sketch of TinyLFU estimates it. */
class FrequencySketchTest {
  private final MemoryAccount account = new MemoryAccount();
  private final FrequencySketch sketch = new FrequencySketch(account);
  private final SplittableRandom random = new SplittableRandom(20261128);

  @Test
  void neverTellsLessThanItWasToldUntilItAges() {
    sketch.fit(1000);
    long[] hashes = random.longs(2000).toArray();
    for (int i = 0; i < hashes.length; i++) {
      sketch.remember(hashes[i], i % 20);
    }
    for (int i = 0; i < hashes.length; i++) {
      assertThat(sketch.estimate(hashes[i])).isBetween(Math.min(15, i % 20), 15);
    }
  }

  @Test
  void tellsMostKeysThatItWasNeverToldOfFromTheOthers() {
    sketch.fit(10_000);
    random.longs(10_000).forEach(hash -> sketch.remember(hash, 9));
    long taken = random.longs(10_000).filter(hash -> sketch.estimate(hash) == 9).count();
    assertThat(taken).isLessThan(2000);
  }

  @Test
  void halvesEveryCounterInOneRound() {
    sketch.fit(1000);
    long[] hashes = random.longs(100).toArray();
    for (long hash : hashes) {
      sketch.remember(hash, 12);
    }
    for (int expected : new int[] {6, 3, 1, 0}) {
      for (long i = sketch.longs(); i > 0; i--) {
        sketch.age();
      }
      for (long hash : hashes) {
        assertThat(sketch.estimate(hash)).isEqualTo(expected);
      }
    }
  }

  @Test
  void keepsWhatItHasCountedWhenItGrows() {
    long hash = random.nextLong();
    sketch.remember(hash, 9);
    for (int keys = 1000; keys < 8_000_000; keys *= 2) {
      sketch.fit(keys);
      assertThat(sketch.estimate(hash)).isEqualTo(9);
    }
    assertThat(sketch.memory()).isBetween(4_000_000L * 2, 8_000_000L * 4);
    assertThat(account.bytes()).isEqualTo(sketch.memory());
    sketch.discard();
    assertThat(account.bytes()).isZero();
  }

  @Test
  void segmentsThatWereSharedPartAsTheyAge() {
    sketch.fit(1024 * 32);
    long low = 5;
    sketch.remember(low, 15);
    sketch.fit(1024 * 64);
    long high = low | 1024;
    assertThat(sketch.estimate(high)).isEqualTo(15);
    for (long i = sketch.longs() * 8; i > 0; i--) {
      sketch.age();
    }
    sketch.remember(high, 15);
    assertThat(sketch.estimate(high)).isEqualTo(15);
    assertThat(sketch.estimate(low)).isZero();
  }
}
