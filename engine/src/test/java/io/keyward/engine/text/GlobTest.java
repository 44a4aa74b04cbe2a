package io.keyward.engine.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Patterns of keys and channels match what they match in Redis. */
class GlobTest {

  private static boolean matches(String pattern, String text, boolean ignoreCase) {
    byte[] p = ("*" + pattern + "]").getBytes(ISO_8859_1);
    byte[] t = ("a" + text + "a").getBytes(ISO_8859_1);
    return Glob.matches(p, 1, pattern.length(), t, 1, text.length(), ignoreCase);
  }

  @ParameterizedTest
  @CsvSource({
    "*,anything",
    "**,x",
    "h?llo,hello",
    "h*llo,hllo",
    "h*llo,heeeello",
    "h[ae]llo,hallo",
    "h[^e]llo,hallo",
    "h[a-b]llo,hbllo",
    "h[b-a]llo,hallo",
    "\\*,*",
    "a\\,a\\",
    "[\\]],]",
    "[a-,-",
    "[abc,b",
    "[^,x",
    "[^],x",
    "a*b*c,axxbxxc",
    "*a,aaa",
    "a*,a",
    "?*?,ab",
    "[a\\-z],-",
    "foo:*:bar,foo:1:2:bar",
    "[]-a],]-a]"
  })
  void matchesAsRedisDoes(String pattern, String text) {
    assertThat(matches(pattern, text, false)).isEqualTo(!pattern.equals("[]-a]"));
  }

  @Test
  void matchesNothingBeyondAThousandStars() {
    assertThat(matches("*?".repeat(1000), "a".repeat(5000), false)).isTrue();
    assertThat(matches("*?".repeat(1001), "a".repeat(5000), false)).isFalse();
    assertThat(matches("?*".repeat(1000), "a".repeat(5000), false)).isTrue();
    assertThat(matches("?*".repeat(1001), "a".repeat(5000), false)).isTrue();
    assertThat(matches("?*".repeat(1001) + "a", "a".repeat(5000), false)).isFalse();
    assertThat(matches("?*".repeat(1000) + "a", "a".repeat(5000), false)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "h?llo,hllo",
    "h[ae]llo,hillo",
    "h[^e]llo,hello",
    "[],x",
    "[],[]",
    "[,[",
    "a,A",
    "a*b,ac",
    "\\?,x",
    "?,''",
    "[a\\-z],m",
    "abc,ab",
    "ab,abc",
    "*ab,abc",
    "[A-Z],m"
  })
  void refusesAsRedisDoes(String pattern, String text) {
    assertThat(matches(pattern, text, false)).isFalse();
  }

  @Test
  void ignoresTheCaseOfLetters() {
    assertThat(matches("HeL*[A-C]", "hElloB", true)).isTrue();
    assertThat(matches("[\\A]", "a", true)).isFalse();
    assertThat(matches("\\A", "a", true)).isTrue();
    assertThat(matches("[A-c]", "B", true)).isTrue();
    assertThat(matches("@", "`", true)).isFalse();
  }

  @Test
  void starsMatchTheEmptyText() {
    assertThat(matches("", "", false)).isTrue();
    assertThat(matches("**", "", false)).isTrue();
    assertThat(matches("*a", "", false)).isFalse();
  }

  @Test
  void aPatternBombEnds() {
    assertThat(matches("*a".repeat(2000) + "b", "a".repeat(20_000), false)).isFalse();
    assertThat(matches("*?".repeat(5000), "a".repeat(4999), false)).isFalse();
    assertThat(matches("*[^b]".repeat(2000) + "b", "a".repeat(10_000), false)).isFalse();
  }

  @Test
  void agreesWithTheReference() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    Random random = new Random(seed);
    String patternAlphabet = "ab*?[]^-\\A\u00e9";
    String textAlphabet = "abA-]^\\\u00e9";
    for (int i = 0; i < 400_000; i++) {
      String pattern = draw(random, patternAlphabet, 9);
      String text = draw(random, textAlphabet, 7);
      boolean ignoreCase = random.nextBoolean();
      assertThat(matches(pattern, text, ignoreCase))
          .as("seed %d: %s on %s, ignoring case: %s", seed, pattern, text, ignoreCase)
          .isEqualTo(reference(pattern, 0, text, 0, ignoreCase));
    }
  }

  private static String draw(Random random, String alphabet, int bound) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(bound); n > 0; n--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  /** The definition, by recursion over both. */
  static boolean reference(String p, int i, String t, int j, boolean ignoreCase) {
    if (i == p.length()) {
      return j == t.length();
    }
    char part = p.charAt(i);
    if (part == '*') {
      return reference(p, i + 1, t, j, ignoreCase)
          || (j < t.length() && reference(p, i, t, j + 1, ignoreCase));
    }
    if (j == t.length()) {
      return false;
    }
    char value = t.charAt(j);
    if (part == '?') {
      return reference(p, i + 1, t, j + 1, ignoreCase);
    }
    if (part == '[') {
      int at = i + 1;
      boolean complement = at < p.length() && p.charAt(at) == '^';
      if (complement) {
        at++;
      }
      boolean found = false;
      while (at < p.length() && p.charAt(at) != ']') {
        if (p.charAt(at) == '\\' && at + 1 < p.length()) {
          found |= p.charAt(at + 1) == value;
          at += 2;
        } else if (at + 2 < p.length() && p.charAt(at + 1) == '-') {
          byte low = (byte) Math.min((byte) p.charAt(at), (byte) p.charAt(at + 2));
          byte high = (byte) Math.max((byte) p.charAt(at), (byte) p.charAt(at + 2));
          found |=
              fold((char) low, ignoreCase) <= fold(value, ignoreCase)
                  && fold(value, ignoreCase) <= fold((char) high, ignoreCase);
          at += 3;
        } else {
          found |= fold(p.charAt(at), ignoreCase) == fold(value, ignoreCase);
          at++;
        }
      }
      return found != complement
          && reference(p, Math.min(at + 1, p.length()), t, j + 1, ignoreCase);
    }
    int at = part == '\\' && i + 1 < p.length() ? i + 1 : i;
    return fold(p.charAt(at), ignoreCase) == fold(value, ignoreCase)
        && reference(p, at + 1, t, j + 1, ignoreCase);
  }

  private static byte fold(char value, boolean ignoreCase) {
    return (byte) (ignoreCase && value >= 'A' && value <= 'Z' ? value + 32 : value);
  }
}
