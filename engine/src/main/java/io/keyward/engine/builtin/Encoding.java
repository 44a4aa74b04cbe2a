package io.keyward.engine.builtin;

/**
 * How a value is kept, named as OBJECT ENCODING names it.
 *
 * <p>A <i>held</i> value is an object beside the pages, and the entry has its handle; every other
 * value stands in the entry itself.
 */
public enum Encoding {
  /** A string that has been changed in place: a length and the bytes. */
  RAW("raw", false),
  /** A string that is a canonical 64-bit integer: eight bytes. */
  INT("int", false),
  /** A short string as it was set: a length and the bytes. */
  EMBSTR("embstr", false),
  LISTPACK("listpack", false),
  INTSET("intset", false),
  HASHTABLE("hashtable", true),
  QUICKLIST("quicklist", true),
  SKIPLIST("skiplist", true),
  STREAM("stream", true),
  /** A small hash with fields that expire: see {@link FieldExpiry}. */
  LISTPACK_EX("listpackex", false),
  /** A long string: its bytes in pieces. */
  PIECES("raw", true);

  private static final Encoding[] ALL = values();

  private final String wireName;
  private final boolean held;

  Encoding(String wireName, boolean held) {
    this.wireName = wireName;
    this.held = held;
  }

  public String wireName() {
    return wireName;
  }

  public boolean held() {
    return held;
  }

  static Encoding of(int code) {
    return ALL[code];
  }
}
