package io.keyward.config.directive;

import java.util.List;

/**
 * A checked value in every shape in which it is read.
 *
 * @param text the canonical text, as CONFIG GET shows it
 * @param number the integer, the size in bytes, 1 or 0 for yes and no, the position in an
 *     enumeration, or the bits of a flag set; 0 for text
 * @param words the single words of a list, else empty
 */
record Value(String text, long number, List<String> words) {
  static Value of(long number) {
    return new Value(Long.toString(number), number, List.of());
  }

  static Value of(String text, long number) {
    return new Value(text, number, List.of());
  }

  static Value of(String text) {
    return new Value(text, 0, List.of());
  }

  static Value of(List<String> words) {
    return new Value(String.join(" ", words), 0, List.copyOf(words));
  }

  /** Shows nothing: the value may be a password. */
  @Override
  public String toString() {
    return "Value[…]";
  }
}
