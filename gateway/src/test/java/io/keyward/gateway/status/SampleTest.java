package io.keyward.gateway.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the status page makes of two looks at the metrics. */
class SampleTest {
  private static final String BEFORE =
      """
      # HELP keyward_commands_total Commands executed.
      # TYPE keyward_commands_total counter
      keyward_commands_total{deployment="blue",family="hash"} 10.0
      keyward_commands_total{deployment="blue",family="string"} 1.0E3
      keyward_commands_total{deployment="a\\"b\\\\c",family="string"} 5
      keyward_uptime_seconds 12.5
      keyward_command_duration_seconds_bucket{deployment="blue",family="string",le="0.001"} 100
      keyward_command_duration_seconds_bucket{deployment="blue",family="string",le="0.002"} 100
      keyward_command_duration_seconds_bucket{deployment="blue",family="string",le="+Inf"} 100
      """;

  private static final String NOW =
      """
      keyward_commands_total{deployment="blue",family="hash"} 20.0
      keyward_commands_total{deployment="blue",family="string"} 1100
      keyward_commands_total{deployment="a\\"b\\\\c",family="string"} 4
      keyward_command_duration_seconds_bucket{deployment="blue",family="string",le="0.001"} 150
      keyward_command_duration_seconds_bucket{deployment="blue",family="string",le="0.002"} 190
      keyward_command_duration_seconds_bucket{deployment="blue",family="string",le="+Inf"} 200
      """;

  private final Sample before = Sample.parse(BEFORE, 1_000_000_000L);
  private final Change change = new Change(before, Sample.parse(NOW, 3_000_000_000L));

  @Test
  void sumsUpTheSeriesOfADeploymentAndReadsEscapedLabels() {
    assertThat(before.of("keyward_commands_total", "blue")).isEqualTo(1010);
    assertThat(before.of("keyward_commands_total", "a\"b\\c")).isEqualTo(5);
    assertThat(before.of("keyward_commands_total")).isEqualTo(1015);
    assertThat(before.of("keyward_uptime_seconds")).isEqualTo(12.5);
    assertThat(before.of("keyward_nothing")).isZero();
  }

  @Test
  void ratesAreOfTheTimeBetweenAndACounterThatFellHasBegunAnew() {
    assertThat(change.rate("keyward_commands_total", "blue")).isEqualTo(55);
    assertThat(change.rate("keyward_commands_total", "a\"b\\c")).isEqualTo(2);
  }

  @Test
  void quantilesAreOfWhatHappenedBetweenTheSamples() {
    // 100 more: 50 below 1 ms, 40 below 2 ms, 10 beyond.
    assertThat(change.quantile(0.25, "keyward_command_duration_seconds", "blue")).isEqualTo(0.0005);
    assertThat(change.quantile(0.7, "keyward_command_duration_seconds", "blue")).isEqualTo(0.0015);
    assertThat(change.quantile(0.99, "keyward_command_duration_seconds", "blue")).isEqualTo(0.002);
    assertThat(change.quantile(0.99, "keyward_command_duration_seconds", "green")).isNaN();
  }

  @Test
  void quantitiesAreShort() {
    assertThat(Quantity.count(0)).isEqualTo("0");
    assertThat(Quantity.count(7)).isEqualTo("7");
    assertThat(Quantity.count(0.4)).isEqualTo("0.4");
    assertThat(Quantity.count(999)).isEqualTo("999");
    assertThat(Quantity.count(999.9)).isEqualTo("1.0k");
    assertThat(Quantity.count(123_456)).isEqualTo("123k");
    assertThat(Quantity.bytes(1536)).isEqualTo("1.5kB");
    assertThat(Quantity.bytes(64 << 20)).isEqualTo("64.0MB");
    assertThat(Quantity.time(0.000_004)).isEqualTo("4µs");
    assertThat(Quantity.time(0.0125)).isEqualTo("12.5ms");
    assertThat(Quantity.time(3)).isEqualTo("3.0s");
    assertThat(Quantity.time(Double.NaN)).isEqualTo("-");
    assertThat(Quantity.share(1, 3)).isEqualTo("33%");
    assertThat(Quantity.share(1, 0)).isEqualTo("-");
    assertThat(Quantity.age(59)).isEqualTo("59s");
    assertThat(Quantity.age(3 * 3600 + 600)).isEqualTo("3h 10m");
    assertThat(Quantity.age(50 * 3600)).isEqualTo("2d 2h");
  }
}
