package io.keyward.engine.builtin.rdb;

/** The bytes that say what follows: a value of a type and encoding, or a part of a file. */
public final class RdbType {
  public static final int STRING = 0;
  public static final int LIST = 1;
  public static final int SET = 2;

  /** Scores as text. */
  public static final int SORTED_SET = 3;

  public static final int HASH = 4;

  /** Scores as binary doubles. */
  public static final int SORTED_SET_2 = 5;

  public static final int MODULE_PRE_RELEASE = 6;
  public static final int MODULE = 7;
  public static final int HASH_ZIPMAP = 9;
  public static final int LIST_ZIPLIST = 10;
  public static final int SET_INTSET = 11;
  public static final int SORTED_SET_ZIPLIST = 12;
  public static final int HASH_ZIPLIST = 13;

  /** Nodes are ziplists. */
  public static final int LIST_QUICKLIST = 14;

  public static final int STREAM = 15;
  public static final int HASH_LISTPACK = 16;
  public static final int SORTED_SET_LISTPACK = 17;

  /** Nodes are listpacks or single elements. */
  public static final int LIST_QUICKLIST_2 = 18;

  /** With first id, greatest deleted id and count of entries ever added; groups with a count. */
  public static final int STREAM_2 = 19;

  public static final int SET_LISTPACK = 20;

  /** Consumers with an active time. */
  public static final int STREAM_3 = 21;

  /** Redis 7.4: fields with times of expiry, relative to the least of them. */
  public static final int HASH_EXPIRING = 24;

  /** Redis 7.4: field, value and time of expiry by turns. */
  public static final int HASH_LISTPACK_EXPIRING = 25;

  public static final int FUNCTION = 245;
  public static final int FUNCTION_PRE_RELEASE = 246;
  public static final int MODULE_AUXILIARY = 247;
  public static final int IDLE = 248;
  public static final int FREQUENCY = 249;
  public static final int AUXILIARY = 250;
  public static final int RESIZE = 251;
  public static final int EXPIRY_MILLISECONDS = 252;
  public static final int EXPIRY_SECONDS = 253;
  public static final int SELECT = 254;
  public static final int END = 255;

  /** The version that Redis 7.2 writes, and 7.2 and later read. */
  public static final int VERSION = 11;

  /** The version that Redis 7.0 and later read. */
  public static final int OLDEST_WRITTEN = 10;

  /** The newest version whose values are known here: Redis 7.4 and 8. */
  public static final int NEWEST_READ = 12;

  /** The version of Redis 7.4, which writes when fields of hashes expire. */
  public static final int EXPIRING_SINCE = 12;

  private RdbType() {}
}
