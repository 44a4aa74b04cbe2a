package io.keyward.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What the host delays is nobody's latency; what a server does is. */
class HostWatchTest {
  private static final long MILLI = 1_000_000;

  private final Samples samples = new Samples();

  @Test
  void leavesOutWhatWasUnderWayWhileAProcessorWasAway() throws Exception {
    try (HostWatch host = HostWatch.of(List.of())) {
      host.add(new HostWatch.Stall(100 * MILLI, 105 * MILLI));
      samples.add(99 * MILLI, MILLI);
      samples.add(105 * MILLI, 6 * MILLI);
      samples.add(108 * MILLI, 9 * MILLI);
      samples.add(112 * MILLI, 2 * MILLI);
      samples.add(115 * MILLI, 3 * MILLI);
      assertThat(host.calm(samples).getTotalCount()).isEqualTo(2);
      assertThat(host.note()).contains("60.0 %");
    }
  }

  @Test
  void countsAllThatCameWhileProcessorsWereThere() throws Exception {
    try (HostWatch host = HostWatch.of(List.of())) {
      for (int i = 1; i <= 100_000; i++) {
        samples.add(i * MILLI, i);
      }
      assertThat(host.calm(samples).getTotalCount()).isEqualTo(100_000);
      assertThat(host.calm(samples).getMaxValue())
          .isCloseTo(100_000, org.assertj.core.data.Offset.offset(100L));
    }
  }
}
