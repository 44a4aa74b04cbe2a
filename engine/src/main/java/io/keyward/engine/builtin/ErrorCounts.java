package io.keyward.engine.builtin;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Counts the errors sent to clients by their code, for INFO errorstats. */
public final class ErrorCounts {
  /** How many different codes are counted, since scripts make codes of their own. */
  public static final int MOST_CODES = 128;

  private final Map<String, Long> byCode = new TreeMap<>();

  void count(String line) {
    int end = line.indexOf(' ');
    String code = end < 0 ? line : line.substring(0, end);
    if (byCode.size() < MOST_CODES || byCode.containsKey(code)) {
      byCode.merge(code, 1L, Long::sum);
    }
  }

  /** The counts in the order of the codes. */
  public Map<String, Long> byCode() {
    return Collections.unmodifiableMap(new TreeMap<>(byCode));
  }

  public void reset() {
    byCode.clear();
  }
}
