package io.keyward.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds what somebody meant who mistyped a name. */
final class Suggestion {
  private static final int MOST_EDITS = 3;

  private Suggestion() {}

  /**
   * The remedy for an unknown name: the nearest known one, or all of them.
   *
   * @param known all valid names
   */
  static String remedy(String name, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt((String candidate) -> edits(name, candidate)))
        .filter(nearest -> edits(name, nearest) <= MOST_EDITS)
        .map(nearest -> "did you mean " + nearest + "?")
        .orElseGet(() -> "use one of " + String.join(", ", known));
  }

  /** Levenshtein distance, in O(length × length). */
  private static int edits(String from, String to) {
    int[] previous = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int[] row = new int[to.length() + 1];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int change = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(previous[j - 1] + change, Math.min(previous[j], row[j - 1]) + 1);
      }
      previous = row;
    }
    return previous[to.length()];
  }
}
