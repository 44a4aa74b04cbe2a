package io.keyward.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When rounds in turns tell that a server is slower, and when they do not. */
class PairedRoundsTest {
  @ParameterizedTest
  @CsvSource({
    // Of a few rounds chance explains all: their medians decide.
    "1, 1, true", "3, 2, true", "4, 3, true", "4, 1, false",
    // A coin falls five times out of five on one side in 3 % of all tries, four times in 19 %.
    "5, 5, true", "5, 4, false", "7, 7, true", "7, 6, false",
    "15, 12, true", "15, 11, false", "15, 3, false"
  })
  void chanceIsToldFromWhatIsSo(int rounds, int higher, boolean are) {
    List<Double> own =
        IntStream.range(0, rounds).mapToObj(round -> round < higher ? 2.0 : 0.5).toList();
    assertThat(new PairedRounds(Collections.nCopies(rounds, 1.0), own).areHigher()).isEqualTo(are);
  }

  @Test
  void aMedianThatIsNotHigherIsNotHigherHoweverManyRoundsAre() {
    PairedRounds drifting =
        new PairedRounds(List.of(1.0, 2.0, 3.0, 4.0, 9.0), List.of(1.1, 2.1, 3.0, 4.1, 9.1));
    assertThat(drifting.higher()).isEqualTo(4);
    assertThat(drifting.areHigher()).isFalse();
    assertThat(drifting.describe()).isEqualTo("1.000 (4 of 5 rounds)");
  }

  @Test
  void roundsComeInPairs() {
    assertThatThrownBy(() -> new PairedRounds(List.of(1.0), List.of(1.0, 2.0)))
        .hasMessage("1 rounds against 2");
    assertThatThrownBy(() -> new PairedRounds(List.of(), List.of()))
        .hasMessage("0 rounds against 0");
  }
}
