package io.keyward.engine.command;

import java.util.Locale;

/** What an argument is. */
public enum ArgumentType {
  STRING,
  INTEGER,
  DOUBLE,
  KEY,
  PATTERN,
  UNIX_TIME,
  PURE_TOKEN,
  ONEOF,
  BLOCK;

  private final String wireName = name().toLowerCase(Locale.ROOT).replace('_', '-');

  public String wireName() {
    return wireName;
  }
}
