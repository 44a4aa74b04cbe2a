package io.keyward.engine.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums of decimal numbers, which come out as the long doubles of Redis. */
class LongDoubleTest {

  private static @Nullable LongDouble parse(String text) {
    byte[] bytes = ("1" + text + "1").getBytes(ISO_8859_1);
    return LongDouble.parse(bytes, 1, text.length());
  }

  private static LongDouble number(String text) {
    return Objects.requireNonNull(parse(text), text);
  }

  private static String sum(String left, String right) {
    return new String(number(left).add(number(right)).text(), ISO_8859_1);
  }

  /** Sums that Redis 7.2 gave on x86-64. */
  @ParameterizedTest
  @CsvSource({
    "0,1,1",
    "1,0.25,1.25",
    "1.5,1.5,3",
    "17179869184,1.5,17179869185.5",
    "17179869184,17179869184,34359738368",
    "1,-1.1,-0.1",
    "10.5,0.1,10.6",
    "5.0e3,2.0e2,5200",
    "0,1000.1,1000.09999999999999998",
    "1000.09999999999999998,1,1001.09999999999999998",
    "0,1e-30,0",
    "0,-0,0",
    "0,-1e-30,0",
    "0,0x1p3,8",
    "0,0x.8,0.5",
    "8,1e-4945,8",
    "3,1.1,4.1",
    "0,1e17,100000000000000000",
    "0,1e22,10000000000000000000000",
    "9223372036854775807,1,9223372036854775808",
    "18446744073709551616,1,18446744073709551616",
    "18446744073709551616,3,18446744073709551620"
  })
  void addsAsRedisDoes(String left, String right, String expected) {
    assertThat(sum(left, right)).isEqualTo(expected);
  }

  @Test
  void oppositeNumbersLeaveNoSign() {
    assertThat(sum("0.024390243902439025", "-0.024390243902439025")).isEqualTo("0");
  }

  @Test
  void writesHugeNumbersInFull() {
    String text = new String(number("1e4000").text(), ISO_8859_1);
    assertThat(text).hasSize(4000).startsWith("99999999999999999999654638730996237849324925835069");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " 1",
        "1 ",
        "    11",
        "abc",
        "nan",
        "1e",
        "e1",
        ".",
        "+",
        "-",
        "+-1",
        "--1",
        "1d",
        "0x",
        "0x.",
        "0xp1",
        "0x1p",
        "1e5000",
        "-1e5000",
        "1e-4960",
        "1e999999999",
        "1e-999999999",
        "1e99999999999999",
        "1\u00002",
        "0x1p99999999999",
        "0x1p20000",
        "infin",
        "1_0"
      })
  void rejectsWhatIsNoNumber(String text) {
    assertThat(parse(text)).isNull();
  }

  @Test
  void rejectsTextsLongerThanRedisReads() {
    assertThat(parse("1" + "0".repeat(5118) + "e-5118")).isNull();
    assertThat(sum("1" + "0".repeat(4000) + "e-4000", "1")).isEqualTo("2");
  }

  @Test
  void infinityIsReadButNotFinite() {
    assertThat(number("+inf").isFinite()).isFalse();
    assertThat(number("1").add(number("-Infinity")).isFinite()).isFalse();
    assertThat(number("inf").add(number("-inf")).isFinite()).isFalse();
    assertThat(number("1e4932").add(number("1e4932")).isFinite()).isFalse();
    assertThat(number("1e4932").isFinite()).isTrue();
  }

  @Test
  void sumsOfFewBitsAreExact() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 50_000; i++) {
      // 46 bits with up to 14 of them behind the point end within 14 decimals.
      BigDecimal left = dyadic(random);
      BigDecimal right = dyadic(random);
      BigDecimal expected = left.add(right);
      String text = sum(left.toString(), right.toPlainString());
      assertThat(new BigDecimal(text)).as("seed %d", seed).isEqualByComparingTo(expected);
      assertThat(text).doesNotContain("e").doesNotEndWith(".");
    }
  }

  private static BigDecimal dyadic(Random random) {
    long bits = random.nextLong() >> (18 + random.nextInt(40));
    return BigDecimal.valueOf(bits).divide(BigDecimal.valueOf(1L << random.nextInt(15)));
  }

  @Test
  void integersAreExact() {
    assertThat(LongDouble.of(Long.MIN_VALUE).toString()).isEqualTo("-9223372036854775808");
    assertThat(LongDouble.of(Long.MAX_VALUE).add(LongDouble.of(0)).toString())
        .isEqualTo("9223372036854775807");
  }
}
