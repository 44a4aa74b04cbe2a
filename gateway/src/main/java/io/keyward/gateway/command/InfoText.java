package io.keyward.gateway.command;

import java.util.Locale;
import java.util.Map;

/** Gathers the text of INFO: sections with a title, lines of name and value. */
final class InfoText {
  private final StringBuilder text = new StringBuilder(4096);
  private final Map<String, Long> instead;

  InfoText() {
    this(Map.of());
  }

  /** A text in which some fields have other values than those given to them. */
  InfoText(Map<String, Long> instead) {
    this.instead = instead;
  }

  InfoText section(String title) {
    if (!text.isEmpty()) {
      text.append("\r\n");
    }
    text.append("# ").append(title).append("\r\n");
    return this;
  }

  InfoText field(String name, String value) {
    text.append(name).append(':').append(value).append("\r\n");
    return this;
  }

  InfoText field(String name, long value) {
    text.append(name).append(':').append(instead.getOrDefault(name, value)).append("\r\n");
    return this;
  }

  /** A number with so many decimals. */
  InfoText field(String name, double value, int decimals) {
    return field(name, decimal(value, decimals));
  }

  /** Bytes, and a line that shows them with a unit. */
  InfoText bytes(String name, long value) {
    field(name, value);
    return field(name + "_human", human(value));
  }

  static String decimal(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private static String human(long bytes) {
    if (bytes < 1024) {
      return bytes + "B";
    }
    String units = "KMGTP";
    double scaled = bytes / 1024.0;
    int unit = 0;
    while (scaled >= 1024 && unit < units.length() - 1) {
      scaled /= 1024;
      unit++;
    }
    return decimal(scaled, 2) + units.charAt(unit);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
