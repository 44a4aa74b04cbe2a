package io.keyward.engine.builtin;

/** The type of a value, named as the TYPE command names it. */
public enum Type {
  STRING("string"),
  LIST("list"),
  SET("set"),
  SORTED_SET("zset"),
  HASH("hash"),
  STREAM("stream");

  private static final Type[] ALL = values();

  private final String wireName;

  Type(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }

  static Type of(int code) {
    return ALL[code];
  }
}
