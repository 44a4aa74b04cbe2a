package io.keyward.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Medians and means. */
class FiguresTest {
  @Test
  void medianIsTheMiddleOfTheSortedValues() {
    assertThat(Figures.median(9, 1, 5)).isEqualTo(5);
    assertThat(Figures.median(7)).isEqualTo(7);
  }

  @Test
  void medianOfAnEvenNumberIsTheMeanOfTheMiddleTwo() {
    assertThat(Figures.median(10, 1, 2, 4)).isEqualTo(3);
  }

  @Test
  void geometricMeanOfInverseRatiosIsOne() {
    assertThat(Figures.geometricMean(List.of(0.5, 2.0))).isEqualTo(1, within(1e-12));
    assertThat(Figures.geometricMean(List.of(0.5, 0.5, 4.0))).isEqualTo(1, within(1e-12));
    assertThat(Figures.geometricMean(List.of(2.0, 8.0))).isEqualTo(4, within(1e-12));
  }

  @Test
  void thereIsNoMeanOfNothingOrOfZero() {
    assertThatThrownBy(() -> Figures.geometricMean(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Figures.geometricMean(List.of(1.0, 0.0)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(Figures::median).isInstanceOf(IllegalArgumentException.class);
  }
}
