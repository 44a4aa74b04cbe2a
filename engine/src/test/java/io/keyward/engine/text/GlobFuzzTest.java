package io.keyward.engine.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Any pattern and any text: the matcher answers as the plain recursive one that {@link GlobTest}
 * has, within the array and in bounded time.
 *
 * <p>With JAZZER_FUZZ=1 in the environment it searches on; otherwise it runs the inputs that are
 * kept beside it. An input is a pattern, a NUL and a text.
 */
class GlobFuzzTest {
  /** The recursive matcher takes time that grows with the stars' number as an exponent. */
  private static final int COMPARABLE = 12;

  @FuzzTest(maxDuration = "60s")
  void answersAsTheRecursiveMatcher(byte[] data) {
    int end = 0;
    while (end < data.length && data[end] != 0) {
      end++;
    }
    byte[] pattern = Arrays.copyOf(data, end);
    byte[] text = Arrays.copyOfRange(data, Math.min(end + 1, data.length), data.length);
    for (boolean ignoreCase : new boolean[] {false, true}) {
      boolean matches = Glob.matches(pattern, 0, pattern.length, text, 0, text.length, ignoreCase);
      if (pattern.length <= COMPARABLE && text.length <= COMPARABLE) {
        assertThat(matches)
            .isEqualTo(GlobTest.reference(characters(pattern), 0, characters(text), 0, ignoreCase));
      }
    }
  }

  private static String characters(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
