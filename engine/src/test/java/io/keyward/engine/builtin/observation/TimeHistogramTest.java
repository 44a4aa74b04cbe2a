package io.keyward.engine.builtin.observation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Times in steps, and the percentiles and sums that come out of them. */
class TimeHistogramTest {
  @Test
  void percentilesAndSumsAreThoseOfTheTimesWithinOneStep() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 200; round++) {
      TimeHistogram histogram = new TimeHistogram();
      long[] times = new long[1 + random.nextInt(500)];
      for (int i = 0; i < times.length; i++) {
        times[i] = 128 + (random.nextLong() >>> random.nextInt(34, 63));
        histogram.record(times[i]);
      }
      Arrays.sort(times);
      assertThat(histogram.total()).isEqualTo(times.length);
      for (double percentile : new double[] {0, 1, 50, 90, 99, 99.9, 100}) {
        int rank = (int) Math.max(1, Math.round(percentile / 100 * times.length));
        long exact = times[rank - 1];
        assertThat(histogram.atPercentile(percentile))
            .as("seed %d round %d percentile %s", seed, round, percentile)
            .isBetween(exact, exact + exact / 16);
      }
      histogram.cumulative(
          (nanos, calls) ->
              assertThat(Arrays.stream(times).filter(time -> time <= nanos).count())
                  .as("seed %d within %d", seed, nanos)
                  .isEqualTo(calls));
    }
  }

  @Test
  void sumsAreToldForEachDoublingOfAMicrosecondThatAddsToThem() {
    TimeHistogram histogram = new TimeHistogram();
    histogram.record(0);
    histogram.record(900);
    histogram.record(1500);
    histogram.record(40_000);
    Map<Long, Long> sums = new TreeMap<>();
    histogram.cumulative((nanos, calls) -> sums.put(nanos / 1000, calls));
    assertThat(sums).isEqualTo(Map.of(1L, 2L, 2L, 3L, 65L, 4L));
  }

  @Test
  void whatTakesLongerThanASecondCountsAsThat() {
    TimeHistogram histogram = new TimeHistogram();
    histogram.record(Long.MAX_VALUE);
    histogram.record(-1);
    assertThat(histogram.atPercentile(100)).isEqualTo((1L << 30) - 1);
    assertThat(histogram.atPercentile(50)).isEqualTo(127);
  }
}
