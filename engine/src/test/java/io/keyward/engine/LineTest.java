package io.keyward.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LineTest {
  private final Line<Integer> line = new Line<>();

  @Test
  void thoseWhoComeGoInTheirOrder() {
    ArrayDeque<Integer> expected = new ArrayDeque<>();
    SplittableRandom random = new SplittableRandom(Long.getLong("test.seed", System.nanoTime()));
    for (int i = 0; i < 100_000; i++) {
      // Comings prevail for a while, then goings.
      if (random.nextInt(10) < (i / 1000 % 2 == 0 ? 6 : 3)) {
        line.add(i);
        expected.add(i);
      } else {
        assertThat(line.peek()).isEqualTo(expected.peek());
        assertThat(line.poll()).isEqualTo(expected.poll());
      }
      assertThat(line.size()).isEqualTo(expected.size());
    }
  }

  @Test
  void nobodyWaitsAfterwards() {
    for (int i = 0; i < 5; i++) {
      line.add(i);
    }
    line.clear();
    assertThat(line.isEmpty()).isTrue();
    assertThat(line.poll()).isNull();
    line.add(7);
    assertThat(line.poll()).isEqualTo(7);
  }
}
