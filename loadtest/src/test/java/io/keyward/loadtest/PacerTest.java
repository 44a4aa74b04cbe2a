package io.keyward.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When requests are due at a given rate. */
class PacerTest {
  private static final long START = Math.subtractExact(Long.MAX_VALUE, 5_000);

  @Test
  void requestsAreDueAtEqualDistances() {
    Pacer pacer = new Pacer(START, 1_000_000, 5_000);
    List<Long> arrivals = new ArrayList<>();
    while (!pacer.exhausted()) {
      arrivals.add(pacer.take() - START);
    }
    assertThat(arrivals).containsExactly(0L, 1_000L, 2_000L, 3_000L, 4_000L);
    assertThat(pacer.total()).isEqualTo(5);
  }

  @Test
  void aRequestIsNotDueBeforeItsArrival() {
    Pacer pacer = new Pacer(START, 1_000_000, 20_000);
    pacer.take();

    assertThat(pacer.due(START + 999)).isFalse();
    assertThat(pacer.due(START + 1_000)).isTrue();
  }

  @Test
  void lateRequestsKeepTheInstantAtWhichTheyWereDue() {
    Pacer pacer = new Pacer(START, 1_000_000, 20_000);
    long late = START + 10_500; // the clock of nanoTime has wrapped by then

    List<Long> arrivals = new ArrayList<>();
    while (pacer.due(late)) {
      arrivals.add(pacer.take() - START);
    }

    assertThat(arrivals).hasSize(11).startsWith(0L, 1_000L).endsWith(10_000L);
  }

  @Test
  void anOddRateDoesNotDrift() {
    Pacer pacer = new Pacer(0, 30_000, 10_000_000_000L);
    long last = 0;
    while (!pacer.exhausted()) {
      last = pacer.take();
    }
    assertThat(pacer.total()).isBetween(299_999L, 300_000L);
    assertThat(last).isBetween(9_999_900_000L, 10_000_000_000L);
  }

  @Test
  void nothingIsDueAfterTheEnd() {
    Pacer pacer = new Pacer(0, 1_000, 2_000_000);
    pacer.take();
    pacer.take();

    assertThat(pacer.due(1_000_000_000)).isFalse();
    assertThatThrownBy(pacer::take).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aRateHasToBePositive() {
    assertThatThrownBy(() -> new Pacer(0, 0, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
