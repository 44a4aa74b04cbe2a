package io.keyward.config;

/**
 * One thing that is wrong with the configuration.
 *
 * @param setting the setting's name as the user wrote it
 * @param value the value as the user wrote it, or {@code ***} for a secret
 * @param place where it was written, such as "keyward.yaml, line 3"
 * @param reason what is wrong
 * @param remedy what to do, as an imperative
 */
public record Problem(String setting, String value, String place, String reason, String remedy) {
  static final String HIDDEN = "***";

  static Problem of(String setting, Given given, String reason, String remedy) {
    return new Problem(setting, given.text(), given.origin().place(), reason, remedy);
  }

  /** The problem in one line. */
  public String line() {
    String end = remedy.endsWith("?") ? "" : ".";
    return "%s = \"%s\" (%s): %s. Remedy: %s%s"
        .formatted(setting, value, place, reason, remedy, end);
  }
}
