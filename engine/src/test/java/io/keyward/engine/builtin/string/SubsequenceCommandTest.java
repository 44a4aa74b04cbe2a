package io.keyward.engine.builtin.string;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** LCS finds the longest text that two strings have in common. */
class SubsequenceCommandTest {
  private final Bench bench = new Bench();

  @Test
  void findsTextLengthAndPlaces() {
    bench.line("set a ohmytext");
    bench.line("set b mynewtext");
    assertThat(bench.line("lcs a b")).isEqualTo("\"mytext\"");
    assertThat(bench.line("lcs a b LEN")).isEqualTo("6");
    assertThat(bench.line("lcs a b IDX"))
        .isEqualTo("[\"matches\" [[[4 7] [5 8]] [[2 3] [0 1]]] \"len\" 6]");
    assertThat(bench.line("lcs a b IDX MINMATCHLEN 4 WITHMATCHLEN"))
        .isEqualTo("[\"matches\" [[[4 7] [5 8] 4]] \"len\" 6]");
    assertThat(bench.line("lcs a none")).isEqualTo("\"\"");
    assertThat(bench.line("lcs none a IDX")).isEqualTo("[\"matches\" [] \"len\" 0]");
    bench.line("set n 1234");
    bench.line("set m 8234");
    assertThat(bench.line("lcs n m")).isEqualTo("\"234\"");
  }

  @Test
  void refusesWhatItCannotDo() {
    bench.line("set a x");
    bench.line("rpush l x");
    assertThat(bench.line("lcs a l LEN"))
        .isEqualTo("!ERR The specified keys must contain string values");
    assertThat(bench.line("lcs a a LEN IDX"))
        .isEqualTo("!ERR If you want both the length and indexes, please just use IDX.");
    assertThat(bench.line("lcs a a MINMATCHLEN")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("lcs a a MINMATCHLEN x"))
        .isEqualTo("!ERR value is not an integer or out of range");
    bench.run("set", "b", "x".repeat(20_000));
    assertThat(bench.line("lcs b b"))
        .isEqualTo("!ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
    assertThat(bench.line("lcs a b LEN")).isEqualTo("1");
  }

  /** The table of lengths as the textbooks have it. */
  private static int[][] lengths(String a, String b) {
    int[][] lengths = new int[a.length() + 1][b.length() + 1];
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        lengths[i][j] =
            a.charAt(i - 1) == b.charAt(j - 1)
                ? lengths[i - 1][j - 1] + 1
                : Math.max(lengths[i - 1][j], lengths[i][j - 1]);
      }
    }
    return lengths;
  }

  private static String subsequence(String a, String b, int[][] lengths) {
    StringBuilder backwards = new StringBuilder();
    int i = a.length();
    int j = b.length();
    while (i > 0 && j > 0) {
      if (a.charAt(i - 1) == b.charAt(j - 1)) {
        backwards.append(a.charAt(--i));
        j--;
      } else if (lengths[i - 1][j] > lengths[i][j - 1]) {
        i--;
      } else {
        j--;
      }
    }
    return backwards.reverse().toString();
  }

  @Test
  void agreesWithTheTableOfLengths() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("SubsequenceCommandTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      String[] texts = new String[2];
      int letters = random.nextInt(1, 20);
      for (int i = 0; i < 2; i++) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(300); length > 0; length--) {
          text.append((char) ('a' + random.nextInt(letters)));
        }
        texts[i] = text.toString();
        bench.run("set", "k" + i, texts[i]);
      }
      int[][] lengths = lengths(texts[0], texts[1]);
      assertThat(bench.line("lcs k0 k1"))
          .isEqualTo('"' + subsequence(texts[0], texts[1], lengths) + '"');
      assertThat(bench.line("lcs k0 k1 LEN"))
          .isEqualTo("" + lengths[texts[0].length()][texts[1].length()]);
    }
  }
}
