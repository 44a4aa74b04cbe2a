package io.keyward.engine.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How fast a counter rises. */
class RateTest {
  @Test
  void isThatOfTheLastSecond() {
    Rate rate = new Rate();
    assertThat(rate.perSecond()).isZero();
    rate.sample(10_000, 500);
    assertThat(rate.perSecond()).isZero();
    rate.sample(10_999, 700);
    assertThat(rate.perSecond()).isZero();
    rate.sample(11_000, 700);
    assertThat(rate.perSecond()).isEqualTo(200);
    rate.sample(13_000, 800);
    assertThat(rate.perSecond()).isEqualTo(50);
  }

  @Test
  void aResetOrAClockSetBackIsNoNegativeRate() {
    Rate rate = new Rate();
    rate.sample(10_000, 500);
    rate.sample(11_000, 100);
    assertThat(rate.perSecond()).isZero();
    rate.sample(5_000, 300);
    assertThat(rate.perSecond()).isZero();
    rate.sample(6_000, 400);
    assertThat(rate.perSecond()).isEqualTo(100);
  }
}
