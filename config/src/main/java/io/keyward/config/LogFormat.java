package io.keyward.config;

/** How log lines look. */
public enum LogFormat {
  /** A line of text for people. */
  TEXT,
  /** A line of JSON for collectors. */
  JSON
}
