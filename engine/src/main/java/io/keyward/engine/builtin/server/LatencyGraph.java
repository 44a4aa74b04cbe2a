package io.keyward.engine.builtin.server;

import io.keyward.engine.builtin.observation.LatencyEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws an event's samples as columns of characters, with their age written downwards below.
 *
 * <pre>
 *    #
 *   ||
 * _o||
 *
 * 3210
 * ssss
 * </pre>
 */
final class LatencyGraph {
  private static final int COLUMNS = 80;
  private static final int ROWS = 4;

  /** How much of a row's height a column fills. */
  private static final String LEVELS = "_o#";

  private LatencyGraph() {}

  /**
   * The graph below a headline.
   *
   * @param now seconds since 1970
   */
  static String of(String name, LatencyEvent event, long now) {
    StringBuilder text = new StringBuilder();
    text.append(name)
        .append(" - high ")
        .append(event.highest())
        .append(" ms, low ")
        .append(event.lowest())
        .append(" ms (all time high ")
        .append(event.worst())
        .append(" ms)\n")
        .repeat('-', COLUMNS)
        .append('\n');
    for (int from = 0; from < event.size(); from += COLUMNS) {
      if (from > 0) {
        text.append('\n');
      }
      draw(event, from, Math.min(from + COLUMNS, event.size()), now, text);
    }
    return text.toString();
  }

  private static void draw(LatencyEvent event, int from, int to, long now, StringBuilder text) {
    long lowest = event.lowest();
    long spread = Math.max(1, event.highest() - lowest);
    int most = LEVELS.length() * ROWS - 1;
    for (int row = ROWS - 1; row >= 0; row--) {
      for (int i = from; i < to; i++) {
        long height = (event.duration(i) - lowest) * LEVELS.length() * ROWS / spread;
        text.append(cell((int) Math.min(most, height) - row * LEVELS.length()));
      }
      text.append('\n');
    }
    List<String> labels = new ArrayList<>();
    int longest = 0;
    for (int i = from; i < to; i++) {
      String label = age(now - event.time(i));
      labels.add(label);
      longest = Math.max(longest, label.length());
    }
    text.repeat(' ', to - from).append('\n');
    for (int row = 0; row < longest; row++) {
      for (String label : labels) {
        text.append(row < label.length() ? label.charAt(row) : ' ');
      }
      text.append('\n');
    }
  }

  private static char cell(int level) {
    if (level < 0) {
      return ' ';
    }
    return level < LEVELS.length() ? LEVELS.charAt(level) : '|';
  }

  private static String age(long seconds) {
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return seconds / 60 + "m";
    }
    return seconds < 86400 ? seconds / 3600 + "h" : seconds / 86400 + "d";
  }
}
