package io.keyward.engine.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts become numbers and numbers texts as they do in Redis. */
class NumbersTest {

  private static final int PAD = 3;

  private final long seed = Long.getLong("test.seed", System.nanoTime());
  private final Random random = new Random(seed);

  private static byte[] padded(String text) {
    return ("999" + text + "999").getBytes(ISO_8859_1);
  }

  private static boolean isInteger(String text) {
    return Numbers.isInteger(padded(text), PAD, text.length());
  }

  private static long parseInteger(String text) {
    return Numbers.parseInteger(padded(text), PAD, text.length());
  }

  private static String formatInteger(long value) {
    byte[] target = new byte[30];
    int length = Numbers.formatInteger(value, target, PAD);
    assertThat(target[PAD - 1]).isZero();
    assertThat(target[PAD + length]).isZero();
    return new String(target, PAD, length, ISO_8859_1);
  }

  private static double parseDouble(String text) {
    return Numbers.parseDouble(padded(text), PAD, text.length());
  }

  private static String formatDouble(double value) {
    byte[] target = new byte[PAD + Numbers.MAX_DOUBLE_LENGTH];
    return new String(target, PAD, Numbers.formatDouble(value, target, PAD), ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "+1",
        "-0",
        "00",
        "01",
        "-01",
        " 1",
        "1 ",
        "1a",
        "a1",
        "12345678a",
        "1234567 90",
        "0x1",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616",
        "99999999999999999999",
        "123456789012345678901",
        "1.0",
        "1e5",
        "12345678/",
        "12345678:",
        "--1",
        "\u00b1"
      })
  void rejectsTextThatIsNoCanonicalInteger(String text) {
    assertThat(isInteger(text)).isFalse();
  }

  @Test
  void integersSurviveTheRoundTrip() {
    for (int i = 0; i < 200_000; i++) {
      long value = random.nextLong() >> random.nextInt(64);
      if (i < 400) {
        value = BigInteger.TEN.pow(i / 20).longValue() + i % 20 - 10;
        value = (i & 1) == 0 ? value : -value;
      }
      String text = Long.toString(value);
      assertThat(formatInteger(value)).as("seed %d", seed).isEqualTo(text);
      assertThat(Numbers.integerLength(value)).as(text).isEqualTo(text.length());
      assertThat(isInteger(text)).as(text).isTrue();
      assertThat(parseInteger(text)).as(text).isEqualTo(value);
    }
  }

  @Test
  void theBoundsOfLongAreIntegers() {
    for (long value : new long[] {Long.MIN_VALUE, Long.MIN_VALUE + 1, Long.MAX_VALUE, 0, -1}) {
      assertThat(isInteger(Long.toString(value))).isTrue();
      assertThat(parseInteger(Long.toString(value))).isEqualTo(value);
      assertThat(formatInteger(value)).isEqualTo(Long.toString(value));
    }
  }

  @Test
  void agreesWithBigIntegerOnDigitStrings() {
    BigInteger min = BigInteger.valueOf(Long.MIN_VALUE);
    BigInteger max = BigInteger.valueOf(Long.MAX_VALUE);
    for (int i = 0; i < 100_000; i++) {
      StringBuilder text = new StringBuilder(random.nextInt(3) == 0 ? "-" : "");
      int digits = 1 + random.nextInt(21);
      for (int d = 0; d < digits; d++) {
        text.append((char) ('0' + random.nextInt(10)));
      }
      if (random.nextInt(10) == 0) {
        text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(256));
      }
      String candidate = text.toString();
      boolean expected;
      try {
        BigInteger value = new BigInteger(candidate);
        expected =
            value.toString().equals(candidate)
                && value.compareTo(min) >= 0
                && value.compareTo(max) <= 0;
      } catch (NumberFormatException e) {
        expected = false;
      }
      assertThat(isInteger(candidate)).as("seed %d: %s", seed, candidate).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "1,1",
    "-1.5,-1.5",
    "+3,3",
    ".5,0.5",
    "5.,5",
    "1e3,1000",
    "1E-2,0.01",
    "00012,12",
    "1e+22,1e22",
    "123456789012345678,123456789012345678",
    "1.7976931348623157e308,1.7976931348623157e308",
    "4.9e-324,4.9e-324",
    "0x10,16",
    "0X1p3,8",
    "0x.8,0.5",
    "0x1.8P+1,3",
    "-0x1p-2,-0.25",
    "0x1.00000000000008000000000001p0,1.0000000000000002",
    "0e999999999999999999999,0",
    "-0,-0.0",
    "0.1,0.1",
    "3.0e-5,0.00003"
  })
  void readsWhatStrtodReads(String text, double value) {
    assertThat(parseDouble(text)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"inf", "+inf", "INF", "Infinity", "+infinity", "iNfInItY"})
  void readsInfinities(String text) {
    assertThat(parseDouble(text)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(parseDouble("-" + text.replace("+", ""))).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "nan",
        "NaN",
        "nan(1)",
        " 1",
        "1 ",
        "1d",
        "1f",
        "1e",
        "1e+",
        "e5",
        ".",
        "-",
        "+",
        "-.",
        "0x",
        "0x.",
        "0x1p",
        "0x1g",
        "1.2.3",
        "--1",
        "+-1",
        "inf1",
        "in",
        "infinit",
        "1e400",
        "-1e400",
        "1e-400",
        "0x1p2000",
        "0x1p-2000",
        "1,5",
        "1\u00002",
        "1e99999999999999999999",
        "\u0130nf"
      })
  void rejectsWhatIsNoDouble(String text) {
    assertThat(parseDouble(text)).isNaN();
    assertThat(Numbers.isDouble(padded(text), PAD, text.length())).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "'',0",
    "' 1',1",
    "'\t\n 0x10',16",
    "1e400,Infinity",
    "-1e400,-Infinity",
    "0x1p2000,Infinity",
    "1e-400,0"
  })
  void readsBoundsAsStrtodAlone(String text, double value) {
    assertThat(Numbers.parseBound(padded(text), PAD, text.length())).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "1 ", "nan", "- 1", "+", "e5"})
  void rejectsWhatIsNoBound(String text) {
    assertThat(Numbers.parseBound(padded(text), PAD, text.length())).isNaN();
  }

  @Test
  void readsLongTextsExactly() {
    // Halfway between 1 and its upper neighbour, and one digit far behind it.
    String half = "1.00000000000000011102230246251565404236316680908203125";
    assertThat(parseDouble(half)).isEqualTo(1.0);
    assertThat(parseDouble(half + "0".repeat(5000) + "1")).isEqualTo(1.0000000000000002);
    assertThat(parseDouble("0." + "0".repeat(5000) + "25e5000")).isEqualTo(0.25);
    assertThat(parseDouble("1" + "0".repeat(5000) + "e-5000")).isEqualTo(1.0);
  }

  @Test
  void doublesSurviveTheRoundTrip() {
    for (int i = 0; i < 300_000; i++) {
      double value =
          switch (i % 4) {
            case 0 -> Double.longBitsToDouble(random.nextLong());
            case 1 -> random.nextDouble() * Math.pow(10, random.nextInt(20) - 8);
            case 2 -> random.nextInt(1_000_000) / Math.pow(10, random.nextInt(8));
            default -> Math.scalb(1.0, random.nextInt(2046) - 1022);
          };
      if (Double.isNaN(value)) {
        continue;
      }
      String text = formatDouble(value);
      assertThat(text.length()).isLessThan(Numbers.MAX_DOUBLE_LENGTH);
      assertThat(parseDouble(text)).as("seed %d: %s", seed, text).isEqualTo(value);
      if (Double.isFinite(value)) {
        assertThat(parseDouble(Double.toString(value))).as("seed %d", seed).isEqualTo(value);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "-0.0,-0",
    "1,1",
    "-1,-1",
    "1.5,1.5",
    "3.14,3.14",
    "0.1,0.1",
    "0.000001,0.000001",
    "1e-7,1e-7",
    "0.0000015,1.5e-6",
    "0.00012345678,1.2345678e-4",
    "123.4567890123,123.4567890123",
    "12345.678901234,1.2345678901234e+4",
    "1e18,1000000000000000000",
    "4e18,4000000000000000000",
    "1e19,1e+19",
    "1e20,1e+20",
    "1e21,1e+21",
    "12345678901234567890,12345678901234567000",
    "5e-324,5e-324",
    "1.7976931348623157e308,1.7976931348623157e+308",
    "-2.5e-10,-2.5e-10",
    "9007199254740993,9007199254740992",
    "0.30000000000000004,0.30000000000000004",
    "2.2250738585072014e-308,2.2250738585072014e-308"
  })
  void writesDoublesInRedisLayout(double value, String text) {
    assertThat(formatDouble(value)).isEqualTo(text);
  }

  @Test
  void writesWhatIsNotFinite() {
    assertThat(formatDouble(Double.POSITIVE_INFINITY)).isEqualTo("inf");
    assertThat(formatDouble(Double.NEGATIVE_INFINITY)).isEqualTo("-inf");
    assertThat(formatDouble(Double.NaN)).isEqualTo("nan");
  }
}
