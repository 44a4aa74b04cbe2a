package io.keyward.gateway.status;

import java.util.Locale;

/** Numbers as people read them: three digits or so, and a unit. */
final class Quantity {
  private static final String NONE = "-";
  private static final String[] COUNTS = {"", "k", "M", "G", "T"};
  private static final String[] BYTES = {"B", "kB", "MB", "GB", "TB"};

  private Quantity() {}

  static String count(double value) {
    return scaled(value, 1000, COUNTS);
  }

  static String bytes(double value) {
    return scaled(value, 1024, BYTES);
  }

  private static String scaled(double value, int step, String[] units) {
    int unit = 0;
    double left = value;
    while (left >= step * 0.9995 && unit < units.length - 1) {
      left /= step;
      unit++;
    }
    boolean whole = left >= 99.95 || (unit == 0 && left == Math.rint(left));
    return String.format(Locale.ROOT, whole ? "%.0f%s" : "%.1f%s", left, units[unit]);
  }

  /** A time in seconds; "-" for NaN. */
  static String time(double seconds) {
    if (Double.isNaN(seconds)) {
      return NONE;
    }
    if (seconds < 0.000_999_5) {
      return String.format(Locale.ROOT, "%.0f\u00b5s", seconds * 1e6);
    }
    return seconds < 0.999_5
        ? String.format(Locale.ROOT, "%.1fms", seconds * 1e3)
        : String.format(Locale.ROOT, "%.1fs", seconds);
  }

  /** A part of a whole in per cent; "-" if there is no whole. */
  static String share(double part, double whole) {
    return whole > 0 ? String.format(Locale.ROOT, "%.0f%%", 100 * part / whole) : NONE;
  }

  /** How long something has been going on. */
  static String age(double seconds) {
    long minutes = (long) seconds / 60;
    if (minutes < 1) {
      return (long) seconds + "s";
    }
    if (minutes < 60) {
      return minutes + "m";
    }
    return minutes < 48 * 60
        ? minutes / 60 + "h " + minutes % 60 + "m"
        : minutes / (24 * 60) + "d " + minutes / 60 % 24 + "h";
  }
}
