package io.keyward.config.directive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which names of directives a pattern of CONFIG GET stands for. */
class GlobTest {
  @ParameterizedTest
  @CsvSource({
    "*, port, true",
    "p*t, port, true",
    "p*x, port, false",
    "*o*r*, port, true",
    "p?rt, port, true",
    "?, port, false",
    "[a-p]ort, port, true",
    "[^a-p]ort, port, false",
    "[p-a]ort, port, true",
    "[xyz]ort, port, false",
    "[p, p, true",
    "\\*ort, port, false",
    "\\port, port, true",
    "port*, port, true",
    "a*a*a*a*a*a*a*a*a*b, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, false",
    "'', port, false"
  })
  void matchesAsRedisDoes(String pattern, String name, boolean matches) {
    assertThat(Glob.matches(pattern, name)).isEqualTo(matches);
  }
}
